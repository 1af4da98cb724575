// Lanes come and go.

extension Scheduler {
    mutating func acquire(_ restore: LaneRestore) {
        let predecessor = lanes[restore.lane]
        turn.forgetAlarms(of: restore.lane)
        lanes[restore.lane] = Lane(restoring: restore, turn: &turn)
        // Answers that came meanwhile belong to attempts that the ledger may know.
        for event in predecessor?.held ?? [] {
            if case .submitted(let submitted) = event { lateSubmit(submitted) }
        }
        if let predecessor { noteUnrecorded(predecessor) }
        touch(restore.lane)
        if isDraining { close(restore.lane) }
    }

    /// Nobody wrote to the lane's partition in between: go on where it was left.
    mutating func resume(_ id: LaneID, epoch: Epoch) {
        guard lanes[id]?.phase == .parked else { return }
        lanes[id]?.phase = .active
        lanes[id]?.epoch = epoch
        lanes[id]?.demand = [:]
        lanes[id]?.fillAlarm = nil
        lanes[id]?.resetAlarms(turn: &turn)
        let held = lanes[id]?.held ?? []
        lanes[id]?.held = []
        for event in held { replay(event) }
        touch(id)
        if isDraining { close(id) }
    }

    private mutating func replay(_ event: Event) {
        switch event {
        case .submitted(let submitted): self.submitted(submitted)
        case .queried(let queried): self.queried(queried)
        case .probed(let reference, let ratio):
            answer(reference, .probed(aspectRatio: ratio), or: event)
        case .archived(let reference, let archived):
            answer(reference, .archived(archived), or: event)
        case .lateNoteRead(let lane, let note): lateNoteRead(note, in: lane)
        case .laneAcquired, .laneResumed, .laneRevoked, .laneLost, .partitionsAdded, .requestRead,
            .requestsReached, .requestsMeasured, .committed, .policyChanged, .drainRequested,
            .timerFired:
            fatalError("\(event) is never held for a lane")
        }
    }

    /// The lane is to be given up. Always answered by a release: one that is parked, or was never heard of (the
    /// runtime was still reading its ledger), can go at once.
    mutating func revoke(_ id: LaneID) {
        switch lanes[id]?.phase {
        case .active: close(id)
        case .closing: break
        case .parked: turn.effects.append(.release(id, isClean: lanes[id]?.isParkedClean == true))
        case nil: turn.effects.append(.release(id, isClean: false))
        }
    }

    /// No new intents; what is in the air is waited for, within bounds.
    mutating func close(_ id: LaneID) {
        guard lanes[id]?.phase == .active else { return }
        lanes[id]?.phase = .closing
        turn.timetable.set(.closing(id), at: turn.now + turn.policy.closingGrace)
        touch(id)
    }

    mutating func release(_ id: LaneID, isClean: Bool) {
        guard lanes[id]?.phase == .closing else { return }
        lanes[id]?.phase = .parked
        lanes[id]?.isParkedClean = isClean
        turn.forgetAlarms(of: id)
        turn.effects.append(.release(id, isClean: isClean))
    }

    mutating func lose(_ id: LaneID) {
        guard let lane = lanes.removeValue(forKey: id) else { return }
        turn.forgetAlarms(of: id)
        for event in lane.held {
            if case .submitted(let submitted) = event { lateSubmit(submitted) }
        }
        noteUnrecorded(lane)
    }

    /// Task ids whose record had not committed when the lane went: the next owner must hear of them.
    ///
    /// The record may yet turn out to have committed; then the note is settled without harm.
    private mutating func noteUnrecorded(_ lane: Lane) {
        let recording = lane.jobs.values.filter { $0.state == .recording }
        for job in recording.sorted(by: { $0.entry.id < $1.entry.id }) {
            guard let task = job.task else { continue }
            let note = LateNote(
                job: job.entry.id, source: job.entry.source, attempt: job.entry.attempt,
                news: .task(task.id, requestID: nil), account: task.account,
                model: job.entry.model, notedAt: turn.now)
            turn.effects.append(.note(lane.id, note))
        }
    }
}
