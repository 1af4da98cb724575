// Durations as the C calls want them.

extension Duration {
    /// Whole milliseconds, rounded up so that a short wait is not none; at least 0, at most a C `int`.
    var milliseconds: Int32 {
        let (seconds, attoseconds) = components
        guard seconds < Int64(Int32.max) / 1000 else { return Int32.max }
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        return Int32(seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }
}

/// A point in time that a series of calls must not pass.
struct Deadline {
    private let end: ContinuousClock.Instant

    init(after duration: Duration) { end = .now + duration }

    var remaining: Duration { max(.zero, end - .now) }
    var hasPassed: Bool { end <= .now }

    /// The rest of the time, but no more than a slice of it, in milliseconds for C.
    func slice(atMost slice: Duration) -> Int32 { min(remaining, slice).milliseconds }
}
