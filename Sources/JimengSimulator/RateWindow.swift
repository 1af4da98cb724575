// The provider's limit of calls per second.

/// Lets at most `limit` calls through in any window of one second; refused calls do not count.
struct RateWindow: Sendable {
    let limit: Int
    /// When the calls of the last second were let through, oldest first.
    private var passed: [WallTime] = []

    init(limit: Int) {
        self.limit = limit
    }

    /// Whether a call at `now` is let through; counts it if so.
    mutating func admit(at now: WallTime) -> Bool {
        let horizon = now - .seconds(1)
        let expired = passed.firstIndex { $0 > horizon } ?? passed.endIndex
        passed.removeSubrange(..<expired)
        guard passed.count < limit else { return false }
        passed.append(now)
        return true
    }
}
