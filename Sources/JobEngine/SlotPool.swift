// A lane's share of the slots of an account, and how it shrinks when the provider refuses.

/// Which slots a job competes for.
package struct PoolKey: Hashable, Comparable, Sendable {
    package var account: String
    /// A model with a limit of its own; nil for all others.
    package var model: String?

    package static func < (left: PoolKey, right: PoolKey) -> Bool {
        (left.account, left.model ?? "") < (right.account, right.model ?? "")
    }
}

/// Slots of one pool that belong to one lane.
///
/// Slots are never lent to another lane, not even within a worker: a loan would leave the ledger partition that knows of
/// it when the two lanes part, and then the sum over lanes would no longer be exact.
package struct SlotPool: Equatable, Sendable {
    /// The lane's exact share.
    package private(set) var capacity: Int
    /// What AIMD allowed after the last refusal: 1 … capacity.
    private var shrunkTo: Int
    /// Jobs and holds that occupy a slot; can exceed `limit` after a take-over or a shrink.
    package private(set) var taken = 0
    package private(set) var pausedUntil: Instant?
    /// Refusals in a row.
    package private(set) var refusalsInARow = 0
    private var lastChange: Instant?

    /// Time without a refusal after which one more slot comes back, whether it could be tried or not. Refusals within
    /// a sixth of it belong to the same jam.
    private let recovery: Duration

    package init(capacity: Int, recovery: Duration) {
        self.capacity = capacity
        self.recovery = max(recovery, .milliseconds(1))
        shrunkTo = capacity
    }

    /// Slots `s` of `total` with `s mod lanes == lane`.
    package static func share(of total: Int, lane: LaneID, lanes: Int) -> Int {
        guard total > lane.number else { return 0 }
        return (total - lane.number - 1) / lanes + 1
    }

    /// What AIMD allows now: one more for each `recovery` that has passed since the last shrink.
    package func limit(at now: Instant) -> Int {
        guard shrunkTo < capacity, let lastChange else { return capacity }
        let regained = (now - lastChange).milliseconds / recovery.milliseconds
        return min(capacity, shrunkTo + Int(clamping: max(0, regained)))
    }

    package func free(at now: Instant) -> Int {
        if let pausedUntil, now < pausedUntil { return 0 }
        return max(0, limit(at: now) - taken)
    }

    /// When a slot becomes free by the passing of time alone, if none is free now.
    package func nextFree(after now: Instant) -> Instant? {
        guard taken < capacity else { return nil }
        let unpaused = max(pausedUntil ?? now, now)
        guard taken >= limit(at: unpaused), let lastChange else { return unpaused }
        return lastChange + recovery * (taken + 1 - shrunkTo)
    }

    /// The share changes. What was taught by refusals stays; slots taken beyond the new share are left to their jobs.
    ///
    /// - Parameter taken: counted anew, since a changed set of pools may count other jobs.
    package mutating func change(capacity: Int, taken: Int) {
        shrunkTo =
            shrunkTo >= self.capacity ? capacity : max(min(1, capacity), min(shrunkTo, capacity))
        self.capacity = capacity
        self.taken = taken
    }

    package mutating func take() { taken += 1 }

    package mutating func release() {
        precondition(taken > 0, "a slot was released that nobody had taken")
        taken -= 1
    }

    /// The provider refused (50430, or the account): shrink to half, at least one, and pause.
    package mutating func refused(at now: Instant, pause: Duration, shrinks: Bool) {
        refusalsInARow += 1
        pausedUntil = max(pausedUntil ?? now, now + pause)
        guard shrinks else { return }
        if let lastChange, now - lastChange < recovery / 6 { return }
        shrunkTo = max(1, limit(at: now) / 2)
        lastChange = now
    }

    /// The provider accepted: no more reason to pause.
    package mutating func accepted() {
        refusalsInARow = 0
        pausedUntil = nil
    }
}
