// A model of Kafka as far as the ledger leans on it: logs, transactions, stable offsets, compaction.

import JobEngine

/// Topics and transactions. The consumer group is in `Group`.
struct Broker {
    enum Key: Hashable {
        case entry(JobID)
        case late(JobID)
        case cursor(SourcePartition)
        case spend
    }

    enum Value {
        case entry(Entry)
        case note(LateNote)
        case cursor(Write.Cursor)
        case spend(Spend)
    }

    struct Record {
        var offset: Int64
        var key: Key
        /// nil: a tombstone.
        var value: Value?
        var transaction: Int
    }

    enum End { case open, committed, aborted }

    struct Transaction {
        var end: End = .open
        /// Group offsets that commit with it; nil while they have not been sent.
        var offsets: [SourcePartition: Int64]?
        var lanes: Set<LaneID> = []
        var writes: [Write] = []
        var note: LateNote?
    }

    private(set) var requests: [SourcePartition: [Intake]] = [:]
    private(set) var ledger: [LaneID: [Record]] = [:]
    private var ends: [LaneID: Int64] = [:]
    private(set) var transactions: [Transaction] = []
    private(set) var groupOffsets: [SourcePartition: Int64] = [:]

    mutating func produce(_ intake: Intake, to partition: SourcePartition) {
        requests[partition, default: []].append(intake)
    }

    func end(of partition: SourcePartition) -> Int64 { Int64(requests[partition]?.count ?? 0) }

    /// The ledger partition's log end, which a read-uncommitted query reports.
    func highWatermark(_ lane: LaneID) -> Int64 { ends[lane] ?? 0 }

    /// Where the first open transaction begins, or the end.
    func lastStableOffset(_ lane: LaneID) -> Int64 {
        for record in ledger[lane] ?? [] where transactions[record.transaction].end == .open {
            return record.offset
        }
        return highWatermark(lane)
    }

    /// A fetch of stable offsets waits while this is true.
    func hasPendingOffsets(_ partitions: [SourcePartition]) -> Bool {
        transactions.contains { transaction in
            transaction.end == .open
                && partitions.contains { transaction.offsets?[$0] != nil }
        }
    }

    // MARK: Transactions

    mutating func begin() -> Int {
        transactions.append(Transaction())
        return transactions.count - 1
    }

    mutating func append(_ writes: [Write], to transaction: Int) {
        transactions[transaction].writes += writes
        for write in writes {
            let lane = write.reference.lane
            switch write.change {
            case .put(let entry): append(.entry(entry.id), .entry(entry), lane, transaction)
            case .tombstone: append(.entry(write.reference.job), nil, lane, transaction)
            case .none: break
            }
            if write.settlesNote { append(.late(write.reference.job), nil, lane, transaction) }
            if let spend = write.spend { append(.spend, .spend(spend), lane, transaction) }
            if let cursor = write.cursor {
                append(.cursor(cursor.partition), .cursor(cursor), lane, transaction)
            }
        }
    }

    mutating func append(_ note: LateNote, to lane: LaneID, in transaction: Int) {
        transactions[transaction].note = note
        append(.late(note.job), .note(note), lane, transaction)
    }

    private mutating func append(_ key: Key, _ value: Value?, _ lane: LaneID, _ transaction: Int) {
        let offset = ends[lane] ?? 0
        ends[lane] = offset + 1
        ledger[lane, default: []].append(
            Record(offset: offset, key: key, value: value, transaction: transaction))
        transactions[transaction].lanes.insert(lane)
    }

    mutating func send(_ offsets: [SourcePartition: Int64], to transaction: Int) {
        transactions[transaction].offsets = offsets
    }

    func isOpen(_ transaction: Int) -> Bool { transactions[transaction].end == .open }

    mutating func end(_ transaction: Int, _ end: End) {
        guard isOpen(transaction) else { return }
        transactions[transaction].end = end
        // The marker takes an offset of its own.
        for lane in transactions[transaction].lanes { ends[lane, default: 0] += 1 }
        if end == .committed {
            groupOffsets.merge(transactions[transaction].offsets ?? [:]) { max($0, $1) }
        }
        for lane in transactions[transaction].lanes.sorted() { compact(lane) }
    }

    // MARK: Reading

    /// The last committed value of every key below `end`; tombstones leave nothing.
    func read(_ lane: LaneID, below end: Int64) -> [Key: Value] {
        var state: [Key: Value] = [:]
        for record in ledger[lane] ?? [] where record.offset < end {
            if transactions[record.transaction].end == .committed {
                state[record.key] = record.value
            }
        }
        return state
    }

    /// Committed notes from `position` up to the last stable offset that no later record has settled.
    func notes(_ lane: LaneID, from position: Int64) -> [LateNote] {
        let stable = lastStableOffset(lane)
        var notes: [(Int64, LateNote)] = []
        for record in ledger[lane] ?? [] where record.offset >= position && record.offset < stable {
            guard transactions[record.transaction].end == .committed else { continue }
            if case .note(let note) = record.value { notes.append((record.offset, note)) }
        }
        return notes.map(\.1)
    }

    /// Keeps the last committed record of each key below the last stable offset, once enough has gathered.
    private mutating func compact(_ lane: LaneID) {
        guard let log = ledger[lane], log.count > 60 else { return }
        let stable = lastStableOffset(lane)
        var kept: [Record] = []
        var seen: Set<Key> = []
        for record in log.reversed() {
            if record.offset >= stable {
                kept.append(record)
            } else if transactions[record.transaction].end == .committed,
                seen.insert(record.key).inserted
            {
                kept.append(record)
            }
        }
        ledger[lane] = kept.reversed()
    }
}
