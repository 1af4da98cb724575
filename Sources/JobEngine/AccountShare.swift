// What of an account falls to one lane.

/// Exact shares: those of all lanes add up to what the account grants.
struct AccountShare {
    /// By pool.
    let slots: [PoolKey: Int]
    let submitsPerSecond: Double
    let queriesPerSecond: Double

    /// Per second. Tasks that a lane without slots finds in its ledger are looked at all the same, if rarely.
    private static let leastQueries = 1.0 / 60

    init(of account: AccountLimits, lane: LaneID, lanes: Int) {
        var slots = [
            PoolKey(account: account.name, model: nil): SlotPool.share(
                of: account.concurrency, lane: lane, lanes: lanes)
        ]
        var total = account.concurrency
        for (model, concurrency) in account.modelConcurrency {
            slots[PoolKey(account: account.name, model: model)] = SlotPool.share(
                of: concurrency, lane: lane, lanes: lanes)
            total += concurrency
        }
        self.slots = slots
        let part = Double(slots.values.reduce(0, +)) / Double(max(1, total))
        submitsPerSecond = account.submitsPerSecond * part
        queriesPerSecond = max(account.queriesPerSecond * part, Self.leastQueries)
    }
}
