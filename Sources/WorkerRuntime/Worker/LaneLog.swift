// What a lane's ledger partition says, gathered while it is read from its beginning.

import JobEngine
import Kafka

/// The last value of every key, as records come in.
struct LaneLog {
    private var jobs: [JobID: Entry] = [:]
    private(set) var notes: [JobID: LateNote] = [:]
    private(set) var cursors: [SourcePartition: Int64] = [:]
    /// Records that could not be read: reported, and left as they are.
    private(set) var unreadable: [String] = []

    var entries: [Entry] { Array(jobs.values) }

    mutating func take(_ record: Record, restoring restore: LedgerCodec.RequestRestorer)
        throws(LedgerError)
    {
        guard let key = record.key.flatMap(LedgerKey.init) else {
            unreadable.append("\(record.topicPartition)@\(record.offset): no usable key")
            return
        }
        do throws(LedgerError) {
            try take(key, record.value, restoring: restore)
        } catch .unknownVersion(let version) {
            // A newer release wrote it. Going on without it could pay for its job again.
            throw .unknownVersion(version)
        } catch {
            unreadable.append("\(record.topicPartition)@\(record.offset): \(error)")
        }
    }

    private mutating func take(
        _ key: LedgerKey, _ value: [UInt8]?, restoring restore: LedgerCodec.RequestRestorer
    ) throws(LedgerError) {
        switch key {
        case .job(let id):
            // What cannot be read must not bring back to life what it replaced: that could be paid for again.
            jobs[id] = nil
            jobs[id] = try value.map { bytes throws(LedgerError) in
                try LedgerCodec.entry(bytes, restoring: restore)
            }
        case .lateNote(let id):
            notes[id] = try value.map(LedgerCodec.lateNote)
        case .cursor(let partition):
            cursors[partition] = try value.map(LedgerCodec.nextOffset)
        }
    }
}
