// How a lane takes in requests: its window, its cursors, duplicates and cancels.

extension Lane {
    /// Records asked for at once at most: bounds what can overshoot the window in bytes.
    static let largestHelping = 64

    /// Asks for more records, as far as the window is open: an equal share for each request partition, at least one.
    ///
    /// What has been asked for of an idle partition cannot be called back, so open jobs can reach twice the window, or
    /// the window and one for each partition, whichever is more; never beyond. Writes that are not committed close the
    /// window as open jobs do, so that records which become no job cannot gather while the ledger stands still.
    mutating func topUp(turn: inout Turn) {
        guard phase == .active, !cursors.isEmpty, openBytes < turn.policy.windowBytes else {
            return
        }
        let room = turn.policy.windowJobs - max(openJobs, writesInFlight.count)
        guard room > 0 else { return }
        let helping = min(max(1, room / cursors.count), Self.largestHelping)
        // Mostly nothing is to be asked for, and then nothing needs an order.
        guard cursors.keys.contains(where: { wantsMore(of: $0, helping) }) else { return }
        for partition in cursors.keys.sorted() {
            guard wantsMore(of: partition, helping) else { continue }
            let asked = max(0, demand[partition, default: 0])
            demand[partition] = helping
            turn.effects.append(.read(id, partition, count: helping - asked))
        }
    }

    private func wantsMore(of partition: SourcePartition, _ helping: Int) -> Bool {
        let asked = max(0, demand[partition, default: 0])
        return asked * 2 < helping || asked == 0
    }

    mutating func read(_ intake: Intake, turn: inout Turn) {
        guard phase == .active else { return }
        let source = intake.source
        demand[source.partition, default: 1] -= 1
        // A record that was on its way when the reader was set back comes twice.
        guard let next = cursors[source.partition], source.offset >= next else { return }
        let cursor = Write.Cursor(
            partition: source.partition, nextOffset: source.offset + 1,
            mark: progress[source.partition]?.mark)
        cursors[source.partition] = cursor.nextOffset
        switch intake {
        case .request(let request):
            accept(request, cursor: cursor, turn: &turn)
        case .rejected(let rejection):
            reject(rejection, cursor: cursor, turn: &turn)
        case .cancel(let id, _):
            cancel(id, cursor: cursor, turn: &turn)
        case .nothing:
            write(.none, key: "", cursor: cursor, turn: &turn)
        }
    }

    private mutating func accept(_ request: Request, cursor: Write.Cursor, turn: inout Turn) {
        var hold: Entry.Hold?
        if let job = jobs[request.id] {
            // A failed job makes room for a fresh start, which inherits the slot that it may still occupy. Its last
            // write may be in flight: this one commits after it.
            guard finishedBadly(job.entry) else {
                return duplicate(request, cursor: cursor, turn: &turn)
            }
            hold = job.entry.hold
            if hold?.model == nil { hold?.model = job.entry.model }
            if let slot = job.slot { release(slot, job.tenant) }
        } else if let ending = finished[request.id], ending.failure == nil {
            return duplicate(request, cursor: cursor, turn: &turn)
        }
        finished[request.id] = nil
        let job = Job(request: request, acceptedAt: turn.now, hold: hold)
        jobs[request.id] = job
        if let slot = job.slot { take(slot, job.tenant) }
        openJobs += 1
        openBytes += request.payload.count
        turn.report(.moved(request.id, from: nil, to: .accepting))
        writeAccepted(request.id, cursor: cursor, turn: &turn)
    }

    private func finishedBadly(_ entry: Entry) -> Bool {
        if case .finished(let ending) = entry.phase { ending.failure != nil } else { false }
    }

    private mutating func writeAccepted(
        _ id: JobID, cursor: Write.Cursor, turn: inout Turn
    ) {
        guard let entry = jobs[id]?.entry else { return }
        let reference = write(.put(entry), key: id, cursor: cursor, turn: &turn)
        jobs[id]?.pending = reference.serial
    }

    private mutating func duplicate(
        _ request: Request, cursor: Write.Cursor, turn: inout Turn
    ) {
        turn.report(.duplicate(request.id, request.source))
        write(.none, key: "", cursor: cursor, turn: &turn)
    }

    /// One failure record; the id is not remembered, since nothing was accepted under it. An id that is open or has
    /// succeeded has, or will have, its outcome: an invalid record under the same id is a duplicate like any other.
    private mutating func reject(
        _ rejection: Rejection, cursor: Write.Cursor, turn: inout Turn
    ) {
        if jobs[rejection.id] != nil || finished[rejection.id].map({ $0.failure == nil }) == true {
            turn.report(.duplicate(rejection.id, rejection.source))
            write(.none, key: "", cursor: cursor, turn: &turn)
            return
        }
        turn.report(.finished(rejection.id, failure: rejection.cause.kind))
        write(
            .none, key: "", outcome: .rejection(rejection), cursor: cursor, turn: &turn)
    }

    private mutating func cancel(_ id: JobID, cursor: Write.Cursor, turn: inout Turn) {
        guard let state = jobs[id]?.state else {
            turn.report(.cancelOfUnknownJob(id))
            write(.none, key: "", cursor: cursor, turn: &turn)
            return
        }
        switch state {
        case .delayed, .queued, .probing:
            tell(id, .cancelled, cursor: cursor, turn: &turn)
        case .accepting, .intending, .submitting, .recording, .polling, .querying, .returning,
            .doubting:
            // The wish is durable together with the cursor; the job acts on it when its order is answered.
            jobs[id]?.entry.isCancelled = true
            guard let entry = jobs[id]?.entry else { return }
            write(.put(entry), key: id, cursor: cursor, turn: &turn)
        case .archiving, .finishing, .lingering, .checking, .settling, .finished:
            write(.none, key: "", cursor: cursor, turn: &turn)
        }
    }

    /// A write that no job waits for (unless the caller makes it so).
    @discardableResult
    mutating func write(
        _ change: Write.Change, key: JobID, outcome: Write.Terminal? = nil,
        cursor: Write.Cursor? = nil, settlesNote: Bool = false, turn: inout Turn
    ) -> JobReference {
        let reference = JobReference(lane: id, job: key, serial: turn.nextSerial())
        var write = Write(
            reference: reference, epoch: epoch, change: change, outcome: outcome, cursor: cursor)
        write.settlesNote = settlesNote
        write.spend = takeUnwrittenSpend()
        writesInFlight.insert(reference.serial)
        turn.effects.append(.write(write))
        return reference
    }
}
