// Lanes come and go: what the group says, and what a runtime does about it.

import JobEngine

extension World {
    /// Delivers the coordinator's words, late, but to each member in order.
    mutating func tell(_ words: [(Member, Group.Word)]) {
        for (member, word) in words {
            let worker = member.worker
            let at = max(workers[worker].lastWordAt + 1, now + chance.delay(5...1200))
            if workers[worker].run == member.run { workers[worker].lastWordAt = at }
            schedule(member, .hear(word), in: at - now)
        }
        if let round = group.round {
            schedule(.roundTimeout(round.number), in: Self.rebalanceTimeout)
        }
    }

    mutating func join(_ worker: Int) {
        guard workers[worker].isUp, !workers[worker].isDraining else { return }
        history.note(now, "worker \(worker) joins")
        tell(group.join(member(worker), lanes: weather.policy.lanes))
    }

    mutating func hear(_ word: Group.Word, _ worker: Int) {
        switch word {
        case .revoke: revoke(worker)
        // Heard too late: it was put out meanwhile, and the next heartbeat says so.
        case .assigned where !group.members.contains(member(worker)): loseAll(worker)
        case .assigned(let epoch, let lanes): assign(lanes, epoch: epoch, worker)
        case .lost: loseAll(worker)
        }
    }

    private mutating func revoke(_ worker: Int) {
        history.note(now, "worker \(worker) is asked to give up its lanes")
        workers[worker].mustRejoin = true
        for (lane, hold) in workers[worker].holds.sorted(by: { $0.key < $1.key }) {
            switch hold {
            // The engine may know it from before, when the worker took it over anew.
            case .restoring: lose(lane, worker)
            case .owned(let epoch):
                workers[worker].holds[lane] = .closing(epoch)
                feed(.laneRevoked(lane), to: worker)
                if mutant == .releasesTooEarly { release(lane, isClean: true, worker) }
            case .closing: break
            }
        }
        rejoinIfFree(worker)
    }

    mutating func release(_ lane: LaneID, isClean: Bool, _ worker: Int) {
        guard let epoch = workers[worker].holds[lane]?.epoch else { return }
        workers[worker].holds[lane] = nil
        workers[worker].parked[lane] = SimulatedWorker.Parked(
            isClean: isClean, epoch: epoch, highWatermark: broker.highWatermark(lane))
        rejoinIfFree(worker)
    }

    private mutating func rejoinIfFree(_ worker: Int) {
        guard workers[worker].mustRejoin, workers[worker].holds.isEmpty else { return }
        workers[worker].mustRejoin = false
        schedule(member(worker), .join, in: chance.delay(1...300))
    }

    private mutating func loseAll(_ worker: Int) {
        workers[worker].mustRejoin = false
        let lanes = workers[worker].holds.keys.sorted()
        history.note(now, "worker \(worker) hears that it is out; it held \(lanes)")
        for lane in lanes { lose(lane, worker) }
        schedule(member(worker), .join, in: chance.delay(1...1000))
    }

    private mutating func lose(_ lane: LaneID, _ worker: Int) {
        workers[worker].holds[lane] = nil
        workers[worker].parked[lane] = nil
        feed(.laneLost(lane), to: worker)
        if strikes(.lostTwice) { feed(.laneLost(lane), to: worker) }
    }

    private mutating func assign(_ lanes: [LaneID], epoch: Epoch, _ worker: Int) {
        history.note(now, "worker \(worker) is given \(lanes) under epoch \(epoch)")
        workers[worker].epoch = epoch
        // It joined twice, and never was asked for what it got in between.
        for lane in workers[worker].holds.keys.sorted() { lose(lane, worker) }
        for lane in workers[worker].parked.keys.sorted() where !lanes.contains(lane) {
            lose(lane, worker)
        }
        for lane in lanes {
            // Nobody else can have written if nobody else can have owned it: no epoch lies between. The high
            // watermark does not tell, unless it is known from own writes alone: a zombie that asks for it when it
            // releases the lane gets one that its successors have moved.
            if let parked = workers[worker].parked[lane], parked.isClean,
                isUnchanged(lane, parked, epoch)
            {
                resume(lane, epoch: epoch, worker)
            } else {
                workers[worker].holds[lane] = .restoring(epoch)
                schedule(
                    member(worker), .restore(lane, epoch, target: nil), in: chance.delay(5...500))
            }
        }
    }

    private func isUnchanged(
        _ lane: LaneID, _ parked: SimulatedWorker.Parked, _ epoch: Epoch
    ) -> Bool {
        mutant == .resumesByWatermark
            ? parked.highWatermark == broker.highWatermark(lane) : parked.epoch + 1 == epoch
    }

    private mutating func resume(_ lane: LaneID, epoch: Epoch, _ worker: Int) {
        workers[worker].parked[lane] = nil
        workers[worker].holds[lane] = .owned(epoch)
        for partition in partitions(of: lane) {
            setReader(of: partition, lane, to: workers[worker].cursors[partition] ?? 0, worker)
        }
        feed(.laneResumed(lane, epoch: epoch), to: worker)
        measure(lane, epoch, worker)
        schedule(member(worker), .tail(lane), in: 10)
    }

    /// Stable offsets first, then the high watermark, then everything below it; retried until nothing is pending.
    mutating func restore(_ lane: LaneID, epoch: Epoch, target: Int64?, _ worker: Int) {
        guard workers[worker].holds[lane] == .restoring(epoch) else { return }
        guard let target else {
            let isPending =
                mutant != .restoresWhatIsStable
                && broker.hasPendingOffsets(partitions(of: lane))
            let end =
                mutant == .restoresWhatIsStable
                ? broker.lastStableOffset(lane) : broker.highWatermark(lane)
            let target = isPending ? nil : end
            return schedule(
                member(worker), .restore(lane, epoch, target: target), in: chance.delay(10...400))
        }
        guard broker.lastStableOffset(lane) >= target else {
            return schedule(
                member(worker), .restore(lane, epoch, target: target), in: chance.delay(10...400))
        }
        acquire(lane, epoch: epoch, target: target, worker)
    }

    private mutating func acquire(_ lane: LaneID, epoch: Epoch, target: Int64, _ worker: Int) {
        var restore = LaneRestore(lane: lane, epoch: epoch, entries: [], cursors: [:])
        for partition in partitions(of: lane) {
            restore.cursors[partition] =
                mutant == .cursorNotRestored ? 0 : broker.groupOffsets[partition] ?? 0
        }
        for (key, value) in broker.read(lane, below: target) {
            switch (key, value) {
            case (_, .entry(let entry)): restore.entries.append(entry)
            case (_, .note(let note)): restore.notes.append(note)
            case (.cursor(let partition), .cursor(let cursor)):
                if mutant == .cursorNotRestored { continue }
                restore.cursors[partition] = max(
                    restore.cursors[partition] ?? 0, cursor.nextOffset)
                restore.marks[partition] = cursor.mark
            case (_, .spend(let spend)): restore.spend = spend
            case (.entry, .cursor), (.late, .cursor), (.spend, .cursor): break
            }
        }
        restore.notes.sort { ($0.job, $0.attempt) < ($1.job, $1.attempt) }
        restore.entries.sort { $0.id < $1.id }
        workers[worker].parked[lane] = nil
        workers[worker].holds[lane] = .owned(epoch)
        // Of the tenure before, if the lane is taken over anew under the same epoch; a runtime numbers them apart.
        workers[worker].writes.removeAll { $0.reference.lane == lane }
        workers[worker].tails[lane] = target
        for (partition, offset) in restore.cursors.sorted(by: { $0.key < $1.key }) {
            workers[worker].cursors[partition] = offset
            setReader(of: partition, lane, to: offset, worker)
        }
        auditor.acquired(lane)
        feed(.laneAcquired(restore), to: worker)
        measure(lane, epoch, worker)
        schedule(member(worker), .tail(lane), in: 10)
    }

    private mutating func setReader(
        of partition: SourcePartition, _ lane: LaneID, to position: Int64, _ worker: Int
    ) {
        let generation = (workers[worker].readers[partition]?.generation ?? 0) + 1
        workers[worker].readers[partition] = SimulatedWorker.Reader(
            lane: lane, position: position, generation: generation)
    }
}
