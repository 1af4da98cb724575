// Answers find their job, or are dropped at the door.

extension Scheduler {
    mutating func committed(_ receipts: [WriteReceipt]) {
        for receipt in receipts {
            guard lanes[receipt.lane]?.writesInFlight.remove(receipt.serial) != nil else {
                continue
            }
            touch(receipt.lane)
            if lanes[receipt.lane]?.jobs[receipt.job]?.pending == receipt.serial {
                lanes[receipt.lane]?.tell(receipt.job, .committed, turn: &turn)
            }
        }
    }

    mutating func submitted(_ submitted: Submitted) {
        let reference = submitted.reference
        lanes[reference.lane]?.submitsInTheAir.remove(reference.serial)
        guard isAwaited(reference) else { return lateSubmit(submitted) }
        if lanes[reference.lane]?.phase == .parked {
            // Released before the answer came: whoever owns the lane next must hear of the task at once.
            lanes[reference.lane]?.held.append(.submitted(submitted))
            if case .accepted = submitted.answer { noteLate(submitted) }
            return
        }
        teachBreaker(submitted)
        teachPool(submitted)
        lanes[reference.lane]?.tell(reference.job, .submitted(submitted.answer), turn: &turn)
        touch(reference.lane)
    }

    /// What an answer says about the account rather than about the job.
    private mutating func teachPool(_ submitted: Submitted) {
        let laneID = submitted.reference.lane
        guard let lane = lanes[laneID], let job = lane.jobs[submitted.reference.job] else { return }
        let key = lane.poolKey(account: submitted.account, model: job.entry.model)
        switch submitted.answer {
        case .accepted:
            lanes[laneID]?.pools[key]?.accepted()
        case .refused(let refusal):
            switch refusal.way {
            case .concurrencyLimit:
                pause(key, in: laneID, why: refusal.cause, refusal.retryAfter, shrinks: true)
            case .rateLimit:
                lanes[laneID]?.submitRates[submitted.account]?
                    .refused(at: turn.now, retryAfter: refusal.retryAfter)
            case .account, .transient, .final:
                break
            }
        case .notSent(let reason):
            // The breaker says how long, and has said so.
            if turn.breakers[submitted.account]?.outage != nil { return }
            let cause = FailureCause(.upstream, message: "not sent: \(reason)", isRetryable: true)
            pause(key, in: laneID, why: cause, nil, shrinks: false)
        case .unknown:
            break
        }
    }

    private mutating func pause(
        _ key: PoolKey, in laneID: LaneID, why: FailureCause, _ retryAfter: Duration?, shrinks: Bool
    ) {
        guard let pool = lanes[laneID]?.pools[key] else { return }
        let seed = Jitter.seed(key.account, laneID.number ^ pool.refusalsInARow << 8)
        let drawn = turn.policy.pause.delay(step: pool.refusalsInARow, seed: seed)
        let pause = max(drawn, retryAfter ?? drawn)
        lanes[laneID]?.pools[key]?.refused(at: turn.now, pause: pause, shrinks: shrinks)
        turn.report(.poolPaused(account: key.account, laneID, until: turn.now + pause, why: why))
    }

    /// An answer that no job of an owned lane awaits: what it says must not get lost.
    mutating func lateSubmit(_ submitted: Submitted) {
        let reference = submitted.reference
        let lane = lanes[reference.lane]
        let job = lane?.jobs[reference.job]
        let isDoubted =
            lane.map { $0.phase != .parked } == true && job?.state == .doubting
            && job?.entry.attempt == submitted.attempt
            && job?.entry.source == submitted.order.request.source
        switch submitted.answer {
        case .accepted:
            guard isDoubted, let note = lateNote(of: submitted) else { return noteLate(submitted) }
            lanes[reference.lane]?.tell(reference.job, .lateNewsArrived(note), turn: &turn)
            touch(reference.lane)
        case .refused, .notSent:
            guard isDoubted else { return turn.report(.lateAnswerDropped(reference.job)) }
            lanes[reference.lane]?.tell(
                reference.job, .submitted(submitted.answer), turn: &turn)
            touch(reference.lane)
        case .unknown:
            turn.report(.lateAnswerDropped(reference.job))
        }
    }

    private func lateNote(of submitted: Submitted) -> LateNote? {
        guard case .accepted(let taskID, let requestID) = submitted.answer else { return nil }
        return LateNote(
            job: submitted.reference.job, source: submitted.order.request.source,
            attempt: submitted.attempt, taskID: taskID, account: submitted.account,
            model: submitted.order.request.model, requestID: requestID, notedAt: turn.now)
    }

    private mutating func noteLate(_ submitted: Submitted) {
        guard let note = lateNote(of: submitted) else { return }
        turn.effects.append(.note(submitted.reference.lane, note))
    }

    mutating func queried(_ queried: Queried) {
        let reference = queried.reference
        if case .askAgain(_, let retryAfter, true) = queried.answer,
            let account = account(of: reference)
        {
            lanes[reference.lane]?.queryRates[account]?
                .refused(at: turn.now, retryAfter: retryAfter)
        }
        if case .done(let product) = queried.answer,
            let job = lanes[reference.lane]?.jobs[reference.job], job.state == .checking,
            let taskID = job.entry.hold?.taskID
        {
            turn.report(.deliveredAfterTheEnd(reference.job, taskID: taskID, product))
        }
        answer(reference, .queried(queried.answer), or: .queried(queried))
    }

    private func account(of reference: JobReference) -> String? {
        let entry = lanes[reference.lane]?.jobs[reference.job]?.entry
        if case .submitted(let task) = entry?.phase { return task.account }
        return entry?.hold?.account
    }

    /// Tells the job, holds the event while its lane is parked, or drops it.
    mutating func answer(_ reference: JobReference, _ event: Job.Event, or held: Event) {
        guard isAwaited(reference) else {
            turn.report(.lateAnswerDropped(reference.job))
            return
        }
        if lanes[reference.lane]?.phase == .parked {
            lanes[reference.lane]?.held.append(held)
            return
        }
        lanes[reference.lane]?.tell(reference.job, event, turn: &turn)
        touch(reference.lane)
    }

    private func isAwaited(_ reference: JobReference) -> Bool {
        lanes[reference.lane]?.jobs[reference.job]?.pending == reference.serial
    }
}
