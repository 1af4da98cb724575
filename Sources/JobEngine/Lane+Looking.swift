// What a lane's looks at running tasks teach, and how the next ones are planned.

extension Lane {
    /// Of the queries that an account grants: what plans count on. The rest is for looks that come together.
    private static let plannedShare = 0.8

    /// The plan that the job needs to answer the event it is about to be told.
    func looks(for job: Job, turn: inout Turn) -> LookPlan? {
        switch job.state {
        case .recording, .querying:
            guard let task = job.task else { return nil }
            return looks(at: job.entry, on: task.account, turn: &turn)
        case .accepting, .probing, .delayed, .queued, .intending, .submitting, .polling,
            .archiving, .returning, .doubting, .finishing, .lingering, .checking, .settling,
            .finished:
            return nil
        }
    }

    func looks(at entry: Entry, on account: String, turn: inout Turn) -> LookPlan? {
        guard turn.policy.polling.rule == .learned, let bucket = queryRates[account] else {
            return nil
        }
        let taken = pools.reduce(0) { $1.key.account == account ? $0 + $1.value.taken : $0 }
        let rate = bucket.fullRate * Self.plannedShare / Double(max(1, taken))
        return turn.times.plan(
            for: entry.timeClass, rate: rate, bounds: turn.policy.polling, at: turn.now)
    }

    /// Takes note of what a query said about a task, before its job hears it.
    mutating func learn(
        from event: Job.Event, about id: JobID, planned: LookPlan?, turn: inout Turn
    ) {
        guard case .queried(let answer) = event, let job = jobs[id], job.state == .querying,
            let task = job.task, let askedAt = job.askedAt
        else { return }
        switch answer {
        case .inProgress:
            guard !job.isLate else { return }
            jobs[id]?.isLate = turn.times.isLate(
                job.entry.timeClass, age: askedAt - task.submittedAt,
                bounds: turn.policy.polling, at: turn.now)
        case .done, .doneWithoutLink, .failed:
            guard job.overAt == nil else { return }
            seenOver(job, task, turn: &turn)
            guard let looks = job.looks, let planned else { return }
            turn.times.spent(looks, planned: planned.expectedLooks, on: job.entry.timeClass)
        case .gone, .suspect, .askAgain:
            break
        }
    }

    private func seenOver(_ job: Job, _ task: Entry.Task, turn: inout Turn) {
        let last = job.seenRunningAt ?? min(task.submittedAt, turn.now)
        turn.times.observe(
            job.entry.timeClass, after: last - task.submittedAt, by: turn.now - task.submittedAt,
            wasLate: job.isLate, bounds: turn.policy.polling, at: turn.now)
        turn.times.heardLive(of: id, at: turn.now)
        turn.report(
            .seen(
                job.entry.id, delayAtMost: turn.now - last, queries: job.entry.queries + 1))
    }

    mutating func setLooksAlarm(_ at: Instant, turn: inout Turn) {
        if let looksAlarm, looksAlarm > turn.now, looksAlarm <= at { return }
        looksAlarm = at
        turn.timetable.set(.looks(id), at: at)
    }

    /// How likely a look now finds the task over: what a query token is worth to the job.
    func worth(ofLookAt job: Job, turn: Turn) -> Double {
        guard turn.policy.polling.rule == .learned, let task = job.entry.lastTask else { return 0 }
        let last = (job.seenRunningAt ?? task.submittedAt) - task.submittedAt
        return turn.times.chance(
            job.entry.timeClass, after: last, by: turn.now - task.submittedAt) ?? 0
    }
}

extension Entry {
    var timeClass: TimeClass { TimeClass(model: model, frames: frames) }
}
