// What is kept of a lane that was given up with nothing in the air.

import JobEngine

/// The state in memory stays true if nobody else has owned the lane since, which two things show together.
///
/// The high watermark alone does not: a worker that was frozen past its session handles the revocation late, asks for the
/// watermark when others have owned the lane and written to it, and would find it unchanged when the lane comes back. But
/// then the group has gone through at least two generations: one without this worker, and one with it again.
struct Parking: Sendable {
    /// Of the ledger partition, taken when the lane was released.
    var highWatermark: Int64
    /// The committed next offset of each request partition.
    var cursors: [SourcePartition: Int64]
    /// The group's generation in which the lane was held.
    var generation: Int32

    /// Whether the assignment of that generation is the very next one.
    func isFollowed(by next: Int32?) -> Bool {
        next == generation + 1
    }
}
