// The instant that every call of the simulated provider is told: wall time, as an integer.

/// A point in wall time, counted in nanoseconds since 1970-01-01T00:00:00Z (until the year 2262).
///
/// The provider is a value without a clock: time is an argument.
package struct WallTime: Hashable, Comparable, Sendable {
    /// Nanoseconds since the epoch.
    package let nanoseconds: Int64

    /// The instant `nanoseconds` after the epoch.
    package init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    /// Parses the basic form of section 2, `yyyyMMdd'T'HHmmss'Z'`; anything else is nil.
    package init?(basic text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count == 16, bytes[8] == UInt8(ascii: "T"), bytes[15] == UInt8(ascii: "Z"),
            let year = Self.number(bytes[0..<4]), let month = Self.number(bytes[4..<6]),
            let day = Self.number(bytes[6..<8]), let hour = Self.number(bytes[9..<11]),
            let minute = Self.number(bytes[11..<13]), let second = Self.number(bytes[13..<15]),
            (1970...2200).contains(year), (1...12).contains(month), (1...31).contains(day),
            hour < 24, minute < 60, second < 60
        else { return nil }
        let days = CivilDay(year: year, month: month, day: day).daysSinceEpoch
        guard CivilDay(daysSinceEpoch: days).day == day else { return nil }
        let seconds = ((days * 24 + hour) * 60 + minute) * 60 + second
        self.init(nanoseconds: Int64(seconds) * 1_000_000_000)
    }

    /// Parses the form that `iso` writes; anything else is nil.
    package init?(iso text: String) {
        let parts = text.split(separator: ".")
        guard parts.count == 2, parts[1].utf8.count == 4, parts[1].last == "Z",
            let milliseconds = Self.number(Array(parts[1].utf8)[0..<3]),
            let whole = WallTime(basic: parts[0].filter { $0 != "-" && $0 != ":" } + "Z")
        else { return nil }
        self.init(nanoseconds: whole.nanoseconds + Int64(milliseconds) * 1_000_000)
    }

    /// `yyyyMMdd'T'HHmmss'Z'`, the form of `X-Date`.
    package var basic: String {
        let (day, time) = split
        return "\(pad(day.year, 4))\(pad(day.month, 2))\(pad(day.day, 2))T"
            + "\(pad(time / 3600, 2))\(pad(time / 60 % 60, 2))\(pad(time % 60, 2))Z"
    }

    /// `yyyy-MM-dd'T'HH:mm:ss.SSS'Z'`, the form that the invoice shows.
    package var iso: String {
        let (day, time) = split
        let milliseconds = nanoseconds.quotientAndFloor(1_000_000_000).remainder / 1_000_000
        return "\(pad(day.year, 4))-\(pad(day.month, 2))-\(pad(day.day, 2))T"
            + "\(pad(time / 3600, 2)):\(pad(time / 60 % 60, 2)):\(pad(time % 60, 2))"
            + ".\(pad(Int(milliseconds), 3))Z"
    }

    package static func < (left: Self, right: Self) -> Bool { left.nanoseconds < right.nanoseconds }

    /// The instant that much later.
    package static func + (left: Self, right: Duration) -> Self {
        Self(nanoseconds: left.nanoseconds + right.wholeNanoseconds)
    }

    /// The instant that much earlier.
    package static func - (left: Self, right: Duration) -> Self {
        Self(nanoseconds: left.nanoseconds - right.wholeNanoseconds)
    }

    /// The time from `right` to `left`.
    package static func - (left: Self, right: Self) -> Duration {
        .nanoseconds(left.nanoseconds - right.nanoseconds)
    }

    private var split: (day: CivilDay, secondsOfDay: Int) {
        let seconds = Int(nanoseconds.quotientAndFloor(1_000_000_000).quotient)
        let (days, time) = seconds.quotientAndFloor(86_400)
        return (CivilDay(daysSinceEpoch: days), time)
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        var value = 0
        for digit in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
            value = value * 10 + Int(digit - UInt8(ascii: "0"))
        }
        return value
    }
}

/// A day of the proleptic Gregorian calendar.
private struct CivilDay {
    let year: Int
    let month: Int
    let day: Int

    init(year: Int, month: Int, day: Int) {
        (self.year, self.month, self.day) = (year, month, day)
    }

    /// Counts in eras of 400 years that begin in March, so that the leap day comes last in its
    /// year.
    init(daysSinceEpoch: Int) {
        let (era, dayOfEra) = (daysSinceEpoch + 719_468).quotientAndFloor(146_097)
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shifted + 2) / 5 + 1
        month = shifted < 10 ? shifted + 3 : shifted - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    var daysSinceEpoch: Int {
        let (era, yearOfEra) = (month <= 2 ? year - 1 : year).quotientAndFloor(400)
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }
}

extension BinaryInteger {
    /// Division that rounds towards minus infinity, with a remainder that is never negative.
    fileprivate func quotientAndFloor(_ divisor: Self) -> (quotient: Self, remainder: Self) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}

private func pad(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
}

extension Duration {
    /// The duration in nanoseconds, rounded towards zero and held within ±292 years.
    package var wholeNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let bound = Int64.max / 1_000_000_000 - 1
        let held = min(max(seconds, -bound), bound)
        return held * 1_000_000_000 + attoseconds / 1_000_000_000
    }

    /// The duration in seconds, as a floating-point number.
    package var inSeconds: Double { self / .seconds(1) }
}
