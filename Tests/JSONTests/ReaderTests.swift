// The pull reader: what it returns, what it refuses, and with which error.

import JSON
import Testing

@Suite("The JSON reader")
struct ReaderTests {
    @Test("reads members one by one and leaves the rest as raw ranges")
    func pull() throws {
        let text =
            #" { "seed" : 18446744073709551615 , "x":{"a":[1, {"b":"}"}]} ,"on":true,"n":null,"d":-1.5e1,"s":"é\n","e":[],"i":-7} "#
        var reader = JSONReader(Array(text.utf8))
        var raw = ""
        var seen: [String] = []
        try reader.beginObject()
        while let key = try reader.nextKey() {
            seen.append(key)
            switch key {
            case "seed": #expect(try reader.uint64() == .max)
            case "x":
                let range = try reader.skipValue()
                raw = String(decoding: reader.bytes[range], as: UTF8.self)
            case "on": #expect(try reader.bool())
            case "n":
                #expect(try reader.nullIfPresent())
            case "d":
                #expect(try !reader.nullIfPresent())
                #expect(try reader.double() == -15)
            case "s": #expect(try reader.string() == "é\n")
            case "e":
                try reader.beginArray()
                #expect(try !reader.nextElement())
            default: #expect(try reader.int() == -7)
            }
        }
        try reader.finish()
        #expect(seen == ["seed", "x", "on", "n", "d", "s", "e", "i"])
        #expect(raw == #"{"a":[1, {"b":"}"}]}"#)
    }

    @Test("a value of another kind is named, with its place")
    func wrongKind() {
        var reader = JSONReader(Array(#" "x""#.utf8))
        #expect(throws: JSONError.wrongKind(expected: .number, found: .string, offset: 1)) {
            try reader.int64()
        }
        var number = JSONReader(Array("[1.5]".utf8))
        #expect(throws: JSONError.numberOutOfRange(type: "a 64-bit integer", offset: 1)) {
            try number.beginArray()
            _ = try number.nextElement()
            _ = try number.int64()
        }
    }

    @Test(
        "texts that are not JSON are refused with the reason",
        arguments: [
            ("", .empty),
            (" \n\t\r", .empty),
            ("\u{FEFF}{}", .byteOrderMark),
            ("{} x", .trailingBytes(offset: 3)),
            ("{}\u{FEFF}", .trailingBytes(offset: 2)),
            ("1 2", .trailingBytes(offset: 2)),
            ("[1,]", .unexpected(0x5D, expected: "a JSON value", offset: 3)),
            ("[,1]", .unexpected(0x2C, expected: "a JSON value", offset: 1)),
            ("[1 2]", .unexpected(0x32, expected: "',' or ']'", offset: 3)),
            (#"{"a":1,}"#, .unexpected(0x7D, expected: "a key in quotation marks", offset: 7)),
            ("{a:1}", .unexpected(0x61, expected: "a key in quotation marks", offset: 1)),
            ("{'a':1}", .unexpected(0x27, expected: "a key in quotation marks", offset: 1)),
            (#"{"a" 1}"#, .unexpected(0x31, expected: "':'", offset: 5)),
            (#"{"a":1 "b":2}"#, .unexpected(0x22, expected: "',' or '}'", offset: 7)),
            ("[1}", .unexpected(0x7D, expected: "',' or ']'", offset: 2)),
            ("tru", .truncated(offset: 3)),
            ("trUe", .unexpected(0x55, expected: "the word true", offset: 2)),
            ("nulll", .trailingBytes(offset: 4)),
            ("NaN", .unexpected(0x4E, expected: "a JSON value", offset: 0)),
            ("+1", .unexpected(0x2B, expected: "a JSON value", offset: 0)),
            ("01", .invalidNumber(offset: 0)),
            ("-01", .invalidNumber(offset: 1)),
            ("-", .truncated(offset: 1)),
            ("-x", .invalidNumber(offset: 1)),
            ("1.x", .invalidNumber(offset: 2)),
            ("1.", .truncated(offset: 2)),
            ("1e+", .truncated(offset: 3)),
            ("0x10", .trailingBytes(offset: 1)),
            ("\"a\nb\"", .controlCharacter(0x0A, offset: 2)),
            ("\"\0\"", .controlCharacter(0, offset: 1)),
            (#""\x""#, .invalidEscape(offset: 1)),
            (#""\u12G4""#, .invalidEscape(offset: 1)),
            (#""\ud800""#, .loneSurrogate(offset: 1)),
            (#""\ud800\n""#, .loneSurrogate(offset: 1)),
            (#""\udc00""#, .loneSurrogate(offset: 1)),
            (#""\udc00\udc00""#, .loneSurrogate(offset: 1)),
            (#""\ud800\ud800""#, .loneSurrogate(offset: 1)),
            (#""\ud800x""#, .loneSurrogate(offset: 1)),
            ("\"abc", .truncated(offset: 4)),
            ("// x\n1", .unexpected(0x2F, expected: "a JSON value", offset: 0)),
        ] as [(String, JSONError)])
    func refused(text: String, error: JSONError) {
        #expect(throws: error) { try JSON(parsing: text.utf8) }
        #expect(throws: error) {
            var reader = JSONReader(Array(text.utf8))
            try reader.skipValue()
            try reader.finish()
        }
        #expect(!error.description.isEmpty && error.offset <= text.utf8.count)
    }

    @Test(
        "bytes that are not UTF-8 are refused inside strings",
        arguments: [
            [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x80, 0x80], [0xE0, 0x9F, 0xBF],
            [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xF0, 0x8F, 0xBF, 0xBF],
            [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF], [0xFE], [0xC3, 0x28],
            [0xE2, 0x82, 0x28], [0xE2, 0x28, 0xA1], [0xF0, 0x9F, 0x98, 0x28],
        ] as [[UInt8]])
    func invalidUTF8(bytes: [UInt8]) {
        let text = [0x22, 0x61] + bytes + [0x22]
        #expect(throws: JSONError.invalidUTF8(offset: 2)) { try JSON(parsing: text) }
        #expect(throws: JSONError.self) { try JSON(parsing: bytes) }
    }

    @Test(
        "the first and last scalar of each length are accepted",
        arguments: [
            "\u{7F}", "\u{80}", "\u{7FF}", "\u{800}", "\u{FFF}", "\u{1000}", "\u{CFFF}", "\u{D7FF}",
            "\u{E000}", "\u{FFFF}", "\u{10000}", "\u{3FFFF}", "\u{40000}", "\u{100000}",
            "\u{10FFFF}",
        ])
    func scalars(text: String) throws {
        #expect(try JSON(parsing: Array("\"\(text)\"".utf8)) == .string(text))
    }

    @Test("escapes are decoded, NUL and pairs among them")
    func escapes() throws {
        let text = #""\"\\\/\b\f\n\r\tA\u0000\u00e9\uD83D\ude00\uFFFF\u20AC""#
        let wanted = "\"\\/\u{8}\u{C}\n\r\tA\0é😀\u{FFFF}€"
        #expect(try JSON(parsing: text.utf8).string == wanted)
        #expect(try JSON(parsing: JSON(wanted).serialized()).string == wanted)
    }

    @Test(
        "the last of equal keys wins",
        arguments: [#"{"a":1,"b":2,"a":3}"#, #"{"a":1,"b":2,"\u0061":3}"#])
    func duplicateKeys(text: String) throws {
        let value = try JSON(parsing: text.utf8)
        #expect(value["a"] == 3)
        #expect(value.object?.keys == ["a", "b"])
    }

    @Test("nesting is bounded, for arrays and objects, read or skipped")
    func depth() throws {
        for (open, close) in [("[", "]"), (#"{"a":"#, "}")] {
            func nested(_ depth: Int) -> [UInt8] {
                Array(
                    (String(repeating: open, count: depth) + "1"
                        + String(repeating: close, count: depth)).utf8)
            }
            _ = try JSON(parsing: nested(64))
            let offset = 64 * open.utf8.count
            #expect(throws: JSONError.tooDeep(maximum: 64, offset: offset)) {
                try JSON(parsing: nested(65))
            }
            var skipping = JSONReader(nested(65))
            #expect(throws: JSONError.tooDeep(maximum: 64, offset: offset)) {
                try skipping.skipValue()
            }
            _ = try JSON(parsing: nested(1000), maximumDepth: 1000)
            #expect(throws: JSONError.self) { try JSON(parsing: nested(1_000_000)) }
        }
    }

    @Test("skipping inside of open containers counts their depth")
    func depthWhileOpen() throws {
        var reader = JSONReader(Array("[[1]]".utf8), maximumDepth: 1)
        try reader.beginArray()
        #expect(try reader.nextElement())
        #expect(throws: JSONError.tooDeep(maximum: 1, offset: 1)) { try reader.skipValue() }
    }

    @Test("a megabyte of string, of digits and of members is no problem")
    func large() throws {
        let text = String(repeating: "é", count: 500_000)
        #expect(try JSON(parsing: JSON(text).serialized()).string == text)
        let digits = String(repeating: "9", count: 1_000_000)
        let number = try #require(try JSON(parsing: digits.utf8).number)
        #expect(number.text == digits && number.double == nil && number.uint64 == nil)
        let members = JSON(JSONObject((0..<100_000).map { ("key \($0)", JSON($0)) }))
        #expect(try JSON(parsing: members.serialized()) == members)
    }

    @Test("a document cut at any byte is refused as truncated or empty")
    func truncated() {
        let document = #"{"a":[1.5e-3,true,null,"\ud83d\ude00é\\"],"b":{"c":false,"d":{}}}"#
        let bytes = Array(document.utf8)
        for end in 0..<bytes.count {
            let error: JSONError = end == 0 ? .empty : .truncated(offset: end)
            #expect(throws: error) { try JSON(parsing: bytes[..<end]) }
        }
        #expect(throws: Never.self) { try JSON(parsing: bytes) }
    }

    @Test("raw buffers are read like arrays")
    func rawBuffer() throws {
        let value = try Array("[1]".utf8).withUnsafeBytes { bytes in
            var reader = JSONReader(bytes)
            return try reader.value()
        }
        #expect(value == [1])
    }
}
