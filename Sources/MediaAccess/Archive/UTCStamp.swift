// A moment in the spellings that names and signatures want.

/// Seconds since 1970, UTC.
struct UTCStamp: Sendable, Hashable {
    private let seconds: Int64

    init(_ secondsSince1970: Int64) { seconds = max(0, min(secondsSince1970, 253_402_300_799)) }

    /// `2026-11-25`
    var day: String {
        let (year, month, day) = civil
        return "\(Self.pad(year, 4))-\(Self.pad(month, 2))-\(Self.pad(day, 2))"
    }

    /// `20261125T031500Z`
    var compact: String {
        let second = seconds % 86_400
        let time = [second / 3600, second / 60 % 60, second % 60].map { Self.pad($0, 2) }.joined()
        return day.replacing("-", with: "") + "T" + time + "Z"
    }

    private static func pad(_ number: Int64, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
    }

    /// The proleptic Gregorian calendar, in eras of 400 years that begin in March.
    private var civil: (Int64, Int64, Int64) {
        let shifted = seconds / 86_400 + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let march = (5 * dayOfYear + 2) / 153
        let month = march < 10 ? march + 3 : march - 9
        return (
            yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month,
            dayOfYear - (153 * march + 2) / 5 + 1
        )
    }
}
