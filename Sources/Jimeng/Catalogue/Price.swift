// What the provider charges, in whole numbers.

/// An amount of money in millionths of a yuan: exact for every price there is.
package struct Cost: Sendable, Hashable, Comparable, CustomStringConvertible {
    package let microYuan: Int64

    package init(microYuan: Int64) { self.microYuan = microYuan }

    package static func < (left: Self, right: Self) -> Bool { left.microYuan < right.microYuan }

    package static func + (left: Self, right: Self) -> Self {
        Cost(microYuan: left.microYuan + right.microYuan)
    }

    /// For example `3.25 CNY`.
    package var description: String {
        let fraction = String(microYuan.magnitude % 1_000_000)
        var digits = String(repeating: "0", count: 6 - fraction.utf8.count) + fraction
        while digits.utf8.count > 2, digits.last == "0" { digits.removeLast() }
        return "\(microYuan < 0 ? "-" : "")\(microYuan.magnitude / 1_000_000).\(digits) CNY"
    }
}

/// A price per unit (jimeng-api.md section 8). Only what is delivered is billed.
package struct Price: Sendable, Equatable {
    package enum Unit: Sendable, Equatable {
        case second, image
        /// A task, whatever comes of it; in configurations only.
        case task
    }

    package let perUnit: Cost
    package let unit: Unit
    package let certainty: Model.Certainty
    /// The day of the price list, `yyyy-MM-dd`; `nil` if the source bears no date.
    package let listed: String?

    package init(perUnit: Cost, unit: Unit, certainty: Model.Certainty, listed: String?) {
        self.perUnit = perUnit
        self.unit = unit
        self.certainty = certainty
        self.listed = listed
    }

    static func perSecond(
        fen: Int64, _ certainty: Model.Certainty = .confirmed, listed: String? = nil
    ) -> Price {
        Price(
            perUnit: Cost(microYuan: fen * 10_000), unit: .second, certainty: certainty,
            listed: listed)
    }

    static func perImage(fen: Int64) -> Price {
        Price(
            perUnit: Cost(microYuan: fen * 10_000), unit: .image, certainty: .confirmed,
            listed: nil)
    }

    /// The cost of one image, or of a video of so many frames; `nil` when the length is unknown.
    package func cost(frames: Int?) -> Cost? {
        switch unit {
        case .image, .task: perUnit
        case .second: frames.map { Cost(microYuan: perUnit.microYuan * Int64($0 - 1) / 24) }
        }
    }
}
