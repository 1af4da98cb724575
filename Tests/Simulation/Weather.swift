// What a seed draws: the fleet, the account, the requests, and which faults exist and how hard they blow.

import JobEngine

/// Swarm testing: each fault exists in about half of all seeds, so that rare combinations of few faults come up as
/// well as all at once. Rates are per mille of the occasions named.
package struct Weather: Sendable {
    var workers = 2
    var partitions = 2
    var requests = 12
    var policy = Policy()
    /// Fault rates by name, so that a shrinker can switch them off one by one.
    var rates: [Fault: Int] = [:]
    /// Milliseconds until faults stop.
    var storm = 60_000
    /// False: somebody else says when they do.
    var ends = true
    /// Milliseconds by which workers' clocks may differ from true time.
    var skew = 0
    /// Milliseconds that a task runs: at least this, and up to so much longer.
    var shortestTask = 1000
    var longestTask = 40_000
    /// Whose the jobs are, in turns by the number in their id.
    var tenants: [String?] = [nil]
    /// Tasks that somebody else has on the account; the provider then enforces the limit.
    var foreign: [Foreign] = []
    /// What the operator does to the limits, beside what the fault does.
    var changes: [LimitChange] = []
    /// What is asked for, one by one; empty: `requests` at random times.
    var traffic: [Traffic] = []
    /// Milliseconds after the storm in which every request must have got its terminal record.
    var horizon: Int64 = 1_500_000

    package enum Fault: String, CaseIterable, Sendable {
        /// A worker dies between two effects.
        case crash
        /// A worker stands still between two effects, for a second or far beyond its session.
        case pause
        /// A worker is told to drain and starts anew.
        case deploy
        /// The coordinator drops a live member.
        case kick
        /// The word that lanes were lost comes twice.
        case lostTwice
        /// A transaction aborts: at its records, at its offsets or at its end.
        case abort
        /// The end of a transaction takes long, and nobody knows which end it will be.
        case hang
        /// The producer fails for good: the worker exits.
        case fatal
        /// A submit is answered, but the answer is lost.
        case lostAnswer
        /// A submit gets lost on its way, which looks the same from here.
        case lostSubmit
        case notSent
        case refusal
        case slowAnswer
        /// Queries that say nothing, doubt, or lie for a while.
        case oddQuery
        case failedTask
        case forgottenTask
        case suspectTask
        case sameID
        case cancel
        case rubbish
        case deadline
        case probe
        /// No broker answers anybody, for a moment or for minutes. New faults come last, so that seeds keep what they drew.
        case outage
        /// The provider refuses every submit for a while, as if it were down or the account locked.
        case providerOutage
        /// A worker dies at any await of its runtime: between the calls of a transaction, in a take-over, before it
        /// hears an answer.
        case crashAtAwait
        /// A worker stands still there.
        case pauseAtAwait
        /// One worker reaches no broker for a while; the provider answers it all the same.
        case cutOff
        /// The operator changes the account's limits.
        case changedLimits
        /// A user hands a request in once more, at once or much later.
        case repetition
    }

    func rate(_ fault: Fault) -> Int { rates[fault] ?? 0 }

    package init(seed: UInt64) {
        var chance = Chance(seed: seed ^ 0x5eed)
        workers = chance.from(1...4)
        let lanes = chance.from(1...3)
        partitions = lanes + chance.below(3)
        requests = chance.from(4...16)
        storm = chance.from(20...90) * 1000
        skew = chance.happens(400) ? chance.from(1...3000) : 0
        drawPolicy(lanes: lanes, &chance)
        drawFaults(&chance)
        var looks = Chance(seed: seed ^ 0x100c)
        drawPolling(&looks)
        // With a chance of its own: what is drawn later must not change what was drawn before.
        var more = Chance(seed: seed ^ 0x7e4a)
        drawTenants(lanes: lanes, &more)
        drawBudget(lanes: Int64(lanes), &more)
        var bounds = Chance(seed: seed ^ 0xb04d)
        if bounds.happens(300) {
            tenants = bounds.happens(600) ? ["red"] : [nil, "red", "blue"]
            policy.tenants["red", default: TenantPolicy()].concurrency = lanes
        }
        var rates = Chance(seed: seed ^ 0x4a7e)
        drawRates(&rates)
        var memory = Chance(seed: seed ^ 0x3e30)
        // So short that a duplicate can wait for longer behind a full window.
        if memory.happens(300) { policy.dedupWindow = .seconds(memory.from(2...40)) }
    }

    /// Mostly more than anybody needs; else so little that calls wait for it.
    private mutating func drawRates(_ chance: inout Chance) {
        guard chance.happens(300) else { return }
        for index in policy.accounts.indices {
            policy.accounts[index].submitsPerSecond = Double(chance.from(1...20)) / 10
            policy.accounts[index].queriesPerSecond = Double(chance.from(2...40)) / 10
        }
    }

    /// Short days, and each lane can pay for the dearest job at least.
    private mutating func drawBudget(lanes: Int64, _ chance: inout Chance) {
        policy.budget.dayLength = .seconds(chance.from(15...40))
        if chance.happens(350) { policy.budget.perDay = 3 * lanes + Int64(chance.below(4)) }
        if chance.happens(200) {
            policy.tenants["red", default: TenantPolicy()].budget =
                3 * lanes + Int64(chance.below(3))
        }
        if chance.happens(150) { policy.otherTenants.budget = 3 * lanes }
        policy.budget.whenExhausted = chance.happens(700) ? .wait : .fail
    }

    /// 1 to 3.
    func cost(of id: JobID) -> Int64 { Int64(number(of: id) % 3) + 1 }

    private func number(of id: JobID) -> Int {
        "\(id)".split(separator: "-").last.flatMap { Int($0) } ?? 0
    }

    private mutating func drawTenants(lanes: Int, _ chance: inout Chance) {
        guard chance.happens(500) else { return }
        tenants = [nil, "red", "blue"]
        policy.tenants["red"] = TenantPolicy(weight: chance.from(1...3))
        if chance.happens(500) { policy.tenants["red"]?.concurrency = lanes + chance.below(2) }
        if chance.happens(300) { policy.otherTenants.concurrency = lanes + chance.below(2) }
        policy.patience = .seconds(chance.from(5...60))
    }

    func tenant(of id: JobID) -> String? {
        tenants[number(of: id) / 3 % tenants.count]
    }

    private mutating func drawPolicy(lanes: Int, _ chance: inout Chance) {
        policy.lanes = lanes
        let slots = lanes + chance.below(3)
        policy.accounts = [
            AccountLimits(
                name: "main", concurrency: slots,
                modelConcurrency: chance.happens(250) ? ["pro": lanes] : [:],
                submitsPerSecond: 20, queriesPerSecond: 20)
        ]
        if chance.happens(200) {
            policy.accounts.append(
                AccountLimits(
                    name: "side", concurrency: lanes, submitsPerSecond: 5, queriesPerSecond: 5))
        }
        policy.unknownSubmit = chance.happens(500) ? .fail : .resubmit
        policy.windowJobs = chance.from(2...20)
        policy.sendWindow = .seconds(3)
        policy.submitTimeout = .seconds(5)
        policy.lateNewsGrace = .seconds(3)
        policy.closingGrace = .seconds(8)
        policy.unknownHold = .seconds(90)
        policy.taskTimeout = .seconds(chance.happens(300) ? 20 : 120)
        policy.dedupWindow = .seconds(600)
        policy.maximumTries = chance.from(2...5)
        policy.maximumRenewals = chance.below(3)
        policy.archives = chance.happens(300)
        policy.doubtfulAnswers = 5
        policy.doubtfulInterval = .seconds(2)
    }

    /// Looks by age alone, or learned from a prior that may be far off.
    private mutating func drawPolling(_ chance: inout Chance) {
        policy.polling.shortest = .seconds(1)
        policy.polling.longest = .seconds(15)
        policy.polling.rule = chance.happens(500) ? .growing : .learned
        policy.polling.usual = .seconds(chance.from(1...60))
        if chance.happens(300) { policy.polling.queries = Double(chance.from(2...12)) }
    }

    private mutating func drawFaults(_ chance: inout Chance) {
        let hardest: [Fault: Int] = [
            .crash: 12, .pause: 20, .deploy: 60, .kick: 60, .lostTwice: 300, .abort: 200,
            .hang: 100, .fatal: 20, .lostAnswer: 300, .lostSubmit: 200, .notSent: 200,
            .refusal: 400, .slowAnswer: 300, .oddQuery: 400, .failedTask: 300, .forgottenTask: 200,
            .suspectTask: 200, .sameID: 300, .cancel: 700, .rubbish: 150, .deadline: 300,
            .probe: 600, .outage: 40, .providerOutage: 100,
            .crashAtAwait: 10, .pauseAtAwait: 15, .cutOff: 60, .changedLimits: 100,
            .repetition: 400,
        ]
        for fault in Fault.allCases {
            let exists = chance.happens(500)
            let rate = 1 + chance.below(hardest[fault] ?? 100)
            if exists { rates[fault] = rate }
        }
    }
}
