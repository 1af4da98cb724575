// A point in time as the engine sees it: an argument, never a clock.

/// Milliseconds since 1970-01-01 00:00 UTC.
///
/// The runtime supplies it from a steady clock that was set by the wall clock at start, so that it never runs
/// backwards within a process. Instants that come out of the ledger were written by other workers' clocks.
package struct Instant: Hashable, Comparable, Sendable {
    package var milliseconds: Int64

    package init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    package static func < (left: Instant, right: Instant) -> Bool {
        left.milliseconds < right.milliseconds
    }

    /// The instant that lies `duration` (rounded down to milliseconds) later; saturates at either end of time.
    package static func + (instant: Instant, duration: Duration) -> Instant {
        let milliseconds = duration.milliseconds
        let (sum, overflow) = instant.milliseconds.addingReportingOverflow(milliseconds)
        guard overflow else { return Instant(milliseconds: sum) }
        return milliseconds > 0 ? .distantFuture : Instant(milliseconds: .min)
    }

    package static func - (instant: Instant, duration: Duration) -> Instant {
        let milliseconds = duration.milliseconds
        let (difference, overflow) = instant.milliseconds.subtractingReportingOverflow(milliseconds)
        guard overflow else { return Instant(milliseconds: difference) }
        return milliseconds < 0 ? .distantFuture : Instant(milliseconds: .min)
    }

    package static func - (later: Instant, earlier: Instant) -> Duration {
        let (difference, overflow) = later.milliseconds.subtractingReportingOverflow(
            earlier.milliseconds)
        guard overflow else { return .milliseconds(difference) }
        return .milliseconds(later > earlier ? Int64.max : Int64.min)
    }

    /// Later than anything that is ever due.
    package static let distantFuture = Instant(milliseconds: .max)
}

extension Duration {
    /// Whole milliseconds, rounded towards zero; saturates instead of overflowing.
    package var milliseconds: Int64 {
        let (seconds, attoseconds) = components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        if overflow { return seconds > 0 ? .max : .min }
        return whole.addingReportingOverflow(attoseconds / 1_000_000_000_000_000).partialValue
    }
}
