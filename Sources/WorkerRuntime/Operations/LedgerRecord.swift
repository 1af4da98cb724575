// One record of the ledger as tools read it: what it is about, and where it stands.

package import JSON
package import JobEngine
package import Kafka

/// A ledger record, taken apart.
package struct LedgerRecord: Sendable {
    package enum Content: Sendable {
        case job(JobSnapshot)
        /// A tombstone: the id is no longer remembered.
        case forgotten(JobID)
        case cursor(SourcePartition, nextOffset: Int64)
        /// News of a task id, from a worker or an operator.
        case note(JobID, JSONObject)
        /// The owner has dealt with the note.
        case noteSettled(JobID)
        /// What a lane has set aside, or a key that was cleared: of no interest to operators.
        case bookkeeping
        /// Of a kind that this release does not know, or damaged.
        case other
    }

    package let lane: Int
    package let offset: Int64
    package let writtenAt: Instant?
    package let content: Content

    package init(_ record: Record) {
        lane = Int(record.partition)
        offset = record.offset
        writtenAt = record.timestampMilliseconds.map { Instant(milliseconds: $0) }
        content = Self.content(record)
    }

    private static func content(_ record: Record) -> Content {
        guard let key = record.key.flatMap(LedgerKey.init) else { return .other }
        switch (key, record.value) {
        case (.job(let id), let value?):
            return JobSnapshot(id: id, value, in: record).map(Content.job) ?? .other
        case (.job(let id), nil): return .forgotten(id)
        case (.cursor(let partition), let value?):
            guard let next = (try? JSON(parsing: value))?["next_offset"]?.int64 else {
                return .other
            }
            return .cursor(partition, nextOffset: next)
        case (.spend, let value?):
            return (try? LedgerCodec.spend(value)) == nil ? .other : .bookkeeping
        case (.cursor, nil), (.spend, nil): return .bookkeeping
        case (.lateNote(let id), let value?):
            return (try? JSON(parsing: value))?.object.map { .note(id, $0) } ?? .other
        case (.lateNote(let id), nil): return .noteSettled(id)
        }
    }
}
