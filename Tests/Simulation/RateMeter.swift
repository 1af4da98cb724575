// What a rate limit allows, seen from the provider's side: one bucket for the whole account, whoever sends.

import JobEngine

/// The sum of all lanes' token buckets can never hold more than this one bucket: it refills with the account's whole
/// rate, and its bound is the sum of their bounds. What it cannot know are buckets that come into being with a take-over
/// and those of owners that do not know yet that they are none; each take-over therefore adds what these may bring.
struct RateMeter {
    /// Per second.
    private let rate: Double
    private let bound: Double
    private let lanes: [LaneID: Share]
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
        var shares: [LaneID: Share] = [:]
        for number in 0..<policy.lanes {
            let lane = LaneID(number)
            let part = Self.part(of: account, lane, policy.lanes)
            let own = max(rate * part, least)
            shares[lane] = Share(rate: own, burst: max(1, own))
        }
        lanes = shares
        self.rate = shares.values.map(\.rate).reduce(0, +)
        bound = shares.values.map(\.burst).reduce(0, +) + Double(underWay)
        tokens = Double(underWay)
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

    /// Counts one call; false if there may be none now.
    mutating func send(at now: Int64) -> Bool {
        tokens = min(bound, tokens + Double(now - filledAt) / 1000 * rate)
        filledAt = now
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
