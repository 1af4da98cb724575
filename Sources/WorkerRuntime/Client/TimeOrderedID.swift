// Ids for requests that bring none: unique, and in the order of their making.

package import JobEngine

/// 48 bits of Unix milliseconds and 80 random bits as 26 letters and digits (Crockford's alphabet, lower case): ids
/// that sort by their time, may stand in a file name, and are never the same twice.
package enum TimeOrderedID {
    private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)

    package static func make(
        at now: Instant, using generator: inout some RandomNumberGenerator
    ) -> String {
        let time = UInt64(bitPattern: now.milliseconds) & 0xFFFF_FFFF_FFFF
        let high = UInt64.random(in: 0..<(1 << 40), using: &generator)
        let low = UInt64.random(in: 0..<(1 << 40), using: &generator)
        let bytes = digits(time, 10) + digits(high, 8) + digits(low, 8)
        return String(decoding: bytes, as: UTF8.self)
    }

    package static func make(at now: Instant) -> String {
        var generator = SystemRandomNumberGenerator()
        return make(at: now, using: &generator)
    }

    private static func digits(_ value: UInt64, _ count: Int) -> [UInt8] {
        (0..<count).map { alphabet[Int(value >> UInt64(5 * (count - 1 - $0)) & 31)] }
    }
}
