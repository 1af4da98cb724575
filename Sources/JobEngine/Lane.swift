// One lane: its jobs, its share of slots and rates, and the order in which jobs get them.

/// A lane as its owner holds it. Jobs use the slots of their own lane only (see `SlotPool`).
struct Lane: Sendable {
    let id: LaneID
    var epoch: Epoch
    var phase: Phase = .active
    var jobs: [JobID: Job] = [:]
    /// Jobs that have ended, for the dedup window.
    var finished: [JobID: Entry.Ending] = [:]
    var pools: [PoolKey: SlotPool] = [:]
    var submitRates: [String: TokenBucket] = [:]
    var queryRates: [String: TokenBucket] = [:]
    /// Ready jobs by model class: the model where it has a limit of its own, "" for all others.
    var backlogs: [String: Backlog] = [:]
    var lastTicket: UInt64 = 0
    /// Next offset to read, per request partition.
    var cursors: [SourcePartition: Int64] = [:]
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
        for account in turn.policy.accounts {
            addShare(of: account, turn: turn)
        }
    }

    private mutating func addShare(of account: AccountLimits, turn: Turn) {
        let lanes = turn.policy.lanes
        var slots = SlotPool.share(of: account.concurrency, lane: id, lanes: lanes)
        var total = account.concurrency
        pools[PoolKey(account: account.name, model: nil)] = SlotPool(
            capacity: slots, recovery: turn.policy.slotRecovery)
        for (model, concurrency) in account.modelConcurrency {
            let share = SlotPool.share(of: concurrency, lane: id, lanes: lanes)
            pools[PoolKey(account: account.name, model: model)] = SlotPool(
                capacity: share, recovery: turn.policy.slotRecovery)
            slots += share
            total += concurrency
        }
        let part = Double(slots) / Double(max(1, total))
        let submits = account.submitsPerSecond * part
        // Tasks that a lane without slots finds in its ledger are looked at all the same, if rarely.
        let queries = max(account.queriesPerSecond * part, Self.leastQueries)
        submitRates[account.name] = TokenBucket(rate: submits, burst: submits, at: turn.now)
        queryRates[account.name] = TokenBucket(rate: queries, burst: queries, at: turn.now)
    }

    /// Per second.
    private static let leastQueries = 1.0 / 60

    func poolKey(account: String, model: String) -> PoolKey {
        let own = PoolKey(account: account, model: model)
        return pools[own] == nil ? PoolKey(account: account, model: nil) : own
    }

    /// The backlog a model waits in.
    func modelClass(_ model: String) -> String {
        pools.keys.contains { $0.model == model } ? model : ""
    }

    // MARK: Telling a job

    /// Tells a job an event and turns its order into effects; keeps slots, alarms and counts in step with its state.
    mutating func tell(
        _ id: JobID, _ event: Job.Event, cursor: Write.Cursor? = nil, turn: inout Turn
    ) {
        guard let index = jobs.index(forKey: id) else { return }
        let looks = looks(for: jobs.values[index], turn: &turn)
        learn(from: event, about: id, planned: looks, turn: &turn)
        let context = Job.Context(
            now: turn.now, policy: turn.policy, laneIsClosing: phase != .active, looks: looks)
        let slot = jobs.values[index].slot
        let state = jobs.values[index].state
        let alarm = jobs.values[index].alarm
        jobs.values[index].pending = nil
        let order = jobs.values[index].handle(event, in: context)
        let job = jobs.values[index]
        if job.state != state {
            turn.report(.moved(id, from: state, to: job.state))
        }
        changeSlot(of: job, from: slot)
        if let due = job.alarm, due != alarm { turn.timetable.set(.job(self.id, id), at: due) }
        if let order { carryOut(order, of: id, cursor: cursor, turn: &turn) }
    }

    private mutating func changeSlot(of job: Job, from old: Job.Slot?) {
        let new = job.slot
        guard new != old else { return }
        if let old { pools[poolKey(of: old)]?.release() }
        if let new { pools[poolKey(of: new)]?.take() }
    }

    func poolKey(of slot: Job.Slot) -> PoolKey {
        poolKey(account: slot.account, model: slot.model)
    }

    private mutating func carryOut(
        _ order: Job.Order, of id: JobID, cursor: Write.Cursor?, turn: inout Turn
    ) {
        switch order {
        case .write(let terminal, let settlesNote):
            write(id, terminal: terminal, settlesNote: settlesNote, cursor: cursor, turn: &turn)
        case .submit:
            submit(id, turn: &turn)
        case .query:
            query(id, turn: &turn)
        case .probe:
            guard let request = jobs[id]?.entry.request else { return }
            let order = ProbeOrder(reference: number(id, turn: &turn), request: request)
            turn.effects.append(.probe(order))
        case .archive:
            guard let job = jobs[id], let request = job.entry.request, let product = job.product,
                let task = job.task
            else { return }
            let order = ArchiveOrder(
                reference: number(id, turn: &turn), request: request, product: product, task: task)
            turn.effects.append(.archive(order))
        case .enqueue:
            enqueue(id, turn: turn)
        case .retire:
            retire(id, turn: &turn)
        }
    }

    /// Numbers the order that the job now waits for.
    private mutating func number(_ id: JobID, turn: inout Turn) -> JobReference {
        let serial = turn.nextSerial()
        jobs[id]?.pending = serial
        return JobReference(lane: self.id, job: id, serial: serial)
    }

    private mutating func write(
        _ id: JobID, terminal: Write.Terminal?, settlesNote: Bool, cursor: Write.Cursor?,
        turn: inout Turn
    ) {
        let reference = number(id, turn: &turn)
        guard let job = jobs[id] else { return }
        var write = Write(
            reference: reference, epoch: epoch, change: .put(job.entry), outcome: terminal,
            cursor: cursor)
        write.settlesNote = settlesNote
        writesInFlight.insert(reference.serial)
        turn.effects.append(.write(write))
        if case .outcome(let outcome) = terminal { closed(outcome, turn: &turn) }
        if job.state == .returning, let error = job.entry.lastError {
            turn.report(.attemptFailed(id, attempt: job.entry.attempt, error))
        }
    }

    /// The job's outcome is on its way: it no longer counts as open.
    private mutating func closed(_ outcome: Outcome, turn: inout Turn) {
        openJobs -= 1
        openBytes -= outcome.entry.request?.payload.count ?? 0
        var failure: FailureKind?
        if case .failed(let cause, _) = outcome.verdict { failure = cause.kind }
        turn.report(.finished(outcome.entry.id, failure: failure))
    }

    private mutating func submit(_ id: JobID, turn: inout Turn) {
        guard let job = jobs[id], let request = job.entry.request,
            case .intent(let intent) = job.entry.phase
        else { return }
        let reference = number(id, turn: &turn)
        submitsInTheAir.insert(reference.serial)
        turn.effects.append(
            .submit(
                SubmitOrder(
                    reference: reference, attempt: job.entry.attempt, account: intent.account,
                    sendBy: intent.sendBy, request: request, aspectRatio: job.entry.aspectRatio,
                    renewals: job.entry.renewals)))
    }

    private mutating func query(_ id: JobID, turn: inout Turn) {
        guard let entry = jobs[id]?.entry else { return }
        let taskID: String
        let account: String
        var model = entry.model
        if case .submitted(let task) = entry.phase {
            (taskID, account) = (task.id, task.account)
        } else if let hold = entry.hold, let task = hold.taskID {
            (taskID, account) = (task, hold.account)
            model = hold.model ?? model
        } else {
            return
        }
        turn.effects.append(
            .query(
                QueryOrder(
                    reference: number(id, turn: &turn), account: account, model: model,
                    taskID: taskID, request: entry.request)))
    }

    func rank(of job: Job, step: Duration) -> Int64 {
        Backlog.rank(
            acceptedAt: job.entry.acceptedAt,
            priority: job.entry.request?.priority ?? Request.defaultPriority, step: step)
    }

    private mutating func enqueue(_ id: JobID, turn: Turn) {
        guard let job = jobs[id] else { return }
        let rank = rank(of: job, step: turn.policy.priorityStep)
        lastTicket += 1
        jobs[id]?.ticket = lastTicket
        backlogs[modelClass(job.entry.model), default: Backlog()]
            .add(id, rank: rank, ticket: lastTicket)
    }

    private mutating func retire(_ id: JobID, turn: inout Turn) {
        guard let job = jobs.removeValue(forKey: id),
            case .finished(let ending) = job.entry.phase
        else { return }
        remember(id, ending, turn: &turn)
    }

    mutating func remember(_ id: JobID, _ ending: Entry.Ending, turn: inout Turn) {
        finished[id] = ending
        turn.timetable.set(.burial(self.id, id), at: ending.at + turn.policy.dedupWindow)
    }

    // MARK: Filling slots

    /// Gives free slots to waiting jobs, as far as pools and submit rates allow.
    mutating func fill(turn: inout Turn) {
        guard phase == .active else { return }
        var classes = backlogs.keys.sorted()
        while let modelClass = firstInRank(of: classes) {
            if let (account, job) = nextGrant(modelClass, turn: &turn) {
                tell(job, .slotGranted(account: account), turn: &turn)
            } else {
                classes.removeAll { $0 == modelClass }
            }
        }
    }

    /// Classes share submit rates, and sometimes slots: among them, too, the first in rank is served first.
    private func firstInRank(of classes: [String]) -> String? {
        let ranked = classes.compactMap { name in
            backlogs[name]?.firstRank.map { (rank: $0, name: name) }
        }
        return ranked.min { ($0.rank, $0.name) < ($1.rank, $1.name) }?.name
    }

    private mutating func nextGrant(_ modelClass: String, turn: inout Turn)
        -> (account: String, job: JobID)?
    {
        guard backlogs[modelClass]?.isEmpty == false else { return nil }
        guard let account = freeAccount(modelClass, turn: &turn) else { return nil }
        while let (id, ticket) = backlogs[modelClass]?.takeFirst() {
            if let job = jobs[id], job.state == .queued, job.ticket == ticket {
                return (account, id)
            }
        }
        submitRates[account]?.giveBack()
        return nil
    }

    /// The account with most free slots that also has a submit token; takes the token.
    private mutating func freeAccount(_ modelClass: String, turn: inout Turn) -> String? {
        var candidates: [(free: Int, account: String)] = []
        for account in turn.policy.accounts {
            let key = poolKey(account: account.name, model: modelClass)
            guard let pool = pools[key], pool.capacity > 0 else { continue }
            let free = pool.free(at: turn.now)
            if free > 0 {
                candidates.append((free, account.name))
            } else if let later = pool.nextFree(after: turn.now) {
                setFillAlarm(later, turn: &turn)
            }
        }
        candidates.sort { ($1.free, $0.account) < ($0.free, $1.account) }
        for (_, account) in candidates {
            guard let later = submitRates[account]?.take(at: turn.now) else { return account }
            setFillAlarm(later, turn: &turn)
        }
        return nil
    }

    private mutating func setFillAlarm(_ at: Instant, turn: inout Turn) {
        if let fillAlarm, fillAlarm > turn.now, fillAlarm <= at { return }
        fillAlarm = at
        turn.timetable.set(.fill(id), at: at)
    }
}
