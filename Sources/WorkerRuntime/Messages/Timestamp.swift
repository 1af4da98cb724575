// Instants as text: RFC 3339, as user-facing records have them.

package import JobEngine

/// Conversions between `Instant` and RFC 3339.
package enum Timestamp {
    /// UTC with exactly three decimals: `2026-11-22T10:37:00.000Z`. Years 0000 to 9999; clamped outside.
    package static func text(_ instant: Instant) -> String {
        let milliseconds = min(max(instant.milliseconds, minimum), maximum)
        let seconds = floorDivide(milliseconds, 1000)
        let days = floorDivide(seconds, 86_400)
        let (year, month, day) = civil(fromDays: days)
        let second = Int(seconds - days * 86_400)
        return pad(year, 4) + "-" + pad(month, 2) + "-" + pad(day, 2) + "T"
            + pad(second / 3600, 2) + ":" + pad(second / 60 % 60, 2) + ":" + pad(second % 60, 2)
            + "." + pad(Int(milliseconds - seconds * 1000), 3) + "Z"
    }

    /// Reads an RFC 3339 date-time with upper-case `T`, seconds, at most nine decimals (three count) and `Z` or an
    /// offset; nil for anything else, impossible days included. A leap second counts as the second before it.
    package static func instant(_ text: String) -> Instant? {
        var scanner = Scanner(text: Array(text.utf8))
        guard let year = scanner.digits(4), scanner.take("-"),
            let month = scanner.digits(2), (1...12).contains(month), scanner.take("-"),
            let day = scanner.digits(2), (1...daysIn(month, of: year)).contains(day),
            scanner.take("T"),
            let hour = scanner.digits(2), hour < 24, scanner.take(":"),
            let minute = scanner.digits(2), minute < 60, scanner.take(":"),
            let second = scanner.digits(2), second < 60,
            let fraction = scanner.fraction(), let offset = scanner.offset(), scanner.isAtEnd
        else { return nil }
        let days = days(year: year, month: month, day: day)
        let seconds = days * 86_400 + Int64(hour * 3600 + minute * 60 + second) - offset
        return Instant(milliseconds: seconds * 1000 + fraction)
    }

    /// A day, counted from 1970-01-01, as `2026-11-25`; clamped to the years 0000 to 9999.
    package static func dayText(_ day: Int) -> String {
        let (year, month, day) = civil(fromDays: min(max(Int64(day), -719_528), 2_932_896))
        return pad(year, 4) + "-" + pad(month, 2) + "-" + pad(day, 2)
    }

    /// Reads what `dayText` writes; nil for anything else.
    package static func day(_ text: String) -> Int? {
        instant(text + "T00:00:00Z").map { Int(floorDivide($0.milliseconds, 86_400_000)) }
    }

    /// Instants that the ledger may hold: 1970 to 9999.
    package static let ledgerBounds =
        Instant(milliseconds: 0)...Instant(milliseconds: maximum)

    private static let minimum: Int64 = -62_167_219_200_000
    private static let maximum: Int64 = 253_402_300_799_999

    private static func pad(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    private static func floorDivide(_ a: Int64, _ b: Int64) -> Int64 {
        a >= 0 ? a / b : -((-a + b - 1) / b)
    }

    private static func daysIn(_ month: Int, of year: Int) -> Int {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
    }

    /// Days since 1970-01-01 of the proleptic Gregorian calendar, counted in eras of 400 years from March on.
    private static func days(year: Int, month: Int, day: Int) -> Int64 {
        let y = Int64(month <= 2 ? year - 1 : year)
        let era = floorDivide(y, 400)
        let yearOfEra = y - era * 400
        let dayOfYear = Int64((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1)
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
            - 719_468
    }

    private static func civil(fromDays days: Int64) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = floorDivide(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        let civilMonth = Int(month < 10 ? month + 3 : month - 9)
        let year = Int(yearOfEra + era * 400) + (civilMonth <= 2 ? 1 : 0)
        return (year, civilMonth, Int(dayOfYear - (153 * month + 2) / 5 + 1))
    }

    private struct Scanner {
        let text: [UInt8]
        var position = 0

        var isAtEnd: Bool { position == text.count }

        mutating func take(_ character: Unicode.Scalar) -> Bool {
            guard position < text.count, text[position] == UInt8(ascii: character) else {
                return false
            }
            position += 1
            return true
        }

        mutating func digits(_ count: Int) -> Int? {
            guard position + count <= text.count else { return nil }
            var value = 0
            for byte in text[position..<position + count] {
                guard (0x30...0x39).contains(byte) else { return nil }
                value = value * 10 + Int(byte - 0x30)
            }
            position += count
            return value
        }

        /// Milliseconds of `.123…`, or 0 when there is no fraction.
        mutating func fraction() -> Int64? {
            guard take(".") else { return 0 }
            var count = 0
            var milliseconds: Int64 = 0
            while let digit = digits(1) {
                count += 1
                if count <= 3 { milliseconds = milliseconds * 10 + Int64(digit) }
            }
            guard (1...9).contains(count) else { return nil }
            for _ in count..<max(count, 3) { milliseconds *= 10 }
            return milliseconds
        }

        /// Seconds east of UTC.
        mutating func offset() -> Int64? {
            if take("Z") { return 0 }
            let sign: Int64
            if take("+") { sign = 1 } else if take("-") { sign = -1 } else { return nil }
            guard let hours = digits(2), hours < 24, take(":"), let minutes = digits(2),
                minutes < 60
            else { return nil }
            return sign * Int64(hours * 3600 + minutes * 60)
        }
    }
}
