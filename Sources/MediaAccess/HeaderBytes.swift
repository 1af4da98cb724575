// Bounds-checked looks into the first bytes of a file.

/// Why reading a header stopped before a size was found.
enum HeaderStop: Error {
    /// A byte was looked at that is not there yet; the count that would include it.
    case needMore(Int)
    case unsupported(String)
}

/// The bytes that are there; a look beyond them stops with the count that is needed.
struct HeaderBytes {
    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Offsets come from the file itself. Callers keep them far below `Int.max`: each is the sum of
    /// an offset whose byte is there and one field of at most 2^40.
    func require(_ count: Int) throws(HeaderStop) {
        if bytes.count < count { throw .needMore(count) }
    }

    func byte(_ offset: Int) throws(HeaderStop) -> Int {
        try require(offset + 1)
        return Int(bytes[offset])
    }

    /// A big-endian number of up to four bytes.
    func big(_ offset: Int, _ length: Int) throws(HeaderStop) -> Int {
        try require(offset + length)
        return bytes[offset..<offset + length].reduce(0) { $0 << 8 | Int($1) }
    }

    /// A little-endian number of up to four bytes.
    func little(_ offset: Int, _ length: Int) throws(HeaderStop) -> Int {
        try require(offset + length)
        return bytes[offset..<offset + length].reversed().reduce(0) { $0 << 8 | Int($1) }
    }

    /// A code of four letters, as ISO media files name their boxes.
    func code(_ offset: Int) throws(HeaderStop) -> String {
        try require(offset + 4)
        return String(decoding: bytes[offset..<offset + 4], as: UTF8.self)
    }

    /// Whether the pattern stands at an offset; `false` when it is not there wholly.
    func has(_ pattern: [UInt8], at offset: Int) -> Bool {
        offset + pattern.count <= bytes.count && bytes[offset...].starts(with: pattern)
    }

    func has(_ pattern: String, at offset: Int) -> Bool { has(Array(pattern.utf8), at: offset) }
}
