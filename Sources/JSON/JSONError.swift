// Why a text is not the JSON that was wanted, and where.

/// What can go wrong while reading JSON. Offsets count bytes from the start of the text.
///
/// Descriptions are plain sentences and quote at most one byte of the text, so they are safe to log.
package enum JSONError: Error, Sendable, Hashable {
    /// There is nothing but white space.
    case empty
    /// The text begins with a UTF-8 byte order mark, which RFC 8259 forbids.
    case byteOrderMark
    /// The text ends inside a value.
    case truncated(offset: Int)
    /// A byte that cannot stand here.
    case unexpected(UInt8, expected: String, offset: Int)
    /// A valid value of another kind than the caller asked for.
    case wrongKind(expected: JSONKind, found: JSONKind, offset: Int)
    /// A number that the asked-for type cannot hold exactly (or, for `Double`, at all).
    case numberOutOfRange(type: String, offset: Int)
    /// A number against the grammar, such as `01`, `1.` or `+1`.
    case invalidNumber(offset: Int)
    /// Bytes in a string that are not UTF-8.
    case invalidUTF8(offset: Int)
    /// A control character (below U+0020) that should have been escaped.
    case controlCharacter(UInt8, offset: Int)
    /// A backslash that is followed by something unknown.
    case invalidEscape(offset: Int)
    /// Half of a surrogate pair: a string that no UTF-8 can hold.
    case loneSurrogate(offset: Int)
    /// More arrays and objects inside each other than the bound allows.
    case tooDeep(maximum: Int, offset: Int)
    /// Something follows the value.
    case trailingBytes(offset: Int)
}

extension JSONError {
    /// Where in the text, in bytes.
    package var offset: Int {
        switch self {
        case .empty, .byteOrderMark: 0
        case .truncated(let offset), .unexpected(_, _, let offset), .wrongKind(_, _, let offset),
            .numberOutOfRange(_, let offset), .invalidNumber(let offset),
            .invalidUTF8(let offset), .controlCharacter(_, let offset),
            .invalidEscape(let offset), .loneSurrogate(let offset), .tooDeep(_, let offset),
            .trailingBytes(let offset):
            offset
        }
    }
}

extension JSONError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .empty:
            "The text is empty: a JSON value was expected."
        case .byteOrderMark:
            "The text begins with a UTF-8 byte order mark: write JSON without one."
        case .truncated(let offset):
            "The text ends at byte \(offset) in the middle of a JSON value."
        case .unexpected(let byte, let expected, let offset):
            "Byte \(offset) is \(Self.show(byte)) where \(expected) was expected."
        case .wrongKind(let expected, let found, let offset):
            "At byte \(offset) there is \(found) where \(expected) was expected."
        case .numberOutOfRange(let type, let offset):
            "The number at byte \(offset) does not fit \(type)."
        case .invalidNumber(let offset):
            "The number is malformed at byte \(offset)."
        case .invalidUTF8(let offset):
            "The string is not valid UTF-8 at byte \(offset)."
        case .controlCharacter(let byte, let offset):
            "The string has the unescaped control character \(Self.show(byte)) at byte \(offset)."
        case .invalidEscape(let offset):
            "The string has an unknown escape sequence at byte \(offset)."
        case .loneSurrogate(let offset):
            "The string has half of a surrogate pair at byte \(offset)."
        case .tooDeep(let maximum, let offset):
            "Byte \(offset) opens more than \(maximum) arrays and objects inside each other."
        case .trailingBytes(let offset):
            "The JSON value is over, but there is more at byte \(offset)."
        }
    }

    private static func show(_ byte: UInt8) -> String {
        if (0x21...0x7E).contains(byte) { return "'\(Character(UnicodeScalar(byte)))'" }
        let hex = String(byte, radix: 16, uppercase: true)
        return "0x" + (hex.count == 1 ? "0" + hex : hex)
    }
}
