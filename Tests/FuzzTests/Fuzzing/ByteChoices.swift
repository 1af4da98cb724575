// Turns bytes into choices, so that values with many parts are fuzzed like texts.

/// Reads decisions off an input; an input that has ended decides for the first of everything.
struct ByteChoices {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    var isEmpty: Bool { rest.isEmpty }

    mutating func byte() -> UInt8 { rest.popFirst() ?? 0 }

    mutating func flag() -> Bool { byte() & 1 == 1 }

    /// A number below a bound of at most 65,536.
    mutating func number(below bound: Int) -> Int {
        let wide = Int(byte()) << 8 | (bound > 256 ? Int(byte()) : 0)
        return (bound > 256 ? wide : wide >> 8) % max(1, bound)
    }

    mutating func pick<Value>(_ values: [Value]) -> Value { values[number(below: values.count)] }

    mutating func word() -> UInt64 { (0..<8).reduce(0) { value, _ in value << 8 | UInt64(byte()) } }

    mutating func bytes(upTo most: Int) -> [UInt8] {
        let count = min(number(below: most + 1), rest.count)
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
    }

    /// Text of any kind: what is not UTF-8 becomes replacement characters.
    mutating func text(upTo most: Int) -> String {
        String(decoding: bytes(upTo: most), as: UTF8.self)
    }

    mutating func remaining() -> [UInt8] {
        defer { rest = [] }
        return Array(rest)
    }
}
