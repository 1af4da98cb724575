// Money of the simulated provider.

/// An amount in fen, a hundredth of a yuan (CNY).
package struct Fen: Sendable, Hashable, Comparable, Codable, AdditiveArithmetic {
    /// How many.
    package var count: Int

    package init(_ count: Int) {
        self.count = count
    }

    package static let zero = Fen(0)
    package static func + (left: Self, right: Self) -> Self { Fen(left.count + right.count) }
    package static func - (left: Self, right: Self) -> Self { Fen(left.count - right.count) }
    package static func < (left: Self, right: Self) -> Bool { left.count < right.count }

    package init(from decoder: any Decoder) throws {
        count = try decoder.singleValueContainer().decode(Int.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(count)
    }
}
