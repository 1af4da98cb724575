// One lane: its jobs, its share of slots and rates, and how a job is told what happened.

/// A lane as its owner holds it. Jobs use the slots of their own lane only (see `SlotPool`).
struct Lane: Sendable {
    let id: LaneID
    var epoch: Epoch
    var phase: Phase = .active
    var jobs = JobTable()
    /// Jobs that have ended, for the dedup window.
    var finished: [JobID: Entry.Ending] = [:]
    var pools: [PoolKey: SlotPool] = [:]
    /// By account.
    var submitRates = SmallTable<String, TokenBucket>()
    var queryRates = SmallTable<String, TokenBucket>()
    /// Ready jobs by model class: the model where it has a limit of its own, "" for all others.
    var backlogs = SmallTable<String, Backlog>()
    /// Fair turns among model classes, which share submit rates and sometimes slots.
    var classShares = FairShare()
    /// Slots that jobs of a tenant occupy.
    var running: [String: Int] = [:]
    /// What the lane has set aside today.
    var spend: Spend
    /// It has changed since it was last written.
    var isSpendUnwritten = false
    /// Whose share of today's budget is known to be used up; nil: everybody's.
    var exhausted: Set<String?> = []
    var lastTicket: UInt64 = 0
    /// Next offset to read, per request partition.
    var cursors: [SourcePartition: Int64] = [:]
    /// How much of what was handed in has been read, per request partition.
    var progress: [SourcePartition: ReadingProgress] = [:]
    /// Finished jobs whose dedup window is over while it is not known that what was handed in within it has been read.
    var unburied: [Burial] = []
    /// Records asked for and not yet read, per request partition.
    var demand: [SourcePartition: Int] = [:]
    var openJobs = 0
    var openBytes = 0
    var writesInFlight: Set<Serial> = []
    var submitsInTheAir: Set<Serial> = []
    /// Answers that came while the lane was parked.
    var held: [Event] = []
    var fillAlarm: Instant?
    /// Tasks that are to be looked at as soon as there is a query token, by account.
    var looksDue: [String: [JobID]] = [:]
    var looksAlarm: Instant?
    /// When it was parked, nothing was in the air.
    var isParkedClean = false

    enum Phase: Equatable, Sendable {
        case active
        /// To be given up: no new intents; waits for what is in the air.
        case closing
        /// Released; perhaps it comes back unchanged.
        case parked
    }

    init(id: LaneID, epoch: Epoch, turn: Turn) {
        self.id = id
        self.epoch = epoch
        spend = Spend(day: turn.policy.budget.day(at: turn.now))
        for account in turn.policy.accounts {
            let share = AccountShare(of: account, lane: id, lanes: turn.policy.lanes)
            for (key, slots) in share.slots {
                pools[key] = SlotPool(capacity: slots, recovery: turn.policy.slotRecovery)
            }
            let (submits, queries) = (share.submitsPerSecond, share.queriesPerSecond)
            submitRates[account.name] = TokenBucket(rate: submits, burst: submits, at: turn.now)
            queryRates[account.name] = TokenBucket(rate: queries, burst: queries, at: turn.now)
        }
    }

    func poolKey(account: String, model: String) -> PoolKey {
        let own = PoolKey(account: account, model: model)
        return pools[own] == nil ? PoolKey(account: account, model: nil) : own
    }

    /// The backlog a model waits in.
    func modelClass(_ model: String) -> String {
        pools.keys.contains { $0.model == model } ? model : ""
    }

    /// Everything that it ordered has been answered, but for looks.
    var hasNothingInFlight: Bool { writesInFlight.isEmpty && submitsInTheAir.isEmpty }

    // MARK: Telling a job

    /// Tells a job an event and turns its order into effects; keeps slots, alarms and counts in step with its state.
    mutating func tell(
        _ id: JobID, _ event: Job.Event, cursor: Write.Cursor? = nil, turn: inout Turn
    ) {
        guard let index = jobs.index(forKey: id) else { return }
        let looks = looks(forJobAt: index, turn: &turn)
        learn(from: event, about: id, planned: looks, turn: &turn)
        let context = Job.Context(
            now: turn.now, policy: turn.policy, laneIsClosing: phase != .active, looks: looks,
            probeAt: probeTime(ofJobAt: index, turn))
        let slot = jobs[at: index].slot
        let money = jobs[at: index].money
        let state = jobs[at: index].state
        let alarm = jobs[at: index].alarm
        jobs[at: index].pending = nil
        let order = jobs[at: index].handle(event, in: context)
        // No copy of the job: it is large, and this is what every event comes through.
        let next = jobs[at: index].state
        if next != state {
            turn.report(.moved(id, from: state, to: next))
            if state == .queued { leaveBacklog(jobs[at: index]) }
        }
        let newSlot = jobs[at: index].slot
        if newSlot != slot {
            let tenant = jobs[at: index].tenant
            if let slot { release(slot, tenant) }
            if let newSlot { take(newSlot, tenant) }
        }
        if jobs[at: index].money != money { changeSpend(of: jobs[at: index], from: money) }
        if let due = jobs[at: index].alarm, due != alarm {
            turn.timetable.set(.job(self.id, id), at: due)
        }
        if let order { carryOut(order, of: id, cursor: cursor, turn: &turn) }
    }

    private func probeTime(ofJobAt place: Int, _ turn: Turn) -> Instant? {
        guard !turn.breakers.isEmpty,
            case .intent(let intent) = jobs[at: place].entry.phase,
            turn.breakers[intent.account]?.outage != nil
        else { return nil }
        return turn.nextTry(intent.account) ?? turn.now
    }

    mutating func take(_ slot: Job.Slot, _ tenant: String) {
        pools[poolKey(of: slot)]?.take()
        running[tenant, default: 0] += 1
    }

    mutating func release(_ slot: Job.Slot, _ tenant: String) {
        pools[poolKey(of: slot)]?.release()
        let left = (running[tenant] ?? 0) - 1
        precondition(left >= 0, "a tenant's slot was released that it had not taken")
        running[tenant] = left == 0 ? nil : left
    }

    func poolKey(of slot: Job.Slot) -> PoolKey {
        poolKey(account: slot.account, model: slot.model)
    }
}
