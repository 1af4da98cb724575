// The time that the engine is given: set by the wall clock once, steady from then on.

package import JobEngine

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Unix time that never runs backwards within a process, whatever is done to the wall clock.
///
/// Send-by instants are compared with it, so a jump of the wall clock cannot make an intent look younger than it is.
/// A suspended machine's sleep counts (`CLOCK_BOOTTIME` on Linux).
package struct SteadyClock: Sendable {
    private let origin: Instant
    private let start: ContinuousClock.Instant

    package init() {
        origin = Instant(milliseconds: Self.wallMilliseconds)
        start = ContinuousClock.now
    }

    /// Unix milliseconds by the wall clock, jumps and all.
    package static var wallMilliseconds: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }

    package var now: Instant { origin + (ContinuousClock.now - start) }

    /// The moment of this clock in the process's own terms, for sleeping until it.
    package func moment(_ instant: Instant) -> ContinuousClock.Instant {
        start + (instant - origin)
    }
}
