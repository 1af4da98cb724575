// Reads JSON piece by piece, in the order in which it is written, without building a tree.

/// A strict pull reader (RFC 8259) over UTF-8 bytes.
///
/// ```swift
/// var reader = JSONReader(bytes)
/// try reader.beginObject()
/// while let key = try reader.nextKey() {
///     switch key {
///     case "seed": seed = try reader.uint64()
///     default: unknown[key] = try reader.skipValue()   // where it stands, to be kept verbatim
///     }
/// }
/// try reader.finish()
/// ```
///
/// Everything that is passed over is checked as strictly as what is read: after `finish` the whole
/// text is known to be valid. After an error the reader is of no further use. Asking for a key
/// outside of an object is a mistake in the program and traps; no input can cause a trap.
package struct JSONReader: Sendable {
    package let bytes: [UInt8]

    /// How many arrays and objects may be open inside each other.
    package let maximumDepth: Int

    /// The offset of the next byte.
    package internal(set) var position = 0

    /// The containers that are open, innermost last.
    private var open: [Container] = []

    private enum Container { case emptyObject, object, emptyArray, array }

    /// - Parameter maximumDepth: from 1 to 1000 (the tree is built by recursion).
    package init(_ bytes: [UInt8], maximumDepth: Int = 64) {
        precondition(
            (1...1000).contains(maximumDepth), "depth bound \(maximumDepth) is not 1...1000")
        self.bytes = bytes
        self.maximumDepth = maximumDepth
    }

    /// Copies the bytes.
    package init(_ bytes: UnsafeRawBufferPointer, maximumDepth: Int = 64) {
        self.init(Array(bytes), maximumDepth: maximumDepth)
    }

    /// How many arrays and objects are open.
    var depth: Int { open.count }
}

// MARK: Containers

extension JSONReader {
    /// Enters an object; `nextKey` follows.
    package mutating func beginObject() throws(JSONError) {
        try expect(.object)
        try checkDepth(open.count + 1)
        position += 1
        open.append(.emptyObject)
    }

    /// The next key, after which its value must be read or skipped; `nil` leaves the object.
    package mutating func nextKey() throws(JSONError) -> String? {
        guard try nextMember() else { return nil }
        let key = try quotedString()
        try expectColon()
        return key
    }

    /// Enters an array; `nextElement` follows.
    package mutating func beginArray() throws(JSONError) {
        try expect(.array)
        try checkDepth(open.count + 1)
        position += 1
        open.append(.emptyArray)
    }

    /// Whether there is another element, which must be read or skipped; `false` leaves the array.
    package mutating func nextElement() throws(JSONError) -> Bool {
        precondition(open.last == .array || open.last == .emptyArray, "no array is open")
        let isFirst = open.last == .emptyArray
        open[open.count - 1] = .array
        if try hasNext(isFirst: isFirst, closing: UInt8(ascii: "]"), expected: "',' or ']'") {
            return true
        }
        open.removeLast()
        return false
    }

    /// Makes sure that only white space is left.
    package mutating func finish() throws(JSONError) {
        precondition(open.isEmpty, "an array or object is still open")
        skipWhitespace()
        if position < bytes.count { throw .trailingBytes(offset: position) }
    }

    private mutating func nextMember() throws(JSONError) -> Bool {
        precondition(open.last == .object || open.last == .emptyObject, "no object is open")
        let isFirst = open.last == .emptyObject
        open[open.count - 1] = .object
        if try hasNext(isFirst: isFirst, closing: UInt8(ascii: "}"), expected: "',' or '}'") {
            try expectQuote()
            return true
        }
        open.removeLast()
        return false
    }

    /// Passes a comma, or the closing bracket.
    mutating func hasNext(
        isFirst: Bool, closing: UInt8, expected: String
    ) throws(JSONError) -> Bool {
        let byte = try next()
        if byte == closing {
            position += 1
            return false
        }
        if isFirst { return true }
        guard byte == UInt8(ascii: ",") else {
            throw .unexpected(byte, expected: expected, offset: position)
        }
        position += 1
        _ = try next()
        return true
    }

    mutating func expectQuote() throws(JSONError) {
        let byte = try next()
        if byte != UInt8(ascii: "\"") {
            throw .unexpected(byte, expected: "a key in quotation marks", offset: position)
        }
    }

    mutating func expectColon() throws(JSONError) {
        let byte = try next()
        guard byte == UInt8(ascii: ":") else {
            throw .unexpected(byte, expected: "':'", offset: position)
        }
        position += 1
    }

    func checkDepth(_ depth: Int) throws(JSONError) {
        if depth > maximumDepth { throw .tooDeep(maximum: maximumDepth, offset: position) }
    }
}

// MARK: Looking ahead

extension JSONReader {
    /// The kind of the value that comes next, judged by its first byte.
    package mutating func peek() throws(JSONError) -> JSONKind {
        let byte = try next()
        switch byte {
        case UInt8(ascii: "{"): return .object
        case UInt8(ascii: "["): return .array
        case UInt8(ascii: "\""): return .string
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool
        case UInt8(ascii: "n"): return .null
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
        default: throw .unexpected(byte, expected: "a JSON value", offset: position)
        }
    }

    mutating func expect(_ kind: JSONKind) throws(JSONError) {
        let found = try peek()
        if found != kind { throw .wrongKind(expected: kind, found: found, offset: position) }
    }

    /// The next byte that is not white space, without passing it.
    mutating func next() throws(JSONError) -> UInt8 {
        skipWhitespace()
        guard position < bytes.count else { throw endOfText }
        let byte = bytes[position]
        if byte == 0xEF, position == 0, bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
            throw .byteOrderMark
        }
        return byte
    }

    private var endOfText: JSONError {
        let isBlank = open.isEmpty && bytes.allSatisfy(Self.isWhitespace)
        return isBlank ? .empty : .truncated(offset: bytes.count)
    }

    mutating func skipWhitespace() {
        while position < bytes.count, Self.isWhitespace(bytes[position]) { position += 1 }
    }

    private static func isWhitespace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }
}
