// Who gets a free slot: fair turns among model classes, fair shares among tenants, and an account with room.

extension Lane {
    // MARK: The backlog

    mutating func enqueue(_ id: JobID, turn: Turn) {
        guard let job = jobs[id] else { return }
        lastTicket += 1
        jobs[id]?.ticket = lastTicket
        line(up: job, ticket: lastTicket, turn)
    }

    mutating func line(up job: Job, ticket: UInt64, _ turn: Turn) {
        let request = job.entry.request
        let place = Place(
            job: job.entry.id, ticket: ticket, acceptedAt: job.entry.acceptedAt,
            priority: request?.priority ?? Request.defaultPriority,
            due: request?.deadline ?? job.entry.acceptedAt + turn.policy.patience)
        let backlog = backlogs.index(forKey: modelClass(job.entry.model), orInsert: Backlog())
        backlogs[at: backlog].add(place, tenant: job.tenant)
    }

    /// The job is queued no more, whether it got a slot or ended.
    mutating func leaveBacklog(_ job: Job) {
        guard let ticket = job.ticket,
            let backlog = backlogs.index(forKey: modelClass(job.entry.model))
        else { return }
        backlogs[at: backlog].remove(ticket, tenant: job.tenant)
    }

    /// How many wait for a slot, by tenant.
    var waiting: [String: Int] {
        backlogs.values.reduce(into: [:]) { $0.merge($1.waiting, uniquingKeysWith: +) }
    }

    // MARK: Filling slots

    /// Gives free slots to waiting jobs, as far as pools, tenants' bounds and submit rates allow.
    mutating func fill(turn: inout Turn) {
        guard phase == .active else { return }
        var classes: [String] = []
        for place in 0..<backlogs.count where !backlogs[at: place].isEmpty {
            classes.append(backlogs.keys[place])
        }
        guard !classes.isEmpty else { return }
        // Also where no slot is free: who waits for money would else be woken for a morning that is over.
        rollSpend(turn: &turn)
        while let (modelClass, candidate) = nextCandidate(&classes, turn: &turn) {
            guard let account = freeAccount(modelClass, turn: &turn) else {
                classes.removeAll { $0 == modelClass }
                continue
            }
            let weight = turn.policy.tenant(candidate.tenant).weight
            if let backlog = backlogs.index(forKey: modelClass) {
                backlogs[at: backlog].take(candidate, weight: weight)
            }
            classShares.serve(modelClass)
            turn.breakers[account]?.granted(
                at: turn.now, patience: turn.policy.sendWindow + turn.policy.submitTimeout)
            rollSpend(turn: &turn)
            let reserved = jobs[candidate.job]?.entry.request?.cost.map {
                Entry.Reservation(amount: $0, day: spend.day)
            }
            tell(candidate.job, .slotGranted(account: account, reserved), turn: &turn)
        }
        // Said by every call: an alarm that was earlier has rung by now, or was dropped when the lane was parked, and
        // who waits for money is not asked again before tomorrow.
        if backlogs.values.contains(where: \.isBlocked) {
            setFillAlarm(tomorrow(turn), turn: &turn)
        }
    }

    /// The class whose turn it is, and its next job; classes without one, or without a free slot, are struck off.
    private mutating func nextCandidate(_ classes: inout [String], turn: inout Turn)
        -> (modelClass: String, candidate: Backlog.Candidate)?
    {
        var best: (start: Int64, modelClass: String, candidate: Backlog.Candidate)?
        for modelClass in classes {
            guard hasFreeSlot(modelClass, turn: &turn),
                let candidate = affordableCandidate(modelClass, turn: &turn)
            else {
                classes.removeAll { $0 == modelClass }
                continue
            }
            let start = classShares.start(of: modelClass)
            if let best, (best.start, best.candidate.rank) <= (start, candidate.rank) { continue }
            best = (start, modelClass, candidate)
        }
        return best.map { ($0.modelClass, $0.candidate) }
    }

    /// Jobs that no day's budget would do for end here; tenants without money today are passed over.
    private mutating func affordableCandidate(_ modelClass: String, turn: inout Turn)
        -> Backlog.Candidate?
    {
        rollSpend(turn: &turn)
        while let candidate = candidate(modelClass, turn: turn) {
            switch affordability(of: candidate.job, turn: &turn) {
            case .yes:
                return candidate
            case .never(let cause):
                tell(candidate.job, .unaffordable(cause), turn: &turn)
            case .notToday(let tenant):
                sayExhausted(tenant, turn: &turn)
                switch turn.policy.budget.whenExhausted {
                case .fail:
                    tell(candidate.job, .unaffordable(.budgetExhausted(tenant)), turn: &turn)
                case .wait:
                    backlogs[modelClass]?.block(candidate.tenant)
                }
            }
        }
        return nil
    }

    private mutating func candidate(_ modelClass: String, turn: Turn) -> Backlog.Candidate? {
        let (running, policy, id) = (running, turn.policy, id)
        guard let backlog = backlogs.index(forKey: modelClass) else { return nil }
        return backlogs[at: backlog].first(step: policy.priorityStep) { tenant in
            (running[tenant] ?? 0) < policy.running(of: tenant, in: id)
        }
    }

    private mutating func hasFreeSlot(_ modelClass: String, turn: inout Turn) -> Bool {
        !freeSlots(modelClass, turn: &turn).isEmpty
    }

    /// Accounts with free slots, and how many; sets the alarm for those that get one by the passing of time.
    private mutating func freeSlots(_ modelClass: String, turn: inout Turn)
        -> [(free: Int, account: String)]
    {
        var free: [(free: Int, account: String)] = []
        for account in turn.policy.accounts {
            if let later = turn.nextTry(account.name) {
                setFillAlarm(later, turn: &turn)
                continue
            }
            let key = poolKey(account: account.name, model: modelClass)
            guard let pool = pools[key], pool.capacity > 0 else { continue }
            let slots = pool.free(at: turn.now)
            if slots > 0 {
                free.append((slots, account.name))
            } else if let later = pool.nextFree(after: turn.now) {
                setFillAlarm(later, turn: &turn)
            }
        }
        return free
    }

    /// The account with most free slots that also has a submit token; takes the token.
    private mutating func freeAccount(_ modelClass: String, turn: inout Turn) -> String? {
        var candidates = freeSlots(modelClass, turn: &turn)
        candidates.sort { ($1.free, $0.account) < ($0.free, $1.account) }
        for (_, account) in candidates {
            guard let later = submitRates[account]?.take(at: turn.now) else { return account }
            setFillAlarm(later, turn: &turn)
        }
        return nil
    }

    mutating func setFillAlarm(_ at: Instant, turn: inout Turn) {
        if let fillAlarm, fillAlarm > turn.now, fillAlarm <= at { return }
        fillAlarm = at
        turn.timetable.set(.fill(id), at: at)
    }
}
