// Answers find their job, or are dropped at the door.

extension Scheduler {
    mutating func committed(_ receipts: [WriteReceipt]) {
        for receipt in receipts {
            guard let lane = lanes.index(forKey: receipt.lane),
                lanes[at: lane].writesInFlight.remove(receipt.serial) != nil
            else { continue }
            touch(receipt.lane)
            if isAwaited(receipt) { tell(receipt.job, in: receipt.lane, .committed) }
        }
    }

    mutating func submitted(_ submitted: Submitted) {
        let reference = submitted.reference
        if let lane = lanes.index(forKey: reference.lane) {
            lanes[at: lane].submitsInTheAir.remove(reference.serial)
        }
        guard isAwaited(reference) else { return lateSubmit(submitted) }
        if isParked(reference.lane) {
            // Released before the answer came: whoever owns the lane next must hear of the task at once.
            lanes[reference.lane]?.held.append(.submitted(submitted))
            if case .accepted = submitted.answer { noteLate(submitted) }
            return
        }
        teachBreaker(submitted)
        teachPool(submitted)
        tell(reference.job, in: reference.lane, .submitted(submitted.answer))
    }

    /// What an answer says about the account rather than about the job.
    private mutating func teachPool(_ submitted: Submitted) {
        let laneID = submitted.reference.lane
        guard let lane = lanes.index(forKey: laneID),
            let job = lanes[at: lane].jobs.index(forKey: submitted.reference.job)
        else { return }
        let model = lanes[at: lane].jobs[at: job].entry.model
        let key = lanes[at: lane].poolKey(account: submitted.account, model: model)
        switch submitted.answer {
        case .accepted:
            lanes[at: lane].pools[key]?.accepted()
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
            tell(reference.job, in: reference.lane, .lateNewsArrived(note))
        case .refused, .notSent:
            guard isDoubted else { return turn.report(.lateAnswerDropped(reference.job)) }
            tell(reference.job, in: reference.lane, .submitted(submitted.answer))
        case .unknown:
            turn.report(.lateAnswerDropped(reference.job))
        }
    }

    private func lateNote(of submitted: Submitted) -> LateNote? {
        guard case .accepted(let taskID, let requestID) = submitted.answer else { return nil }
        return LateNote(
            job: submitted.reference.job, source: submitted.order.request.source,
            attempt: submitted.attempt, news: .task(taskID, requestID: requestID),
            account: submitted.account, model: submitted.order.request.model, notedAt: turn.now)
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
        if isParked(reference.lane) {
            lanes[reference.lane]?.held.append(held)
            return
        }
        tell(reference.job, in: reference.lane, event)
    }

    private func isParked(_ lane: LaneID) -> Bool {
        lanes.index(forKey: lane).map { lanes[at: $0].phase == .parked } == true
    }

    private func isAwaited(_ reference: JobReference) -> Bool {
        guard let lane = lanes.index(forKey: reference.lane),
            let job = lanes[at: lane].jobs.index(forKey: reference.job)
        else { return false }
        return lanes[at: lane].jobs[at: job].pending == reference.serial
    }
}
