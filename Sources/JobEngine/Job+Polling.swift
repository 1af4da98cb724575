// A job whose task runs: looking, and what the answers mean.

extension Job {
    /// Waits for the next look at the running task.
    mutating func poll(in context: Context) -> Order? {
        guard let task else { impossible(.committed) }
        var look = context.policy.polling.nextLook(
            submittedAt: task.submittedAt, now: context.now)
        if let looks = context.looks {
            look = context.policy.polling.nextLook(
                looks, submittedAt: task.submittedAt, lastSeen: seenRunningAt, now: context.now)
        }
        return poll(at: look, in: context)
    }

    private mutating func poll(at look: Instant, in context: Context) -> Order? {
        guard let task else { impossible(.committed) }
        let limit = limit(of: task, in: context)
        // Past the limit it is asked once more at once, whatever the plan says: it is known to run only from a note or
        // a commit that came late.
        move(to: .polling, alarm: limit > context.now ? min(look, limit) : context.now)
        return nil
    }

    mutating func ask(in next: JobState, at now: Instant) -> Order? {
        move(to: next)
        askedAt = now
        looks = looks.map { $0 + 1 }
        return .query
    }

    mutating func queried(_ answer: QueryAnswer, in context: Context) -> Order? {
        entry.queries += 1
        switch state {
        case .querying: return heard(answer, in: context)
        case .checking: return checked(answer, in: context)
        case .accepting, .probing, .delayed, .queued, .intending, .submitting, .recording, .polling,
            .archiving, .returning, .doubting, .finishing, .lingering, .settling, .finished:
            impossible(.queried(answer))
        }
    }

    private mutating func heard(_ answer: QueryAnswer, in context: Context) -> Order? {
        switch answer {
        case .done, .doneWithoutLink, .failed: overAt = overAt ?? context.now
        case .inProgress: (seenRunningAt, overAt) = (askedAt, nil)
        case .gone, .suspect, .askAgain: break
        }
        switch answer {
        case .inProgress:
            doubts = Doubts()
            return isPastLimit(in: context) ? giveUp(in: context) : poll(in: context)
        case .done(let product):
            return delivered(product, in: context)
        case .doneWithoutLink:
            return doubt(
                FailureCause(
                    .generationFailed, code: "done_without_url",
                    message: "the task is done but has no link", isRetryable: true,
                    mayHaveBeenCharged: true), in: context)
        case .failed(let cause, let newTaskMayHelp):
            return taskFailed(cause, newTaskMayHelp: newTaskMayHelp, in: context)
        case .gone(let cause):
            return doubt(cause, in: context)
        case .suspect(let cause):
            return doubt(cause, mayStillRun: true, in: context)
        case .askAgain(let reason, let retryAfter, _):
            return askAgain(reason, after: retryAfter, in: context)
        }
    }

    private mutating func delivered(_ product: Product, in context: Context) -> Order? {
        if entry.isCancelled {
            var cause = cancelledCause
            cause.message += "; the task delivered all the same"
            cause.mayHaveBeenCharged = true
            return finish(cause, product: product, in: context)
        }
        guard context.policy.archives else {
            return finish(.succeeded(product, archive: nil), hold: nil, in: context)
        }
        self.product = product
        move(to: .archiving)
        return .archive
    }

    mutating func archived(_ answer: ArchiveAnswer, in context: Context) -> Order? {
        guard state == .archiving, let product else { impossible(.archived(answer)) }
        return finish(.succeeded(product, archive: answer), hold: nil, in: context)
    }

    private mutating func taskFailed(
        _ cause: FailureCause, newTaskMayHelp: Bool, in context: Context
    ) -> Order? {
        if entry.isCancelled { return finish(cancelled(at: cause), in: context) }
        guard newTaskMayHelp, entry.renewals < context.policy.maximumRenewals else {
            return finish(cause, in: context)
        }
        entry.renewals += 1
        entry.lastError = cause
        if cause.mayHaveBeenCharged { keepReserved() }
        return giveBack(retryAt: nil)
    }

    /// Believed only when it has been said several times in a row. `mayStillRun`: no documented end of a task, so the
    /// job gives it up, but the slot stays taken while the task is watched.
    private mutating func doubt(
        _ cause: FailureCause, mayStillRun: Bool = false, in context: Context
    ) -> Order? {
        doubts.count += 1
        doubts.mayStillRun = doubts.mayStillRun || mayStillRun
        doubts.mayHaveBeenCharged = doubts.mayHaveBeenCharged || cause.mayHaveBeenCharged
        entry.lastError = cause
        guard doubts.count >= context.policy.doubtfulAnswers else {
            move(to: .polling, alarm: context.now + context.policy.doubtfulInterval)
            return nil
        }
        var cause = cause
        cause.mayHaveBeenCharged = doubts.mayHaveBeenCharged
        let hold = doubts.mayStillRun ? task.map { lingeringHold($0, in: context) } : nil
        return finish(entry.isCancelled ? cancelled(at: cause) : cause, hold: hold, in: context)
    }

    private mutating func askAgain(_ reason: String, after: Duration?, in context: Context)
        -> Order?
    {
        if isPastLimit(in: context) {
            doubts.silences += 1
            let answers = doubts.count + doubts.silences
            if answers >= context.policy.doubtfulAnswers { return giveUp(in: context) }
            move(to: .polling, alarm: context.now + (after ?? context.policy.doubtfulInterval))
            return nil
        }
        // The plan has nothing to say: the look that it wanted has been, and told nothing.
        guard let task else { impossible(.due) }
        let look = context.policy.polling.nextTry(submittedAt: task.submittedAt, now: context.now)
        let order = poll(at: look, in: context)
        if let after, let alarm { self.alarm = max(alarm, context.now + after) }
        return order
    }

    /// The time is up, and the provider, asked once more, still has no verdict.
    private mutating func giveUp(in context: Context) -> Order? {
        guard let task else { impossible(.due) }
        let waited = (context.now - task.submittedAt).milliseconds / 1000
        let cause = FailureCause(
            .timedOut,
            message: "task \(task.id) was still running \(waited) s after its submit",
            mayHaveBeenCharged: true)
        return finish(
            entry.isCancelled ? cancelled(at: cause) : cause,
            hold: lingeringHold(task, in: context), in: context)
    }

    /// The user wanted it cancelled; whether it costs money is for the task's end to say.
    private func cancelled(at cause: FailureCause) -> FailureCause {
        var cancelled = cancelledCause
        cancelled.mayHaveBeenCharged = cause.mayHaveBeenCharged
        return cancelled
    }

    private func lingeringHold(_ task: Entry.Task, in context: Context) -> Entry.Hold {
        Entry.Hold(
            account: task.account, taskID: task.id,
            until: context.now + context.policy.unknownHold)
    }

    private func limit(of task: Entry.Task, in context: Context) -> Instant {
        let timeout = task.submittedAt + context.policy.taskTimeout
        return min(timeout, entry.request?.deadline ?? timeout)
    }

    private func isPastLimit(in context: Context) -> Bool {
        guard let task else { return false }
        return limit(of: task, in: context) <= context.now
    }
}
