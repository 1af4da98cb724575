// The promises as checkers: they see what the broker committed and what the provider accepted, never the engine's mind.

package import JobEngine

/// A broken promise.
package struct Violation: Sendable, CustomStringConvertible {
    package var rule: Rule
    package var detail: String
    /// Milliseconds since the world began.
    package var at: Int64

    package enum Rule: String, CaseIterable, Sendable {
        case twoOutcomes = "exactly one terminal record per request"
        case outcomeForNobody = "no terminal record that nobody asked for"
        case submittedTooLate = "no submit is sent after its send-by"
        case cancelForgotten = "a cancel that was read is heeded"
        case newsLost = "a task id that was heard is recorded"
        case submittedWithoutIntent = "every submit belongs to a committed intent"
        case paidTwice = "no second accepted submit without a recorded unknown"
        case overrun = "unfinished tasks never exceed the limit"
        case rateOverrun = "calls stay within the rate and its burst"
        case outageStorm = "an account that is down is left alone, but for probes"
        case tenantOverrun = "a tenant's unfinished tasks never exceed its bound"
        case budgetOverrun = "no day costs more than its budget"
        case budgetUnsaid = "what an attempt may cost is recorded with its intent"
        case silentCharge = "what was paid for is delivered or named"
        case leftBehind = "every request gets its terminal record"
        case ownerless = "no lane is without an owner for long"
        case keptForEver = "nothing is kept for ever"
        case windowOverrun = "open jobs stay within the window"
        case wokenForThePast = "nobody wants to be woken for what is over"
        case slotLeak = "slots in use are those of jobs"
    }

    package var description: String { "\(rule.rawValue): \(detail), at \(at) ms" }
}

struct Auditor {
    let policy: Policy
    /// By which workers' clocks may differ from true time.
    let skew: Duration
    private(set) var violation: Violation?
    /// How often each id was asked for.
    private var asked: [JobID: Int] = [:]
    private var outcomes: [JobID: Int] = [:]
    var outcomeCount: Int { outcomes.values.reduce(0, +) }
    /// How many outcomes an id must have in the end, at least.
    private var due: [JobID: Int] = [:]
    /// Cancels by the record that carries them.
    private var cancels: [Source: JobID] = [:]
    /// Cancels whose record was handled: no new attempt of an earlier request of that id.
    private var heeded: [JobID: Source] = [:]
    /// Task ids that a living worker has heard and nobody has recorded yet.
    private var unrecorded: [String: Member] = [:]
    /// When, by the clock of the worker that saw it.
    private var succeeded: [JobID: Instant] = [:]
    private(set) var openIDs: Set<JobID> = []
    /// The committed intents, with the counters of unknown and renewed attempts that they carry.
    private var intents: [Attempt: Entry] = [:]
    private(set) var transitions: Set<Transition> = []
    /// What was paid, by day and tenant.
    private var bills: [Int: [String: Int64]] = [:]
    /// Task ids that are in the ledger, or have been.
    private var known: Set<String> = []

    private var submitRates: [String: RateMeter] = [:]
    private var queryRates: [String: RateMeter] = [:]

    private struct Attempt: Hashable {
        var incarnation: Incarnation
        var number: Int
    }

    init(policy: Policy, skew: Duration) {
        self.policy = policy
        self.skew = skew
        for account in policy.accounts {
            let slots = account.concurrency + account.modelConcurrency.values.reduce(0, +)
            submitRates[account.name] = RateMeter(
                account: account, rate: account.submitsPerSecond, least: 0, underWay: slots,
                policy: policy)
            queryRates[account.name] = RateMeter(
                account: account, rate: account.queriesPerSecond, least: 1.0 / 60, underWay: slots,
                policy: policy)
        }
    }

    mutating func violate(_ now: Int64, _ rule: Violation.Rule, _ detail: String) {
        if violation == nil { violation = Violation(rule: rule, detail: detail, at: now) }
    }

    mutating func asked(for id: JobID) {
        asked[id, default: 0] += 1
        // A repeated id is a duplicate, unless its job has failed by now: then it starts afresh. After the dedup window
        // it may start afresh as well.
        if succeeded[id] != nil { return }
        openIDs.insert(id)
        due[id] = (outcomes[id] ?? 0) + 1
    }

    mutating func moved(_ from: JobState?, _ to: JobState) {
        transitions.insert(Transition(from: from, to: to))
    }

    // MARK: What the broker committed

    mutating func committed(_ write: Write, at now: Int64, provider: Provider) {
        if case .put(let entry) = write.change, case .intent = entry.phase {
            let incarnation = Incarnation(id: entry.id, source: entry.source)
            intents[Attempt(incarnation: incarnation, number: entry.attempt)] = entry
            if entry.attempt > 0, write.spend == nil, entry.reserved != nil, !entry.isCancelled {
                violate(now, .budgetUnsaid, "\(entry.id) has an intent and the lane no new sum")
            }
            if isCancelled(entry), !entry.isCancelled {
                violate(now, .cancelForgotten, "\(entry.id) has a new intent after its cancel")
            }
        }
        if case .put(let entry) = write.change, let task = entry.lastTask { recorded(task.id) }
        if let cursor = write.cursor { heed(cursor) }
        switch write.outcome {
        case .outcome(let outcome): ended(outcome, at: now, provider: provider)
        case .rejection(let rejection): ended(rejection.id, askedAt: rejection.requestedAt, at: now)
        case nil: break
        }
    }

    private mutating func ended(_ id: JobID, askedAt: Instant, at now: Int64) {
        outcomes[id, default: 0] += 1
        if (outcomes[id] ?? 0) >= (due[id] ?? 0) { openIDs.remove(id) }
        guard let asked = asked[id] else {
            return violate(now, .outcomeForNobody, "\(id)")
        }
        // Both workers' clocks may be off: of the one that saw the end, and of the one that forgets it.
        if let end = succeeded[id], askedAt < end + policy.dedupWindow - skew - skew {
            violate(
                now, .twoOutcomes,
                "\(id) had succeeded, was asked for again within the dedup window, and has another outcome"
            )
        }
        if let count = outcomes[id], count > asked {
            violate(now, .twoOutcomes, "\(id) has \(count) outcomes, asked for \(asked) times")
        }
    }

    private mutating func ended(_ outcome: Outcome, at now: Int64, provider: Provider) {
        let id = outcome.entry.id
        ended(id, askedAt: outcome.entry.requestedAt, at: now)
        let tasks = provider.tasks(of: Incarnation(id: id, source: outcome.entry.source))
        let paid = tasks.filter(\.isPaid).count
        switch outcome.verdict {
        case .succeeded:
            succeeded[id] = outcome.finishedAt
            // Only a job that is being archived is past cancelling before its outcome is written.
            if isCancelled(outcome.entry), !policy.archives {
                violate(now, .cancelForgotten, "\(id) succeeded after its cancel")
            }
            if paid > 1 && !outcome.mayHaveBeenPaidTwice {
                violate(now, .silentCharge, "\(id) was paid \(paid) times and does not say so")
            }
            if outcome.task.map({ task in !tasks.contains { $0.id == task.id && $0.isPaid } })
                != false
            {
                violate(now, .outcomeForNobody, "\(id) succeeded without a task of its own")
            }
        case .failed(let cause, _):
            if paid > 0 && !cause.mayHaveBeenCharged {
                violate(
                    now, .silentCharge,
                    "\(id) failed as \(cause.kind.rawValue) and was paid \(paid) times")
            }
        }
    }

    mutating func cancelWished(_ id: JobID, _ source: Source) {
        cancels[source] = id
    }

    /// A cancel was handled that came after the request that this entry is about.
    private func isCancelled(_ entry: Entry) -> Bool {
        guard let cancel = heeded[entry.id] else { return false }
        return cancel.partition == entry.source.partition && cancel.offset > entry.source.offset
    }

    private mutating func heed(_ cursor: Write.Cursor) {
        let source = Source(partition: cursor.partition, offset: cursor.nextOffset - 1)
        if let id = cancels[source] { heeded[id] = source }
    }

    // MARK: What workers heard

    mutating func heard(_ taskID: String, by member: Member) {
        if !known.contains(taskID) { unrecorded[taskID] = member }
    }

    /// A worker that is gone keeps nothing.
    mutating func forgive(_ member: Member) {
        unrecorded = unrecorded.filter { $0.value != member }
    }

    mutating func recorded(_ taskID: String) {
        known.insert(taskID)
        unrecorded[taskID] = nil
    }

    mutating func checkHeard(at now: Int64) {
        if let task = unrecorded.keys.min() {
            violate(now, .newsLost, "\(task) was heard of and never recorded")
        }
    }

    // MARK: What the provider saw

    /// `clock`: what the sender's clock shows.
    mutating func sent(_ order: SubmitOrder, at now: Int64, clock: Instant) {
        if submitRates[order.account]?.send(at: now) == false {
            violate(now, .rateOverrun, "submit of \(order.reference.job) on \(order.account)")
        }
        guard let entry = intents[attempt(order)], case .intent(let intent) = entry.phase else {
            return violate(
                now, .submittedWithoutIntent,
                "\(order.reference.job) attempt \(order.attempt) has no committed intent")
        }
        if clock >= intent.sendBy {
            violate(now, .submittedTooLate, "\(order.reference.job) attempt \(order.attempt)")
        }
    }

    mutating func sent(_ order: QueryOrder, at now: Int64) {
        if queryRates[order.account]?.send(at: now) == false {
            violate(now, .rateOverrun, "query of \(order.reference.job) on \(order.account)")
        }
    }

    /// `isSettled`: everybody knows; until then each lane may still go by what was.
    mutating func limitsChanged(
        to accounts: [AccountLimits], isSettled: Bool, at now: Int64
    ) {
        for account in accounts {
            submitRates[account.name]?.change(
                to: account, rate: account.submitsPerSecond, isSettled: isSettled, at: now)
            queryRates[account.name]?.change(
                to: account, rate: account.queriesPerSecond, isSettled: isSettled, at: now)
        }
    }

    /// A worker has taken a lane over, with buckets of its own.
    mutating func acquired(_ lane: LaneID) {
        for account in policy.accounts.map(\.name) {
            submitRates[account]?.acquired(lane)
            queryRates[account]?.acquired(lane)
        }
    }

    /// `tasks`: all that this request has led to, this one included.
    mutating func accepted(_ order: SubmitOrder, tasks: [Provider.Task], at now: Int64) {
        guard let intent = intents[attempt(order)] else { return }
        let known = 1 + intent.unknownAttempts + intent.renewals
        if tasks.count > known {
            violate(
                now, .paidTwice,
                "\(tasks.count) tasks of \(order.reference.job), of which \(known - 1) were recorded as "
                    + "unknown or renewed")
        }
        let paid = tasks.filter(\.isPaid).count
        if paid > 1 + intent.unknownAttempts {
            violate(now, .paidTwice, "\(paid) paid tasks of \(order.reference.job)")
        }
        charge(intent, tasks.last, at: now)
        if policy.unknownSubmit == .fail && intent.unknownAttempts > 0 {
            violate(now, .paidTwice, "\(order.reference.job) was submitted again after an unknown")
        }
    }

    /// The fleet's bill by the day that each attempt was charged to.
    private mutating func charge(_ intent: Entry, _ task: Provider.Task?, at now: Int64) {
        guard let task, task.isPaid else { return }
        guard let reserved = intent.reserved else {
            return violate(now, .budgetUnsaid, "\(intent.id) was paid and nothing was set aside")
        }
        let tenant = intent.tenant ?? ""
        let day = bills[reserved.day, default: [:]].merging(
            [tenant: reserved.amount], uniquingKeysWith: +)
        bills[reserved.day] = day
        let total = day.values.reduce(0, +)
        if let budget = policy.budget.perDay, total > budget {
            violate(now, .budgetOverrun, "day \(reserved.day) costs \(total), of \(budget)")
        }
        if let budget = policy.tenant(tenant).budget, let spent = day[tenant], spent > budget {
            violate(
                now, .budgetOverrun,
                "day \(reserved.day) costs \(tenant) \(spent), of \(budget)")
        }
    }

    private func attempt(_ order: SubmitOrder) -> Attempt {
        Attempt(
            incarnation: Incarnation(id: order.reference.job, source: order.request.source),
            number: order.attempt)
    }

    // MARK: What a worker keeps

    mutating func check(_ scheduler: Scheduler, at now: Int64) {
        for lane in 0..<policy.lanes {
            guard let census = scheduler.census(of: LaneID(lane)) else { continue }
            let bound = max(2 * policy.windowJobs, policy.windowJobs + census.partitions)
            if census.openJobs > bound {
                violate(now, .windowOverrun, "lane \(lane) holds \(census.openJobs) open jobs")
            }
            if census.openJobs < 0 || census.openBytes < 0 {
                violate(now, .windowOverrun, "lane \(lane) counts less than nothing")
            }
        }
    }
}

/// One step of a job; `from` is nil for a new or restored one.
package struct Transition: Hashable, Comparable, Sendable, CustomStringConvertible {
    package var from: JobState?
    package var to: JobState

    package init(from: JobState?, to: JobState) {
        self.from = from
        self.to = to
    }

    package var description: String { "\(from?.rawValue ?? "·") → \(to.rawValue)" }

    package static func < (left: Transition, right: Transition) -> Bool {
        left.description < right.description
    }
}
