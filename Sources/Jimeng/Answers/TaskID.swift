// The provider's name for a task.

import JSON

/// Opaque text. It is documented as a decimal number of up to twenty digits, which no 64-bit integer
/// and no floating-point number can hold: never turn it into a number.
package struct TaskID: Sendable, Hashable, CustomStringConvertible {
    package let text: String

    /// Letters, digits, `-` and `_`, 1 to 64 of them and not all noughts; `nil` for anything else.
    ///
    /// More than the documented digits is let through on purpose: an id of a new form is still a task
    /// that has been paid for, and a query needs no more than the text.
    package init?(_ text: String) {
        guard (1...64).contains(text.utf8.count), text.utf8.allSatisfy(Self.isAllowed),
            text.utf8.contains(where: { $0 != UInt8(ascii: "0") })
        else { return nil }
        self.text = text
    }

    /// A string, or a number by its exact digits (a fraction or an exponent is a rounded id: none).
    init?(_ value: JSON?) {
        switch value {
        case .string(let text): self.init(text)
        case .number(let number) where number.text.utf8.allSatisfy(Self.isDigit):
            self.init(number.text)
        default: return nil
        }
    }

    package var description: String { text }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        isDigit(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
            || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
    }
}
