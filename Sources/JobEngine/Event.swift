// What the engine can be told: facts in the past tense.

package enum Event: Equatable, Sendable {
    /// The worker now owns the lane, and this is what its ledger partition says.
    case laneAcquired(LaneRestore)
    /// The worker owns the lane again and nobody wrote to its partition in between.
    case laneResumed(LaneID, epoch: Epoch)
    /// The lane is to be given up: answer with `Effect.release` when everything that must be recorded is.
    case laneRevoked(LaneID)
    /// The lane was taken away without asking, or a released one went to somebody else.
    case laneLost(LaneID)
    /// Request partitions were added to the topic, and these fall to the lane.
    case partitionsAdded(LaneID, [SourcePartition: Int64])
    case requestRead(LaneID, Intake)
    /// The reader came to the end of a request partition: everything below the offset has been read, what cannot be
    /// seen (markers of transactions, aborted records) included.
    case requestsReached(LaneID, SourcePartition, Int64)
    /// Where request partitions of the lane end, asked for at `asOf` or later: what was handed in before lies below.
    /// Wanted every few seconds; finished jobs are remembered until it is known that no duplicate of theirs from
    /// within the dedup window still waits to be read.
    case requestsMeasured(LaneID, ends: [SourcePartition: Int64], asOf: Instant)
    /// These writes are durable.
    case committed([WriteReceipt])
    case submitted(Submitted)
    case queried(Queried)
    /// nil: the probe failed, or the size fits no ratio of the model.
    case probed(JobReference, aspectRatio: String?)
    case archived(JobReference, ArchiveAnswer)
    case lateNoteRead(LaneID, LateNote)
    /// The operator has changed what may change while a worker runs; see `Policy.adopting`.
    case policyChanged(Policy)
    /// Give up all lanes and stop.
    case drainRequested
    case timerFired
}

/// Which order an answer belongs to.
package struct JobReference: Hashable, Sendable {
    package var lane: LaneID
    package var job: JobID
    package var serial: Serial

    package init(lane: LaneID, job: JobID, serial: Serial) {
        self.lane = lane
        self.job = job
        self.serial = serial
    }
}

package typealias WriteReceipt = JobReference

/// The answer to `SubmitOrder`.
package struct Submitted: Equatable, Sendable {
    /// The order as it was given: what a late answer must know to find its job.
    package var order: SubmitOrder
    package var answer: SubmitAnswer

    package var reference: JobReference { order.reference }
    package var attempt: Int { order.attempt }
    package var account: String { order.account }

    package init(order: SubmitOrder, answer: SubmitAnswer) {
        self.order = order
        self.answer = answer
    }
}

/// The answer to `QueryOrder`.
package struct Queried: Equatable, Sendable {
    package var reference: JobReference
    package var answer: QueryAnswer

    package init(reference: JobReference, answer: QueryAnswer) {
        self.reference = reference
        self.answer = answer
    }
}

/// What a record on the requests topic turned out to be.
package enum Intake: Equatable, Sendable {
    case request(Request)
    /// Not a valid request: one failure record, nothing else.
    case rejected(Rejection)
    case cancel(JobID, Source)
    /// Nothing to do (a record that the runtime has already handled otherwise): the cursor moves on.
    case nothing(Source)

    var source: Source {
        switch self {
        case .request(let request): request.source
        case .rejected(let rejection): rejection.source
        case .cancel(_, let source), .nothing(let source): source
        }
    }
}

/// A lane as its ledger partition tells it.
package struct LaneRestore: Equatable, Sendable {
    package var lane: LaneID
    package var epoch: Epoch
    /// The last entry of every job id.
    package var entries: [Entry]
    package var notes: [LateNote]
    /// Where to go on reading, for every request partition of the lane.
    package var cursors: [SourcePartition: Int64]
    /// What reading had to reach next, where it was behind.
    package var marks: [SourcePartition: EndMark] = [:]
    /// What the lane had set aside when it was last written; nil: nothing yet.
    package var spend: Spend?

    package init(
        lane: LaneID, epoch: Epoch, entries: [Entry], notes: [LateNote] = [],
        cursors: [SourcePartition: Int64], marks: [SourcePartition: EndMark] = [:],
        spend: Spend? = nil
    ) {
        self.marks = marks
        self.spend = spend
        self.lane = lane
        self.epoch = epoch
        self.entries = entries
        self.notes = notes
        self.cursors = cursors
    }
}
