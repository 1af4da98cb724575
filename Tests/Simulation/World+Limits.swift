// The operator changes what the account grants while everybody works.

import JobEngine

/// From a moment on, the account grants this.
struct LimitChange: Sendable {
    var at: Int64
    var accounts: [AccountLimits]
}

/// What is in force, and what must be reckoned with until everybody has heard of it.
struct Limits {
    private(set) var accounts: [AccountLimits]
    /// The larger of each limit while workers take a change over; what is in force once they have.
    private(set) var loosest: [AccountLimits]
    /// The largest that ever was.
    private(set) var largest: [AccountLimits]
    private(set) var isSettled = true
    private var lastHeardAt: Int64 = 0
    private var toHear: Set<Member> = []

    /// After its last look at the limits a worker may send for so long: the send window and the slowest way.
    private static let afterglow: Int64 = 10_000

    init(_ accounts: [AccountLimits]) {
        self.accounts = accounts
        loosest = accounts
        largest = accounts
    }

    mutating func change(to accounts: [AccountLimits], heardBy members: [Member], at now: Int64) {
        self.accounts = accounts
        loosest = Self.larger(loosest, accounts)
        largest = Self.larger(largest, accounts)
        isSettled = false
        toHear.formUnion(members)
        lastHeardAt = now
    }

    mutating func heard(_ member: Member, at now: Int64) {
        toHear.remove(member)
        lastHeardAt = now
    }

    /// - Returns: whether nobody acts by earlier limits any more.
    mutating func settle(at now: Int64, isGone: (Member) -> Bool) -> Bool {
        toHear = toHear.filter { !isGone($0) }
        guard toHear.isEmpty, now >= lastHeardAt + Self.afterglow else { return false }
        isSettled = true
        loosest = accounts
        return true
    }

    private static func larger(_ left: [AccountLimits], _ right: [AccountLimits]) -> [AccountLimits]
    {
        zip(left, right).map { left, right in
            var larger = left
            larger.concurrency = max(left.concurrency, right.concurrency)
            larger.modelConcurrency.merge(right.modelConcurrency, uniquingKeysWith: max)
            larger.submitsPerSecond = max(left.submitsPerSecond, right.submitsPerSecond)
            larger.queriesPerSecond = max(left.queriesPerSecond, right.queriesPerSecond)
            return larger
        }
    }
}

extension LimitChange {
    /// Limits go up and down, but never below a slot for each lane.
    static func draw(_ weather: Weather, _ chance: inout Chance) -> [LimitChange] {
        guard weather.rate(.changedLimits) > 0 else { return [] }
        return (0..<chance.from(1...3)).map { _ in
            var accounts = weather.policy.accounts
            for index in accounts.indices {
                accounts[index].concurrency = weather.policy.lanes + chance.below(4)
                for model in accounts[index].modelConcurrency.keys {
                    accounts[index].modelConcurrency[model] = weather.policy.lanes + chance.below(3)
                }
                let share = Double(chance.from(50...200)) / 100
                accounts[index].submitsPerSecond *= share
                accounts[index].queriesPerSecond *= share
            }
            return LimitChange(at: Int64(chance.below(weather.storm)), accounts: accounts)
        }
    }
}

extension World {
    /// As the operator has written it down by now.
    var policy: Policy {
        var policy = weather.policy
        policy.accounts = limits.accounts
        return policy
    }

    mutating func changeLimits(to accounts: [AccountLimits]) {
        let members = workers.indices.filter { workers[$0].isUp }.map { member($0) }
        limits.change(to: accounts, heardBy: members, at: now)
        auditor.limitsChanged(to: accounts, isSettled: false, at: now)
        history.note(now, "limits change to \(accounts.map(\.concurrency))")
        for member in members { schedule(member, .reload, in: fate.delay(0...10_000)) }
        schedule(.limitsSettle, in: 1000)
    }

    mutating func reload(_ worker: Int) {
        limits.heard(member(worker), at: now)
        feed(.policyChanged(bent(policy)), to: worker)
    }

    mutating func settleLimits() {
        guard !limits.isSettled else { return }
        let isSettled = limits.settle(at: now) { member in
            !workers[member.worker].isUp || workers[member.worker].run != member.run
        }
        guard isSettled else { return schedule(.limitsSettle, in: 1000) }
        auditor.limitsChanged(to: limits.accounts, isSettled: true, at: now)
        history.note(now, "everybody knows the limits")
    }

    /// The account as a whole, and the lane's share of it: a lane may have more only from before its share fell.
    mutating func auditSlots(of order: SubmitOrder) {
        guard let largest = limits.largest.first(where: { $0.name == order.account }) else {
            return
        }
        let own = largest.modelConcurrency[order.request.model]
        func isOfPool(_ task: Provider.Task) -> Bool {
            own == nil
                ? largest.modelConcurrency[task.model] == nil : task.model == order.request.model
        }
        let unfinished = provider.unfinished(at: now, account: order.account, where: isOfPool)
        let limit = own ?? largest.concurrency
        if unfinished > limit {
            auditor.violate(
                now, .overrun,
                "\(unfinished) unfinished tasks on \(order.account), which grants \(limit)")
        }
        guard let account = limits.loosest.first(where: { $0.name == order.account }) else {
            return
        }
        let lane = order.reference.lane
        let share = SlotPool.share(
            of: account.modelConcurrency[order.request.model] ?? account.concurrency, lane: lane,
            lanes: weather.policy.lanes)
        let ofLane = provider.unfinished(at: now, account: order.account) {
            isOfPool($0) && $0.lane == lane
        }
        if ofLane > share {
            auditor.violate(
                now, .overrun, "\(ofLane) unfinished tasks of \(lane), whose share is \(share)")
        }
    }
}
