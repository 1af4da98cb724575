// The end of a job: its outcome, and the slot that may stay taken after it.

extension Job {
    mutating func finish(
        _ cause: FailureCause, product: Product? = nil, hold: Entry.Hold? = nil, in context: Context
    ) -> Order? {
        var cause = cause
        if cause.mayHaveBeenCharged { keepReserved() }
        // Whatever ended the job: an earlier attempt of unknown fate may have been paid.
        if entry.unknownAttempts > 0 { cause.mayHaveBeenCharged = true }
        return finish(.failed(cause, product: product), hold: hold, in: context)
    }

    mutating func finish(_ verdict: Outcome.Verdict, hold: Entry.Hold?, in context: Context)
        -> Order?
    {
        let task = task
        if case .succeeded = verdict { keepReserved() }
        entry.reserved = nil
        let outcome = Outcome(
            verdict: verdict, entry: entry, task: task, finishedAt: context.now)
        var failure: FailureKind?
        if case .failed(let cause, _) = verdict { failure = cause.kind }
        var ending = Entry.Ending(failure: failure, at: context.now)
        if let task, let overAt {
            ending.generation = overAt - task.submittedAt
            ending.generationAfter = (seenRunningAt ?? task.submittedAt) - task.submittedAt
        }
        entry.phase = .finished(ending)
        entry.request = nil
        entry.lastError = nil
        entry.hold = hold ?? entry.hold
        product = nil
        doubts = Doubts()
        move(to: .finishing)
        return .write(.outcome(outcome))
    }

    /// The outcome is out, but a task may still occupy the slot.
    mutating func linger(in context: Context) -> Order? {
        guard let hold = entry.hold else { impossible(.committed) }
        guard hold.taskID != nil else {
            move(to: .lingering, alarm: hold.until)
            return nil
        }
        move(to: .lingering, alarm: min(hold.until, context.now + context.policy.polling.watch))
        return nil
    }

    mutating func lingerEnded(in context: Context) -> Order? {
        guard let hold = entry.hold else { impossible(.due) }
        if hold.until <= context.now { return settle() }
        return ask(in: .checking, at: context.now)
    }

    /// What a query said about the task of a job that has been given up: only its end matters, and here, too, a task
    /// is not believed to be gone before that has been said several times in a row.
    mutating func checked(_ answer: QueryAnswer, in context: Context) -> Order? {
        switch answer {
        case .done, .doneWithoutLink, .failed:
            return settle()
        case .gone:
            doubts.count += 1
            return doubts.count < context.policy.doubtfulAnswers ? linger(in: context) : settle()
        case .inProgress:
            doubts = Doubts()
            seenRunningAt = askedAt
            return linger(in: context)
        case .askAgain, .suspect:
            return linger(in: context)
        }
    }

    mutating func settle(settlesNote: Bool = false) -> Order? {
        entry.hold = nil
        move(to: .settling)
        return .write(nil, settlesNote: settlesNote)
    }

    mutating func retire() -> Order? {
        move(to: .finished)
        return .retire
    }
}
