// Writes JSON straight into bytes, putting the commas by itself.

/// Appends compact JSON to a byte array.
///
/// ```swift
/// var writer = JSONWriter()
/// writer.beginObject()
/// writer.key("seed")
/// writer.int(seed)
/// writer.key("request")
/// writer.raw(bytes[range])
/// writer.endObject()
/// send(writer.bytes)
/// ```
///
/// The order of calls is the caller's duty: the writer does not notice a missing `endObject` or a
/// value without a key.
package struct JSONWriter: Sendable {
    package private(set) var bytes: [UInt8]

    private var needsComma = false

    /// - Parameter bytes: what the JSON is appended to.
    package init(appendingTo bytes: [UInt8] = [], reserving capacity: Int = 256) {
        self.bytes = bytes
        self.bytes.reserveCapacity(bytes.count + capacity)
    }

    package mutating func beginObject() { begin(UInt8(ascii: "{")) }

    package mutating func endObject() { end(UInt8(ascii: "}")) }

    package mutating func beginArray() { begin(UInt8(ascii: "[")) }

    package mutating func endArray() { end(UInt8(ascii: "]")) }

    /// A key; its value comes next.
    package mutating func key(_ key: String) {
        comma()
        quote(key)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    package mutating func string(_ value: String) {
        comma()
        quote(value)
    }

    package mutating func int(_ value: some FixedWidthInteger) {
        comma()
        append(value.description)
    }

    /// The shortest text that reads back as the same value; `null` when it is not finite.
    package mutating func double(_ value: Double) {
        comma()
        append(value.isFinite ? value.description : "null")
    }

    package mutating func number(_ value: JSONNumber) {
        comma()
        append(value.text)
    }

    package mutating func bool(_ value: Bool) {
        comma()
        append(value ? "true" : "false")
    }

    package mutating func null() {
        comma()
        append("null")
    }

    /// One JSON value as it is. That it is valid is the caller's promise (`skipValue` has checked its
    /// ranges).
    package mutating func raw(_ value: some Sequence<UInt8>) {
        comma()
        bytes.append(contentsOf: value)
    }

    /// A whole tree.
    package mutating func value(_ value: JSON) {
        switch value {
        case .null: null()
        case .bool(let value): bool(value)
        case .number(let value): number(value)
        case .string(let value): string(value)
        case .array(let elements):
            beginArray()
            for element in elements { self.value(element) }
            endArray()
        case .object(let object):
            beginObject()
            for member in object.members {
                key(member.key)
                self.value(member.value)
            }
            endObject()
        }
    }

    private mutating func begin(_ bracket: UInt8) {
        comma()
        bytes.append(bracket)
        needsComma = false
    }

    private mutating func end(_ bracket: UInt8) {
        bytes.append(bracket)
        needsComma = true
    }

    /// The comma before a value or key that is not the first; every value makes the next one need it.
    private mutating func comma() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }

    private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }
}

// MARK: Strings

extension JSONWriter {
    private mutating func quote(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        let done: Void? = text.utf8.withContiguousStorageIfAvailable { escape($0) }
        if done == nil { Array(text.utf8).withUnsafeBufferPointer { escape($0) } }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Copies runs of bytes that need no escape at once; most strings are one run.
    private mutating func escape(_ text: UnsafeBufferPointer<UInt8>) {
        var start = 0
        while true {
            let end = endOfPlainRun(UnsafeRawBufferPointer(text), from: start, onlyASCII: false)
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[start..<end]))
            if end == text.count { return }
            escape(text[end])
            start = end + 1
        }
    }

    private mutating func escape(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): append("\\\"")
        case UInt8(ascii: "\\"): append("\\\\")
        case 0x08: append("\\b")
        case 0x09: append("\\t")
        case 0x0A: append("\\n")
        case 0x0C: append("\\f")
        case 0x0D: append("\\r")
        default:
            append(byte < 0x10 ? "\\u000" : "\\u00")
            append(String(byte, radix: 16))
        }
    }
}
