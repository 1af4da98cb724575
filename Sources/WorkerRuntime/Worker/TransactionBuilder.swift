// From the engine's writes to the records and offsets of one transaction.

import JobEngine
import Kafka

/// Turns a batch of writes into records. Cursors are merged: only the last of each partition is written.
struct TransactionBuilder: Sendable {
    let topics: Topics
    let codec: LedgerCodec
    let outcomes: OutcomeEncoder
    let progress: ProgressEncoder
    let now: Instant

    func records(of writes: [Write]) -> [OutgoingRecord] {
        var records: [OutgoingRecord] = []
        records.reserveCapacity(writes.count * 2)
        var cursors: [LaneID: [SourcePartition: Int64]] = [:]
        for write in writes {
            append(write, to: &records)
            if let cursor = write.cursor {
                cursors[write.reference.lane, default: [:]][cursor.partition] = cursor.nextOffset
            }
        }
        for (lane, partitions) in cursors {
            for (partition, nextOffset) in partitions {
                records.append(
                    ledgerRecord(
                        lane, .cursor(partition), codec.bytes(cursor: nextOffset, at: now)))
            }
        }
        return records
    }

    private func append(_ write: Write, to records: inout [OutgoingRecord]) {
        let lane = write.reference.lane
        let key = LedgerKey.job(write.reference.job)
        switch write.change {
        case .put(let entry):
            let value = codec.bytes(entry, epoch: write.epoch, at: now)
            records.append(ledgerRecord(lane, key, value))
            if let topic = topics.progress, let value = progress.render(entry, at: now) {
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
        if let outcome = write.outcome { records.append(outcomeRecord(outcome)) }
    }

    private func outcomeRecord(_ terminal: Write.Terminal) -> OutgoingRecord {
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
