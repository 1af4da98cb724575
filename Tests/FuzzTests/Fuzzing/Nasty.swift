// Snippets that have broken readers of JSON, text and numbers before.

/// The list of usual suspects.
enum Nasty {
    /// JSON values.
    static let values: [String] = [
        "null", "true", "false", "0", "-0", "-1", "1", "1.0", "1e2", "1E+2", "0.5", "1e400",
        "-1e400",
        "1e-400", "1e99999999999999999999", "2147483648", "9007199254740993",
        "9223372036854775807", "9223372036854775808", "-9223372036854775808",
        "18446744073709551615", "18446744073709551616", String(repeating: "9", count: 400),
        "0.\(String(repeating: "0", count: 400))1", "\"\"", "\" \"", "\"\\u0000\"", "\"\\ud800\"",
        "\"\\udc00\\ud800\"", "\"\\ud83d\\ude00\"", "\"\\u001f\"", "\"\\u0085\"", "\"\u{7F}\"",
        "\"\u{85}\"", "\"\u{202E}x\"", "\"\u{FEFF}\"", "\"cursor/a/0\"", "\"late/x\"",
        "\"spend/0\"",
        "\"cursor/\u{301}x\"", "\"late/\u{200D}\"", "\"late/\\u0301\"", "\"cursor\\/x\"",
        "\"CURSOR/x\"",
        "\"jimeng.requests-0-41\"", "\"jimeng.requests-0-42\"", "\"jimeng.requests-0-43\"",
        "\"jimeng.requests-00-043\"", "\"e\u{301}\"", "\"é\"", "\"\\\\\"", "\"\\\"\"",
        "\"<redacted>\"",
        "\"a\\r\\nb\"", "\"\u{2028}\"", "{}", "[]", "[[]]", "{\"\":{}}", "{\"a\":1,\"a\":2}",
        String(repeating: "[", count: 63) + String(repeating: "]", count: 63),
        String(repeating: "[", count: 70) + String(repeating: "]", count: 70),
        String(repeating: "{\"a\":", count: 62) + "1" + String(repeating: "}", count: 62),
        "\"" + String(repeating: "x", count: 300) + "\"",
        "\"" + String(repeating: "\u{301}", count: 120) + "\"",
        "\"" + String(repeating: "\\u0001", count: 50) + "\"",
    ]

    /// For mutations: the values, and pieces that are no values.
    static let words: [[UInt8]] =
        values.map { Array($0.utf8) } + [
            [0], [0xEF, 0xBB, 0xBF], [0xFE, 0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF5, 0x80],
            [0xE2, 0x80], [0xFF], Array("\\u0000".utf8), Array("\\ud800".utf8), Array("\\".utf8),
            Array("\"".utf8), Array(",".utf8), Array(":".utf8), Array("{".utf8), Array("}".utf8),
            Array("[".utf8), Array("]".utf8), Array("\n".utf8), Array("\r\n".utf8), Array(" ".utf8),
            Array("\u{301}".utf8), Array("%00".utf8), Array("..".utf8), Array("/".utf8),
            Array("NaN".utf8), Array("Infinity".utf8), Array("-".utf8), Array("+".utf8),
            Array("/*".utf8),
        ]

    static func bytes(_ texts: [String]) -> [[UInt8]] { texts.map { Array($0.utf8) } }
}
