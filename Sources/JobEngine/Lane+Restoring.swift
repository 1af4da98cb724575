// How a lane's jobs rise from its ledger partition, and how late news finds them.

extension Lane {
    init(restoring restore: LaneRestore, turn: inout Turn) {
        self.init(id: restore.lane, epoch: restore.epoch, turn: turn)
        cursors = restore.cursors
        // By our clock it lies in the past, whatever the clock of its owner said.
        progress = restore.marks.mapValues {
            ReadingProgress(mark: EndMark(offset: $0.offset, asOf: min($0.asOf, turn.now)))
        }
        if let spend = restore.spend { self.spend = spend }
        // In the order in which they were accepted, so that equal ranks keep their order.
        let entries = restore.entries.sorted {
            ($0.acceptedAt, $0.source.partition, $0.source.offset, $0.id)
                < ($1.acceptedAt, $1.source.partition, $1.source.offset, $1.id)
        }
        turn.times.hear(entries, of: id, bounds: turn.policy.polling, at: turn.now)
        for entry in entries { restoreJob(entry, turn: &turn) }
        for note in restore.notes { lateNoteRead(note, turn: &turn) }
        turn.report(.laneRestored(id, open: openJobs, finished: finished.count))
    }

    private mutating func restoreJob(_ entry: Entry, turn: inout Turn) {
        switch entry.phase {
        case .accepted:
            insert(entry, state: .delayed, alarm: turn.now, turn: &turn)
        case .intent(let intent):
            let policy = turn.policy
            // The intent was minted before this lane came to us: by our clock its send-by is at most a window away,
            // whatever the clock of its owner said.
            let sendBy = min(intent.sendBy, turn.now + policy.sendWindow)
            let sealed = sendBy + policy.submitTimeout + policy.lateNewsGrace
            insert(entry, state: .doubting, alarm: sealed, turn: &turn)
        case .submitted(let task):
            let look = firstLook(at: task, of: entry, turn: &turn)
            insert(entry, state: .polling, alarm: look, turn: &turn)
        case .finished(let ending):
            if let hold = entry.hold, hold.until > turn.now {
                insert(
                    entry, state: .lingering,
                    alarm: hold.taskID == nil ? hold.until : spread(entry.id, turn), turn: &turn)
            } else {
                remember(entry.id, ending, turn: &turn)
            }
        }
    }

    /// When to look first at a task that a predecessor left: soon if it may be done, else when it may be.
    private func firstLook(at task: Entry.Task, of entry: Entry, turn: inout Turn) -> Instant {
        let soon = spread(entry.id, turn)
        let (submittedAt, polling) = (min(task.submittedAt, turn.now), turn.policy.polling)
        guard let first = looks(at: entry.timeClass, on: task.account, turn: &turn)?.firstLook
        else {
            return soon
        }
        let timeout = submittedAt + turn.policy.taskTimeout
        let limit = min(timeout, entry.request?.deadline ?? timeout)
        return max(soon, min(submittedAt + max(first, polling.firstLook), limit))
    }

    /// First looks after a take-over do not all fall on the same instant.
    private func spread(_ id: JobID, _ turn: Turn) -> Instant {
        let width = UInt64(max(1, turn.policy.restoreSpread.milliseconds))
        return turn.now + .milliseconds(Int64(Jitter.seed(id, 0) % width))
    }

    private mutating func insert(
        _ entry: Entry, state: JobState, alarm: Instant, turn: inout Turn
    ) {
        let job = Job(restored: entry, state: state, alarm: alarm)
        jobs[entry.id] = job
        if let slot = job.slot { take(slot, job.tenant) }
        if state != .lingering {
            openJobs += 1
            openBytes += entry.request?.payload.count ?? 0
        }
        turn.timetable.set(.job(id, entry.id), at: alarm)
        turn.report(.moved(entry.id, from: nil, to: state))
    }

    /// A note that somebody wrote who may not write the job's entry.
    mutating func lateNoteRead(_ note: LateNote, turn: inout Turn) {
        let job = jobs[note.job]
        if let job, job.isConcerned(by: note) {
            if case .lost = note.news { turn.report(.holdLifted(note)) }
            tell(note.job, .lateNewsArrived(note), turn: &turn)
            // A job that waited goes on at once, before another takes its slot; whatever it orders commits after this.
            if job.state == .delayed, let entry = jobs[note.job]?.entry {
                write(.put(entry), key: note.job, settlesNote: true, turn: &turn)
            }
            return
        }
        let isKnown = note.taskID != nil && note.taskID == job?.task?.id
        if !isKnown { turn.report(.lateNoteUnused(note)) }
        write(.none, key: note.job, settlesNote: true, turn: &turn)
    }

    /// Sets all alarms anew: they were dropped when the lane was parked.
    mutating func resetAlarms(turn: inout Turn) {
        (looksDue, looksAlarm) = ([:], nil)
        unburied = []
        for job in jobs.values.sorted(by: { $0.entry.id < $1.entry.id }) {
            guard let alarm = job.alarm else { continue }
            turn.timetable.set(.job(id, job.entry.id), at: alarm)
        }
        for (job, ending) in finished.sorted(by: { $0.key < $1.key }) {
            turn.timetable.set(.burial(id, job), at: ending.at + turn.policy.dedupWindow)
        }
    }
}
