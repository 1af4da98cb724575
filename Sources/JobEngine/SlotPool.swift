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
    package let capacity: Int
    /// What AIMD allows of it: 1 … capacity.
    package private(set) var limit: Int
    /// Jobs and holds that occupy a slot; can exceed `limit` after a take-over or a shrink.
    package private(set) var taken = 0
    package private(set) var pausedUntil: Instant?
    /// Refusals in a row.
    package private(set) var refusalsInARow = 0
    private var lastChange: Instant?

    /// Waiting time without a refusal after which one slot comes back.
    package static let recovery: Duration = .seconds(30)
    /// Refusals within this time of the last shrink belong to the same jam.
    package static let jam: Duration = .seconds(5)

    package init(capacity: Int) {
        self.capacity = capacity
        limit = capacity
    }

    /// Slots `s` of `total` with `s mod lanes == lane`.
    package static func share(of total: Int, lane: LaneID, lanes: Int) -> Int {
        guard total > lane.number else { return 0 }
        return (total - lane.number - 1) / lanes + 1
    }

    package func free(at now: Instant) -> Int {
        if let pausedUntil, now < pausedUntil { return 0 }
        return max(0, limit - taken)
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
        if let lastChange, now - lastChange < Self.jam { return }
        limit = min(capacity, max(1, limit / 2))
        lastChange = now
    }

    /// The provider accepted: the jam is over; a slot comes back when it has been for a while.
    package mutating func accepted(at now: Instant) {
        refusalsInARow = 0
        pausedUntil = nil
        guard limit < capacity, let lastChange, now - lastChange >= Self.recovery else { return }
        limit += 1
        self.lastChange = now
    }
}
