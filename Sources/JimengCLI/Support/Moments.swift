// Times and spans as operators read and write them.

import ArgumentParser
import JobEngine
import WorkerRuntime

enum Moments {
    static var now: Instant { Instant(milliseconds: SteadyClock.wallMilliseconds) }

    /// `2h` before now, or a time such as `2026-11-25T10:00:00Z`, or a day such as `2026-11-25` (UTC).
    static func instant(_ text: String, option: String) throws -> Instant {
        if let span = DurationText.duration(text) { return now - span }
        if let instant = Timestamp.instant(text) ?? Timestamp.instant(text + "T00:00:00Z") {
            return instant
        }
        throw ValidationError(
            "\(option) takes a span before now such as 2h or 7d, a day such as 2026-11-25, or a time "
                + "such as 2026-11-25T10:00:00Z; got '\(text)'")
    }

    static func span(_ text: String, option: String) throws -> Duration {
        guard let span = DurationText.duration(text) else {
            throw ValidationError("\(option) takes a time such as 30s or 10m; got '\(text)'")
        }
        return span
    }

    /// `12s`, `4m05s`, `3h12m`, `2d04h`: two units at most.
    static func short(_ span: Duration) -> String {
        let seconds = max(0, span.components.seconds)
        func two(_ big: Int64, _ bigName: String, _ small: Int64, _ smallName: String) -> String {
            "\(big)\(bigName)\(small < 10 ? "0" : "")\(small)\(smallName)"
        }
        switch seconds {
        case ..<60: return "\(seconds)s"
        case ..<3600: return two(seconds / 60, "m", seconds % 60, "s")
        case ..<86_400: return two(seconds / 3600, "h", seconds / 60 % 60, "m")
        default: return two(seconds / 86_400, "d", seconds / 3600 % 24, "h")
        }
    }

    /// `in 12s`, `4m05s ago`.
    static func relative(_ instant: Instant, at now: Instant) -> String {
        instant >= now ? "in \(short(instant - now))" : "\(short(now - instant)) ago"
    }
}

extension Moments {
    /// `0.412s`, and from a minute on as `short`.
    static func exact(_ span: Duration) -> String {
        guard span < .seconds(60) else { return short(span) }
        let milliseconds = max(0, span.milliseconds)
        let rest = String(milliseconds % 1000)
        return "\(milliseconds / 1000)." + String(repeating: "0", count: 3 - rest.count) + rest
            + "s"
    }
}
