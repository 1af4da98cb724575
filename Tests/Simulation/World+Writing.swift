// The ledger writer: what has gathered commits in one fenced transaction, or is written again.

import JobEngine

extension World {
    mutating func gather(_ write: Write, _ worker: Int) {
        workers[worker].writes.append(write)
        if let cursor = write.cursor {
            workers[worker].cursors[cursor.partition] = cursor.nextOffset
        }
        scheduleFlush(worker, in: chance.delay(1...20))
    }

    mutating func scheduleFlush(_ worker: Int, in delay: Int64) {
        guard !workers[worker].isFlushDue else { return }
        workers[worker].isFlushDue = true
        schedule(member(worker), .flush, in: delay)
    }

    mutating func flush(_ worker: Int) {
        workers[worker].isFlushDue = false
        guard workers[worker].batch == nil else { return }
        if !workers[worker].notes.isEmpty { return beginNote(worker) }
        let state = workers[worker]
        if mutant != .lostLanesWritten, mutant != .notFenced {
            workers[worker].writes.removeAll { !state.mayCommit($0) }
        }
        let batch = Array(workers[worker].writes.prefix(1 + chance.below(30)))
        guard !batch.isEmpty else { return }
        workers[worker].writes.removeFirst(batch.count)
        let transaction = begin(worker, SimulatedWorker.Batch(transaction: 0, writes: batch))
        broker.append(batch, to: transaction)
        schedule(member(worker), .step(transaction, .offsets), in: chance.delay(1...200))
    }

    /// A note goes out in a transaction of its own, not fenced by any lane.
    private mutating func beginNote(_ worker: Int) {
        let note = workers[worker].notes.removeFirst()
        let transaction = begin(
            worker, SimulatedWorker.Batch(transaction: 0, writes: [], note: note))
        broker.append(note.note, to: note.lane, in: transaction)
        schedule(member(worker), .step(transaction, .end), in: chance.delay(1...200))
    }

    private mutating func begin(_ worker: Int, _ batch: SimulatedWorker.Batch) -> Int {
        let transaction = broker.begin()
        workers[worker].batch = batch
        workers[worker].batch?.transaction = transaction
        schedule(.transactionTimeout(transaction), in: Self.transactionTimeout)
        return transaction
    }

    mutating func take(_ step: Step, of transaction: Int, _ worker: Int) {
        guard let batch = workers[worker].batch, batch.transaction == transaction else { return }
        if step != .learn && !broker.isOpen(transaction) {
            return renewProducer(worker)
        }
        switch step {
        case .offsets: sendOffsets(batch, worker)
        case .end: finish(batch, worker)
        case .learn: learn(batch, worker)
        }
    }

    /// The transaction's time-out has fenced the producer: the worker makes a new one, and takes its lanes over anew.
    private mutating func renewProducer(_ worker: Int) {
        history.note(now, "worker \(worker) makes its producer anew")
        if let note = workers[worker].batch?.note { workers[worker].notes.insert(note, at: 0) }
        workers[worker].batch = nil
        workers[worker].writes = []
        for (lane, hold) in workers[worker].holds.sorted(by: { $0.key < $1.key }) {
            guard case .owned(let epoch) = hold else { continue }
            workers[worker].holds[lane] = .restoring(epoch)
            schedule(
                member(worker), .restore(lane, epoch, target: nil), in: chance.delay(5...500))
        }
        scheduleFlush(worker, in: chance.delay(20...500))
    }

    private mutating func sendOffsets(_ batch: SimulatedWorker.Batch, _ worker: Int) {
        let state = workers[worker]
        let isOwned =
            mutant == .lostLanesWritten || mutant == .notFenced
            || batch.writes.allSatisfy(state.mayCommit)
        let isMember =
            mutant == .notFenced || group.accepts(member(worker), epoch: state.epoch)
        guard !strikes(.abort), isOwned, isMember else { return abort(batch, worker) }
        var offsets: [SourcePartition: Int64] = [:]
        for lane in Set(batch.writes.map(\.reference.lane)) {
            guard let partition = partitions(of: lane).first else { continue }
            offsets[partition] = state.cursors[partition] ?? 0
        }
        // What has not been committed yet must not be published: the cursor in this very batch is the truth.
        for partition in offsets.keys {
            let own = batch.writes.last { $0.cursor?.partition == partition }?.cursor?.nextOffset
            offsets[partition] = own ?? broker.groupOffsets[partition] ?? 0
        }
        broker.send(offsets, to: batch.transaction)
        schedule(member(worker), .step(batch.transaction, .end), in: chance.delay(1...200))
    }

    private mutating func finish(_ batch: SimulatedWorker.Batch, _ worker: Int) {
        if strikes(.fatal) { return crash(worker, why: "its producer failed for good") }
        if strikes(.abort) { return abort(batch, worker) }
        if strikes(.hang) {
            hanging.insert(batch.transaction)
            let end: Broker.End = chance.happens(600) ? .committed : .aborted
            schedule(
                .transactionEnds(batch.transaction, end), in: Int64(chance.from(200...12_000)))
        } else {
            end(batch.transaction, .committed)
        }
        schedule(member(worker), .step(batch.transaction, .learn), in: chance.delay(1...300))
    }

    private mutating func learn(_ batch: SimulatedWorker.Batch, _ worker: Int) {
        switch broker.transactions[batch.transaction].end {
        case .open:
            schedule(member(worker), .step(batch.transaction, .learn), in: 100)
        case .aborted:
            abort(batch, worker)
        case .committed:
            workers[worker].batch = nil
            scheduleFlush(worker, in: 1)
            if !batch.writes.isEmpty {
                feed(.committed(batch.writes.map(\.reference)), to: worker)
            }
        }
    }

    /// Everything is written again; what belongs to lanes that are gone falls out at the next flush.
    private mutating func abort(_ batch: SimulatedWorker.Batch, _ worker: Int) {
        end(batch.transaction, .aborted)
        history.note(now, "the transaction of worker \(worker) aborts")
        if mutant != .abortedBatchDropped {
            workers[worker].writes = batch.writes + workers[worker].writes
        }
        if let note = batch.note { workers[worker].notes.insert(note, at: 0) }
        workers[worker].batch = nil
        scheduleFlush(worker, in: chance.delay(20...500))
    }

    /// A transaction ends at the broker: from here on everybody can see it.
    mutating func end(_ transaction: Int, _ end: Broker.End) {
        guard broker.isOpen(transaction) else { return }
        broker.end(transaction, end)
        guard end == .committed else { return }
        for write in broker.transactions[transaction].writes {
            history.committed(now, write)
            auditor.committed(write, at: now, provider: provider)
        }
        if let task = broker.transactions[transaction].note?.taskID { auditor.recorded(task) }
        for lane in broker.transactions[transaction].lanes.sorted() {
            for worker in workers.indices where workers[worker].holds[lane]?.epoch != nil {
                schedule(member(worker), .tail(lane), in: chance.delay(10...800))
            }
        }
    }
}
