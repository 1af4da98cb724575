// Durations and byte counts as people write them in a configuration.

/// `250ms`, `10s`, `5m`, `12h`, `7d`: a whole number and its unit.
package enum DurationText {
    private static let units: [(suffix: String, milliseconds: Int64)] = [
        ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1),
    ]

    /// `nil` for anything but digits and one unit; a number without unit says too little.
    package static func duration(_ text: String) -> Duration? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let suffix = text.dropFirst(digits.count)
        guard let number = Int64(digits), number <= 1_000_000_000,
            let unit = units.first(where: { $0.suffix == suffix })
        else { return nil }
        return .milliseconds(number * unit.milliseconds)
    }

    /// The shortest text that means exactly this many milliseconds.
    package static func text(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        let milliseconds = seconds * 1000 + attoseconds / 1_000_000_000_000_000
        if milliseconds == 0 { return "0s" }
        let unit = units.first { milliseconds % $0.milliseconds == 0 } ?? ("ms", 1)
        return "\(milliseconds / unit.milliseconds)\(unit.suffix)"
    }
}

/// `512KiB`, `64MiB`, `2GiB`, or bytes without a unit.
package enum ByteCountText {
    private static let units: [(suffix: String, shift: Int)] = [
        ("GiB", 30), ("MiB", 20), ("KiB", 10), ("", 0),
    ]

    package static func count(_ text: String) -> Int? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let suffix = text.dropFirst(digits.count)
        guard let number = Int(digits), number <= 1 << 33,
            let unit = units.first(where: { $0.suffix == suffix })
        else { return nil }
        return number << unit.shift
    }

    package static func text(_ count: Int) -> String {
        let unit = units.first { count > 0 && count % (1 << $0.shift) == 0 } ?? ("", 0)
        return "\(count >> unit.shift)\(unit.suffix)"
    }
}
