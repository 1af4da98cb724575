// What a lane's looks at running tasks teach, and how the next ones are planned.

extension Lane {
    /// Of the queries that an account grants: what plans count on. The rest is for looks that come together.
    private static let plannedShare = 0.8

    /// The plan that the job needs to answer the event it is about to be told.
    ///
    /// - Parameter place: the job's in `jobs`.
    func looks(forJobAt place: Int, turn: inout Turn) -> LookPlan? {
        switch jobs[at: place].state {
        case .recording, .querying:
            guard let account = jobs[at: place].task?.account else { return nil }
            return looks(at: jobs[at: place].entry.timeClass, on: account, turn: &turn)
        case .accepting, .probing, .delayed, .queued, .intending, .submitting, .polling,
            .archiving, .returning, .doubting, .finishing, .lingering, .checking, .settling,
            .finished:
            return nil
        }
    }

    func looks(at kind: TimeClass, on account: String, turn: inout Turn) -> LookPlan? {
        guard turn.policy.polling.rule == .learned, let bucket = queryRates[account] else {
            return nil
        }
        let taken = pools.reduce(0) { $1.key.account == account ? $0 + $1.value.taken : $0 }
        let rate = bucket.fullRate * Self.plannedShare / Double(max(1, taken))
        return turn.times.plan(
            for: kind, rate: rate, bounds: turn.policy.polling, at: turn.now)
    }

    /// Takes note of what a query said about a task, before its job hears it.
    mutating func learn(
        from event: Job.Event, about id: JobID, planned: LookPlan?, turn: inout Turn
    ) {
        guard case .queried(let answer) = event, let place = jobs.index(forKey: id),
            jobs[at: place].state == .querying, let task = jobs[at: place].task,
            let askedAt = jobs[at: place].askedAt
        else { return }
        switch answer {
        case .inProgress:
            guard !jobs[at: place].isLate else { return }
            jobs[at: place].isLate = turn.times.isLate(
                jobs[at: place].entry.timeClass, age: askedAt - task.submittedAt,
                bounds: turn.policy.polling, at: turn.now)
        case .done, .doneWithoutLink, .failed:
            guard let job = jobs[id], job.overAt == nil else { return }
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
