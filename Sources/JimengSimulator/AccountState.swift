// What the provider keeps about an account: its rate windows and its unfinished tasks.

/// The limits of one account at work.
struct AccountState: Sendable {
    let account: SimulatedAccount
    var submits: RateWindow
    var queries: RateWindow
    private(set) var maximumUnfinished = 0
    /// When each unfinished task will finish, soonest first.
    private var finishes: [WallTime] = []

    init(_ account: SimulatedAccount) {
        self.account = account
        submits = RateWindow(limit: account.submitsPerSecond)
        queries = RateWindow(limit: account.queriesPerSecond)
    }

    /// Refuses with 50430 when as many tasks are unfinished as the account may have (section 6).
    mutating func checkConcurrency(at now: WallTime) throws(Refusal) {
        finishes.removeSubrange(..<firstFinish(after: now))
        guard finishes.count < account.concurrency else { throw Refusal(50430) }
    }

    /// Counts a task that is unfinished until `finish`. Call `checkConcurrency` first.
    mutating func start(until finish: WallTime) {
        finishes.insert(finish, at: firstFinish(after: finish))
        maximumUnfinished = max(maximumUnfinished, finishes.count)
    }

    /// How many tasks are unfinished.
    func unfinished(at now: WallTime) -> Int {
        finishes.count - firstFinish(after: now)
    }

    /// Binary search: the number of tasks that finish at `time` or before.
    private func firstFinish(after time: WallTime) -> Int {
        var (low, high) = (0, finishes.count)
        while low < high {
            let middle = (low + high) / 2
            if finishes[middle] <= time { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
