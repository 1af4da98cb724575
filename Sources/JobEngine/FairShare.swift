// Whose turn it is when several share one thing: start-time fair queuing with weights.

/// Virtual clocks of those who share. Each service moves the served one's clock on by `unit / weight`, and whoever has
/// the earliest clock is next.
///
/// Whoever was idle starts at the present virtual time: no credit for the past, and no debt from it either, since a
/// clock is at most one service ahead.
struct FairShare: Sendable {
    /// Virtual time: where the one that was served last started.
    private var clock: Int64 = 0
    /// Where the next service of each starts, if that lies ahead of the clock.
    private var next: [String: Int64] = [:]

    /// One service at weight 1. A multiple of all small weights, so that shares are exact for them.
    private static let unit: Int64 = 5_040_000

    func start(of name: String) -> Int64 { max(clock, next[name] ?? clock) }

    /// - Parameter weight: at least 1; twice the weight is served twice as often.
    mutating func serve(_ name: String, weight: Int = 1) {
        let start = start(of: name)
        clock = start
        next[name] = start + max(1, Self.unit / Int64(max(1, weight)))
        // A clock that is behind says no more than none.
        if next.count > 256 { next = next.filter { $0.value > clock } }
    }
}
