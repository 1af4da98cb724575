// A JSON number that keeps the text it was written with, so that seeds and task ids stay exact.

/// A number by its text, which always follows the grammar of RFC 8259.
///
/// Two numbers are equal when their texts are: `1`, `1.0` and `1e0` are three numbers with one value.
package struct JSONNumber: Sendable, Hashable, CustomStringConvertible {
    /// The number exactly as it was written.
    package let text: String

    package var description: String { text }

    /// Trusts the caller that the text follows the grammar.
    init(unchecked text: String) { self.text = text }

    /// A number from its text; `nil` if the text is not one JSON number and nothing else.
    package init?(text: String) {
        let bytes = Array(text.utf8)
        guard let end = try? JSONReader.endOfNumber(in: bytes, from: 0), end == bytes.count else {
            return nil
        }
        self.text = text
    }

    package init(_ value: some BinaryInteger) { text = String(value) }

    /// The shortest text that reads back as this value; `nil` if it is not finite.
    package init?(_ value: Double) {
        guard value.isFinite else { return nil }
        text = value.description
    }

    /// The nearest `Double`; `nil` when the number is beyond its range.
    package var double: Double? {
        guard let value = Double(text), value.isFinite else { return nil }
        return value
    }

    /// The value if it is whole and fits (`1.0` and `1e2` are whole).
    package var int64: Int64? {
        if let value = Int64(text) { return value }
        guard let (isNegative, magnitude) = Self.whole(text) else { return nil }
        guard isNegative else { return Int64(exactly: magnitude) }
        return magnitude <= Int64.min.magnitude ? Int64(0 &- Int128(magnitude)) : nil
    }

    /// The value if it is whole, not negative and fits (`1.0`, `1e2` and `-0` are).
    package var uint64: UInt64? {
        if let value = UInt64(text) { return value }
        guard let (isNegative, magnitude) = Self.whole(text) else { return nil }
        return isNegative && magnitude > 0 ? nil : magnitude
    }
}

extension JSONNumber {
    /// Sign and magnitude of a whole number, without going through floating point.
    ///
    /// Linear in the length of the text, whatever the exponent says.
    private static func whole(_ text: String) -> (isNegative: Bool, magnitude: UInt64)? {
        var digits: [UInt8] = []
        var scale = 0
        var rest = text.utf8[...]
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative { rest.removeFirst() }
        var isFraction = false
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "."):
                isFraction = true
            case UInt8(ascii: "e"), UInt8(ascii: "E"):
                scale += exponent(rest)
                rest = rest[rest.endIndex...]
            default:
                digits.append(byte - UInt8(ascii: "0"))
                if isFraction { scale -= 1 }
            }
        }
        while digits.last == 0 {
            digits.removeLast()
            scale += 1
        }
        if digits.isEmpty { return (isNegative, 0) }
        let significant = digits.drop { $0 == 0 }
        // 2^64 - 1 has twenty digits.
        guard scale >= 0, significant.count + scale <= 20 else { return nil }
        var magnitude: UInt64 = 0
        for digit in significant + Array(repeating: 0, count: scale) {
            let (product, overflowed) = magnitude.multipliedReportingOverflow(by: 10)
            let (sum, carried) = product.addingReportingOverflow(UInt64(digit))
            if overflowed || carried { return nil }
            magnitude = sum
        }
        return (isNegative, magnitude)
    }

    /// The exponent, cut to a bound that no text can make up for with its digits.
    private static func exponent(_ text: Substring.UTF8View) -> Int {
        let bound = 1 << 48
        var value = 0
        for byte in text where byte >= UInt8(ascii: "0") {
            value = min(bound, value * 10 + Int(byte - UInt8(ascii: "0")))
        }
        return text.first == UInt8(ascii: "-") ? -value : value
    }
}
