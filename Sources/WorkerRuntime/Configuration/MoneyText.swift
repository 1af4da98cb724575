// Amounts of money as people write them in a configuration.

import JobEngine

/// `500`, `3.25`, `0.000001`: a decimal number with at most six decimals, read without a floating-point number.
package enum MoneyText {
    /// In millionths; nil for anything else, signs and exponents included, and for more than a billion.
    package static func micro(_ text: String) -> Int64? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), parts.allSatisfy({ $0.allSatisfy(isDigit) }),
            let whole = Int64(parts[0]), whole <= 1_000_000_000
        else { return nil }
        guard parts.count == 2 else { return whole * 1_000_000 }
        guard (1...6).contains(parts[1].count), let fraction = Int64(parts[1]) else { return nil }
        let scale = (parts[1].count..<6).reduce(Int64(1)) { scale, _ in scale * 10 }
        return whole * 1_000_000 + fraction * scale
    }

    private static func isDigit(_ character: Character) -> Bool {
        character.isASCII && character.isNumber
    }
}

extension Field where Value == Int64 {
    /// An amount above nought, in millionths.
    static func money(_ name: String, _ meaning: String) -> Self {
        Field(name, bounds: "above 0, in CNY, such as 500 or 99.50", meaning) {
            text throws(FieldFault) in
            guard let amount = MoneyText.micro(text), amount > 0 else {
                throw FieldFault("must be an amount of CNY above 0, such as 500 or 99.50")
            }
            return amount
        }
    }
}

/// `+08:00`: how far a clock is ahead of UTC.
enum ZoneText {
    @Sendable static func offset(_ text: String) throws(FieldFault) -> Duration {
        let fault = FieldFault("must be a distance from UTC such as +08:00, up to 14 hours")
        guard let sign = text.first, sign == "+" || sign == "-" else { throw fault }
        let parts = text.dropFirst().split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.count == 2 }),
            parts.allSatisfy({ $0.allSatisfy { $0.isASCII && $0.isNumber } }),
            let hours = Int(parts[0]), let minutes = Int(parts[1]), hours <= 14, minutes < 60
        else { throw fault }
        let seconds = hours * 3600 + minutes * 60
        return .seconds(sign == "-" ? -seconds : seconds)
    }
}
