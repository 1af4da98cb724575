// The ledger as a whole: the latest word on every job, every cursor and every lane.

package import JobEngine
package import Kafka

/// Folds ledger records, in the order of each partition, into what they come to. Pure.
package struct LedgerView: Sendable {
    /// An id can stand in two lanes, where its requests went to different partitions.
    package struct Key: Hashable, Sendable {
        package var lane: Int
        package var job: JobID

        package init(lane: Int, job: JobID) {
            self.lane = lane
            self.job = job
        }
    }

    /// What is known of one lane.
    package struct Lane: Sendable, Equatable {
        package var lastWrite: Instant?
        package var lastOffset: Int64 = -1
        /// Who wrote the latest entry that names its writer.
        package var worker: String?
        package var epoch: Int?
    }

    package private(set) var jobs: [Key: JobSnapshot] = [:]
    package private(set) var cursors: [SourcePartition: Int64] = [:]
    /// Notes that no owner has settled yet.
    package private(set) var notes: Set<Key> = []
    package private(set) var lanes: [Int: Lane] = [:]
    /// Records that could not be read, or are of a kind unknown to this release.
    package private(set) var others = 0

    package init() {}

    package mutating func take(_ record: Record) {
        take(LedgerRecord(record))
    }

    package mutating func take(_ record: LedgerRecord) {
        let key = { (id: JobID) in Key(lane: record.lane, job: id) }
        lanes[record.lane, default: Lane()].lastOffset = record.offset
        if let at = record.writtenAt { lanes[record.lane]?.lastWrite = at }
        switch record.content {
        case .job(let job):
            jobs[key(job.id)] = job
            lanes[record.lane]?.worker = job.worker
            lanes[record.lane]?.epoch = job.epoch
        case .forgotten(let id): jobs[key(id)] = nil
        case .cursor(let partition, let next): cursors[partition] = next
        case .note(let id, _): notes.insert(key(id))
        case .noteSettled(let id): notes.remove(key(id))
        case .bookkeeping: break
        case .other: others += 1
        }
    }

    /// All that is known under an id: usually in one lane.
    package func jobs(_ id: JobID) -> [JobSnapshot] {
        jobs.filter { $0.key.job == id }.map(\.value).sorted { $0.lane < $1.lane }
    }
}
