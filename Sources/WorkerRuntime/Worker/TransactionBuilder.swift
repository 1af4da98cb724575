// From the engine's writes to the records and offsets of one transaction.

import JobEngine
import Kafka

/// Turns a batch of writes into records. Cursors and sums are merged: only the last of each partition, and of
/// each lane, is written.
struct TransactionBuilder: Sendable {
    let topics: Topics
    let codec: LedgerCodec
    let outcomes: OutcomeEncoder
    let progress: ProgressEncoder
    let now: Instant

    /// In which form writes become records; the usual one, unless the broker finds something too large.
    enum Form {
        case whole
        /// Without progress, and outcomes without the request.
        case short
        /// Likewise, and a job whose entry is too large fails instead of going on.
        case failed

        var smaller: Form? {
            switch self {
            case .whole: .short
            case .short: .failed
            case .failed: nil
            }
        }

        /// Whether something else is written than the engine ordered.
        func changes(_ write: Write) -> Bool {
            guard self == .failed, case .put(let entry) = write.change else { return false }
            return entry.request != nil
        }
    }

    func records(of writes: [Write], as form: Form = .whole) -> [OutgoingRecord] {
        var records: [OutgoingRecord] = []
        records.reserveCapacity(writes.count * 2)
        var cursors: [LaneID: [SourcePartition: Write.Cursor]] = [:]
        var spends: [LaneID: Spend] = [:]
        for write in writes {
            if let spend = write.spend { spends[write.reference.lane] = spend }
            append(form.changes(write) ? failed(write) : write, as: form, to: &records)
            if let cursor = write.cursor {
                cursors[write.reference.lane, default: [:]][cursor.partition] = cursor
            }
        }
        for (lane, partitions) in cursors {
            for (partition, cursor) in partitions {
                records.append(
                    ledgerRecord(lane, .cursor(partition), codec.bytes(cursor, at: now)))
            }
        }
        for (lane, spend) in spends {
            records.append(ledgerRecord(lane, .spend(lane), codec.bytes(spend, at: now)))
        }
        return records
    }

    private func append(_ write: Write, as form: Form, to records: inout [OutgoingRecord]) {
        let lane = write.reference.lane
        let key = LedgerKey.job(write.reference.job)
        switch write.change {
        case .put(let entry):
            let value = codec.bytes(entry, epoch: write.epoch, at: now)
            records.append(ledgerRecord(lane, key, value))
            if form == .whole, let topic = topics.progress,
                let value = progress.render(entry, at: now)
            {
                records.append(OutgoingRecord(topic: topic, key: key.bytes, value: value))
            }
        case .tombstone:
            records.append(ledgerRecord(lane, key, nil))
        case .none:
            break
        }
        if write.settlesNote {
            records.append(ledgerRecord(lane, .lateNote(write.reference.job), nil))
        }
        if let outcome = write.outcome { records.append(outcomeRecord(outcome, as: form)) }
    }

    /// The end of a job whose entry the ledger does not take. Nothing was spent for it, unless it has a task: then the
    /// record names it.
    private func failed(_ write: Write) -> Write {
        guard case .put(var entry) = write.change else { return write }
        var task: Entry.Task?
        if case .submitted(let submitted) = entry.phase { task = submitted }
        let cause = FailureCause(
            .invalidRequest, code: "too_large",
            message: "the request is too large for the topic \(topics.ledger); raise its "
                + "max.message.bytes and the workers' message.max.bytes, or give images by image_urls",
            mayHaveBeenCharged: task != nil || entry.unknownAttempts > 0)
        let outcome = Outcome(verdict: .failed(cause), entry: entry, task: task, finishedAt: now)
        entry.phase = .finished(Entry.Ending(failure: cause.kind, at: now))
        entry.request = nil
        entry.hold = task.map {
            Entry.Hold(account: $0.account, taskID: $0.id, until: now + .seconds(600))
        }
        var write = write
        write.change = .put(entry)
        write.outcome = .outcome(outcome)
        return write
    }

    private func outcomeRecord(_ terminal: Write.Terminal, as form: Form) -> OutgoingRecord {
        var outcomes = outcomes
        outcomes.keepsRequests = form == .whole
        let rendered = outcomes.render(terminal)
        return OutgoingRecord(
            topic: rendered.isResult ? topics.results : topics.failures, key: rendered.key,
            value: rendered.value,
            headers: rendered.headers.map { Header($0.name, $0.value) })
    }

    private func ledgerRecord(_ lane: LaneID, _ key: LedgerKey, _ value: [UInt8]?)
        -> OutgoingRecord
    {
        OutgoingRecord(
            topic: topics.ledger, partition: Int32(lane.number), key: key.bytes, value: value)
    }

    func record(of note: LateNote, in lane: LaneID) -> OutgoingRecord {
        ledgerRecord(lane, .lateNote(note.job), codec.bytes(note))
    }
}
