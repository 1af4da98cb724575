// Workers live: start, crash, stand still, drain; what they are told becomes effects, one by one.

import JobEngine

extension World {
    mutating func perform(_ deed: Deed, by member: Member) {
        let worker = member.worker
        guard workers[worker].isUp, workers[worker].run == member.run else { return }
        if let until = workers[worker].pausedUntil {
            return schedule(member, deed, in: until - now)
        }
        if deed.needsBroker, let up = untilUp(for: worker) {
            return schedule(member, deed, in: up)
        }
        if strikesAtAwait(deed, member) { return }
        switch deed {
        case .event(let event): feed(event, to: worker)
        case .wake(let serial):
            if serial == workers[worker].wakeSerial { feed(.timerFired, to: worker) }
        case .reload: reload(worker)
        case .flush: flush(worker)
        case .step(let transaction, let step): take(step, of: transaction, worker)
        case .hear(let word): hear(word, worker)
        case .restore(let lane, let epoch, let target):
            restore(lane, epoch: epoch, target: target, worker)
        case .tail(let lane): readTail(of: lane, worker)
        case .deliver(let partition, let generation): deliver(partition, generation, worker)
        case .measure(let lane, let epoch): measure(lane, epoch, worker)
        case .measured(let lane, let epoch, let ends, let asOf):
            guard workers[worker].holds[lane]?.epoch == epoch else { return }
            feed(.requestsMeasured(lane, ends: ends, asOf: asOf), to: worker)
        case .join: join(worker)
        }
    }

    func member(_ worker: Int) -> Member { Member(worker: worker, run: workers[worker].run) }

    mutating func start(_ worker: Int) {
        guard !workers[worker].isUp else { return }
        let run = workers[worker].run + 1
        let skew = weather.skew == 0 ? 0 : chance.from(-weather.skew...weather.skew)
        workers[worker] = SimulatedWorker(policy: bent(policy), skew: Int64(skew))
        workers[worker].run = run
        workers[worker].isUp = true
        history.note(now, "worker \(worker) starts, its clock off by \(skew) ms")
        join(worker)
    }

    mutating func crash(_ worker: Int, why: String) {
        let member = member(worker)
        workers[worker].isUp = false
        workers[worker].pausedUntil = nil
        auditor.forgive(member)
        history.note(now, "worker \(worker) crashes: \(why)")
        schedule(.expire(member), in: Self.sessionTimeout)
        schedule(.start(worker), in: chance.delay(200...20_000))
    }

    mutating func pause(_ worker: Int) {
        let length = chance.happens(500) ? chance.from(100...3000) : chance.from(3000...20_000)
        workers[worker].pausedUntil = now + Int64(length)
        history.note(now, "worker \(worker) stands still for \(length) ms")
        let member = member(worker)
        schedule(.unpause(member), in: Int64(length))
        schedule(.expire(member), in: Self.sessionTimeout)
    }

    mutating func unpause(_ member: Member) {
        guard workers[member.worker].run == member.run, workers[member.worker].isUp else { return }
        workers[member.worker].pausedUntil = nil
        carryOn(member.worker)
    }

    /// A member that has not been heard of for a session is out, if it is really dead or still stands still.
    mutating func expire(_ member: Member) {
        let worker = workers[member.worker]
        let isAlive = worker.isUp && worker.run == member.run
        let isCutOff = worker.cutUntil.map { $0 > now } == true
        if isAlive && worker.pausedUntil == nil && !isCutOff { return }
        guard group.members.contains(member) else { return }
        // A coordinator that comes back gives everybody a whole session.
        if let up = untilUp { return schedule(.expire(member), in: up + Self.sessionTimeout) }
        history.note(now, "the session of worker \(member.worker) expires")
        tell([(member, .lost)])
        tell(group.leave(member, lanes: weather.policy.lanes))
    }

    mutating func kick() {
        guard let member = group.members.sorted().randomElement(using: &chance), untilUp == nil
        else { return }
        history.note(now, "worker \(member.worker) is dropped from the group")
        tell([(member, .lost)])
        tell(group.leave(member, lanes: weather.policy.lanes))
    }

    mutating func deploy() {
        let worker = chance.below(workers.count)
        guard workers[worker].isUp, workers[worker].pausedUntil == nil else { return }
        history.note(now, "worker \(worker) is told to drain")
        workers[worker].isDraining = true
        feed(.drainRequested, to: worker)
    }

    // MARK: Events and effects

    mutating func feed(_ event: Event, to worker: Int) {
        guard workers[worker].isUp, let event = bent(event, for: worker) else { return }
        history.note(now, worker, event)
        if case .submitted(let submitted) = event {
            if case .accepted(let id, _) = submitted.answer {
                auditor.heard(id, by: member(worker))
            }
            hearOfAccount(submitted, by: member(worker))
        }
        let effects = workers[worker].scheduler.handle(event, at: clock(worker))
        for case .wake(let at) in effects where at <= clock(worker) {
            auditor.violate(now, .wokenForThePast, "worker \(worker), for \(at)")
        }
        workers[worker].outbox += effects.compactMap { bent($0) }
        if mutant == .submitsBeforeCommit { commitUnseen(effects, worker) }
        auditor.check(workers[worker].scheduler, at: now)
        carryOn(worker)
    }

    /// Lets the worker believe that its intents are durable already.
    private mutating func commitUnseen(_ effects: [Effect], _ worker: Int) {
        for case .write(let write) in effects {
            guard case .put(let entry) = write.change, case .intent = entry.phase else { continue }
            workers[worker].outbox += workers[worker].scheduler.handle(
                .committed([write.reference]), at: clock(worker))
        }
    }

    /// Carries out what is in the outbox; the worker may crash or stop before each effect.
    private mutating func carryOn(_ worker: Int) {
        let run = workers[worker].run
        var next = 0
        while workers[worker].isUp, workers[worker].run == run,
            workers[worker].pausedUntil == nil, next < workers[worker].outbox.count
        {
            let effect = workers[worker].outbox[next]
            if isTangible(effect) {
                if strikes(.crash) {
                    return crash(worker, why: "before \(History.say(effect))")
                }
                if strikes(.pause) {
                    pause(worker)
                    break
                }
            }
            next += 1
            execute(effect, by: worker)
        }
        workers[worker].outbox.removeFirst(min(next, workers[worker].outbox.count))
    }

    private func isTangible(_ effect: Effect) -> Bool {
        switch effect {
        case .report, .wake: false
        case .write, .submit, .query, .probe, .archive, .note, .read, .release, .stopped: true
        }
    }

    private mutating func execute(_ effect: Effect, by worker: Int) {
        history.note(now, worker, effect)
        switch effect {
        case .write(let write): gather(write, worker)
        case .note(let lane, let note):
            workers[worker].notes.append((lane, note))
            scheduleFlush(worker, in: chance.delay(1...50))
        case .submit(let order): submit(order, by: worker)
        case .query(let order):
            auditor.sent(order, at: now)
            schedule(.queryArrives(member(worker), order), in: chance.delay(5...400))
        case .probe(let order):
            let ratio = chance.happens(400) ? "16:9" : nil
            let event = Event.probed(order.reference, aspectRatio: ratio)
            schedule(member(worker), .event(event), in: Int64(chance.from(5...8000)))
        case .archive(let order):
            let answer =
                chance.happens(800)
                ? ArchiveAnswer.stored(url: "s3://x", bytes: 1, sha256: "00")
                : .failed(reason: "full")
            schedule(
                member(worker), .event(.archived(order.reference, answer)),
                in: chance.delay(5...9000))
        case .read(let lane, let partition, let count):
            read(lane, partition, count: count, worker)
        case .release(let lane, let isClean): release(lane, isClean: isClean, worker)
        case .wake(let at):
            workers[worker].wakeSerial += 1
            let delay = (at - clock(worker)).milliseconds
            schedule(
                member(worker), .wake(workers[worker].wakeSerial),
                in: max(0, delay) + chance.delay(0...5))
        case .report(let report):
            if case .moved(_, let from, let to) = report { auditor.moved(from, to) }
        case .stopped: stopped(worker)
        }
    }

    private mutating func stopped(_ worker: Int) {
        guard workers[worker].isDraining else { return }
        let member = member(worker)
        workers[worker].isUp = false
        auditor.forgive(member)
        history.note(now, "worker \(worker) has drained and leaves")
        tell(group.leave(member, lanes: weather.policy.lanes))
        schedule(.start(worker), in: chance.delay(100...5000))
    }
}
