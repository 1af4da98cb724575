// What a rate limit allows, seen from the provider's side: one bucket for the whole account, whoever sends.

import JobEngine

/// The sum of all lanes' token buckets can never hold more than this one bucket: it refills with the account's whole
/// rate, and its bound is the sum of their bounds. What it cannot know are buckets that come into being with a take-over
/// and those of owners that do not know yet that they are none; each take-over therefore adds what these may bring.
struct RateMeter {
    /// Per second.
    private var rate = 0.0
    private var bound = 0.0
    private var lanes: [LaneID: Share] = [:] { didSet { sum() } }
    private let lanesInAll: Int
    private let least: Double
    private let underWay: Int
    private var tokens: Double
    private var credit = 0.0
    private var filledAt: Int64 = 0

    private struct Share {
        var rate: Double
        var burst: Double
    }

    /// For how long, in seconds, a predecessor may use its bucket beside the new owner's: a word of the coordinator
    /// takes that long at most (`World.tell`), and its tokens may have gathered while it stood still.
    private static let overlap = 2.0

    /// - Parameters:
    ///   - rate: what the account grants, per second.
    ///   - least: what each lane may send at any rate, per second.
    ///   - underWay: calls that may wait between their token and being sent: submits for their intent's commit, and
    ///     both for a worker that stands still.
    init(account: AccountLimits, rate: Double, least: Double, underWay: Int, policy: Policy) {
        (lanesInAll, self.least, self.underWay) = (policy.lanes, least, underWay)
        tokens = Double(underWay)
        lanes = shares(of: account, rate)
        sum()
    }

    private mutating func sum() {
        rate = lanes.values.map(\.rate).reduce(0, +)
        bound = lanes.values.map(\.burst).reduce(0, +) + Double(underWay)
    }

    private func shares(of account: AccountLimits, _ rate: Double) -> [LaneID: Share] {
        var shares: [LaneID: Share] = [:]
        for number in 0..<lanesInAll {
            let lane = LaneID(number)
            let own = max(rate * Self.part(of: account, lane, lanesInAll), least)
            shares[lane] = Share(rate: own, burst: max(1, own))
        }
        return shares
    }

    /// What the account grants changes; not settled: each lane may go by what was or by what is.
    mutating func change(
        to account: AccountLimits, rate: Double, isSettled: Bool, at now: Int64
    ) {
        refill(at: now)
        let new = shares(of: account, rate)
        guard !isSettled else { return lanes = new }
        lanes.merge(new) { old, new in
            Share(rate: max(old.rate, new.rate), burst: max(old.burst, new.burst))
        }
    }

    private static func part(of account: AccountLimits, _ lane: LaneID, _ lanes: Int) -> Double {
        let limits = [account.concurrency] + account.modelConcurrency.values
        let own = limits.map { SlotPool.share(of: $0, lane: lane, lanes: lanes) }.reduce(0, +)
        return Double(own) / Double(max(1, limits.reduce(0, +)))
    }

    mutating func acquired(_ lane: LaneID) {
        guard let share = lanes[lane] else { return }
        credit += 1 + share.burst + Self.overlap * share.rate
    }

    private mutating func refill(at now: Int64) {
        tokens = min(bound, tokens + Double(now - filledAt) / 1000 * rate)
        filledAt = now
    }

    /// Counts one call; false if there may be none now.
    mutating func send(at now: Int64) -> Bool {
        refill(at: now)
        // Buckets count in whole milliseconds and in floating point.
        if tokens > 0.999 {
            tokens -= 1
        } else if credit >= 1 {
            credit -= 1
        } else {
            return false
        }
        return true
    }
}
