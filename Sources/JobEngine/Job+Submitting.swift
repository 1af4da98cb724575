// A job around its submit: the intent before it, and what the answer means.

extension Job {
    mutating func slotGranted(
        _ account: String, _ reserved: Entry.Reservation?, in context: Context
    ) -> Order? {
        guard state == .queued else { impossible(.slotGranted(account: account, reserved)) }
        entry.attempt += 1
        entry.reserved = reserved
        entry.hold = nil
        let intent = Entry.Intent(
            account: account, sendBy: context.now + context.policy.sendWindow,
            mintedAt: context.now)
        entry.phase = .intent(intent)
        entry.lastIntent = intent
        move(to: .intending)
        return .write(nil)
    }

    /// The intent is durable: spend, unless it is too late or nobody wants it any more.
    mutating func intentCommitted(in context: Context) -> Order? {
        guard case .intent(let intent) = entry.phase else { impossible(.committed) }
        if context.laneIsClosing || entry.isCancelled || context.now >= intent.sendBy {
            return giveBack(retryAt: nil)
        }
        move(to: .submitting)
        return .submit
    }

    mutating func submitted(_ answer: SubmitAnswer, in context: Context) -> Order? {
        guard state == .submitting || state == .doubting, case .intent(let intent) = entry.phase
        else { impossible(.submitted(answer)) }
        switch answer {
        case .accepted(let taskID, _):
            return record(
                Entry.Task(id: taskID, account: intent.account, submittedAt: context.now))
        case .refused(let refusal):
            return refused(refusal, in: context)
        case .notSent(let reason):
            entry.refusals += 1
            entry.lastError = FailureCause(
                .upstream, message: "not sent: \(reason)", isRetryable: true)
            return giveBack(retryAt: nil)
        case .unknown(let lost):
            return unknown(lost, intent: intent, in: context)
        }
    }

    mutating func record(_ task: Entry.Task, settlesNote: Bool = false) -> Order? {
        entry.phase = .submitted(task)
        entry.lastTask = task
        entry.lastError = nil
        (askedAt, seenRunningAt, overAt) = (nil, nil, nil)
        (looks, isLate) = (0, false)
        move(to: .recording)
        return .write(nil, settlesNote: settlesNote)
    }

    private mutating func refused(_ refusal: Refusal, in context: Context) -> Order? {
        entry.refusals += 1
        entry.lastError = refusal.cause
        switch refusal.way {
        case .concurrencyLimit, .rateLimit, .account:
            // The pool pauses; the job keeps its place in the backlog.
            return giveBack(retryAt: nil)
        case .transient:
            if let probeAt = context.probeAt, failedProbes < context.policy.breaker.patience {
                // The provider is down: no try is counted. Behind the next probe, so that another job may be it.
                failedProbes += 1
                let retryAt = probeAt + .milliseconds(100)
                return giveBack(retryAt: max(retryAt, context.now + (refusal.retryAfter ?? .zero)))
            }
            entry.tries += 1
            guard entry.tries < context.policy.maximumTries else {
                return finish(refusal.cause, in: context)
            }
            let delay = retryDelay(in: context)
            return giveBack(retryAt: context.now + max(delay, refusal.retryAfter ?? delay))
        case .final:
            return finish(refusal.cause, in: context)
        }
    }

    private mutating func unknown(
        _ lost: LostAnswer, intent: Entry.Intent, in context: Context
    ) -> Order? {
        var cause = FailureCause(
            .submissionUnknown, code: lost.happened.rawValue,
            message:
                "the answer to attempt \(entry.attempt) was lost, so it may have been accepted: "
                + "\(lost.detail); look at the provider's console before sending it again",
            mayHaveBeenCharged: true)
        cause.evidence = Evidence(attempt: entry.attempt, intent: intent, lost: lost)
        let hold = Entry.Hold(
            account: intent.account, taskID: nil, until: context.now + context.policy.unknownHold)
        entry.lastError = cause
        switch context.policy.unknownSubmit {
        case .resubmit where entry.tries + 1 < context.policy.maximumTries && !entry.isCancelled:
            entry.tries += 1
            entry.unknownAttempts += 1
            // The lost task may occupy its slot: the job sits on that slot until it cannot any more.
            entry.hold = hold
            keepReserved()
            let soonest = context.now + retryDelay(in: context)
            return giveBack(retryAt: max(soonest, hold.until))
        case .fail, .resubmit:
            return finish(cause, hold: hold, in: context)
        }
    }

    /// Back to `accepted`: the attempt is over and certainly left nothing behind, or its slot is on hold.
    ///
    /// Nothing was spent on it, unless `keepReserved` said otherwise before.
    mutating func giveBack(retryAt: Instant?) -> Order? {
        entry.reserved = nil
        entry.phase = .accepted(retryAt: retryAt)
        move(to: .returning)
        return .write(nil)
    }

    func retryDelay(in context: Context) -> Duration {
        context.policy.retry.delay(
            step: max(0, entry.tries - 1), seed: Jitter.seed(entry.id, entry.attempt))
    }
}
