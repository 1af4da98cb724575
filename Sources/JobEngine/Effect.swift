// What the engine orders: sentences in the imperative. The runtime executes them and reports back.
//
// Large payloads are boxed (`indirect`): most effects are small, and arrays of them are moved about a lot.

package enum Effect: Equatable, Sendable {
    /// Make it durable in the lane's ledger partition; answer `committed`. Writes commit in the order they were given.
    indirect case write(Write)
    indirect case submit(SubmitOrder)
    indirect case query(QueryOrder)
    indirect case probe(ProbeOrder)
    indirect case archive(ArchiveOrder)
    /// Write a note in a transaction of its own, not fenced by the lane; no answer.
    case note(LaneID, LateNote)
    /// Hand on that many more records of the partition.
    case read(LaneID, SourcePartition, count: Int)
    /// The lane may go. `isClean`: nothing is in the air, so the lane's state can be kept for a resume.
    case release(LaneID, isClean: Bool)
    /// Send `timerFired` then; replaces the last one.
    case wake(at: Instant)
    /// Something that people or metrics want to know.
    case report(Report)
    /// Drained: every lane has been released.
    case stopped
}

/// One change of the ledger with what belongs to it in the same transaction.
package struct Write: Equatable, Sendable {
    package var reference: JobReference
    package var epoch: Epoch
    package var change: Change
    package var outcome: Terminal?
    /// The request partition's next offset after this write, if it handled a record.
    package var cursor: Cursor?
    /// What the lane has set aside, if this write changed it; of several in a transaction the last counts.
    package var spend: Spend?
    /// Keys of late notes that are settled by this write and get a tombstone.
    package var settlesNote = false

    package init(
        reference: JobReference, epoch: Epoch, change: Change, outcome: Terminal? = nil,
        cursor: Cursor? = nil
    ) {
        self.reference = reference
        self.epoch = epoch
        self.change = change
        self.outcome = outcome
        self.cursor = cursor
    }

    package enum Change: Equatable, Sendable {
        indirect case put(Entry)
        case tombstone
        /// Only the cursor moves, or a note is settled.
        case none
    }

    package enum Terminal: Equatable, Sendable {
        indirect case outcome(Outcome)
        indirect case rejection(Rejection)
    }

    package struct Cursor: Equatable, Sendable {
        package var partition: SourcePartition
        package var nextOffset: Int64
        /// What reading has to reach next; nil: it is not known to be behind.
        package var mark: EndMark?

        package init(partition: SourcePartition, nextOffset: Int64, mark: EndMark? = nil) {
            self.partition = partition
            self.nextOffset = nextOffset
            self.mark = mark
        }
    }
}

/// Submit one attempt, if it can be sent before `sendBy`; answer `submitted`.
package struct SubmitOrder: Equatable, Sendable {
    package var reference: JobReference
    package var attempt: Int
    package var account: String
    /// Later than this it must not be sent: answer `notSent`.
    package var sendBy: Instant
    package var request: Request
    package var aspectRatio: String?
    /// How many tasks of this job failed and are to be replaced by a different one.
    package var renewals: Int
}

/// Ask for a task; answer `queried`.
package struct QueryOrder: Equatable, Sendable {
    package var reference: JobReference
    package var account: String
    package var model: String
    package var taskID: String
    /// nil for a task whose job is finished: only its end is of interest.
    package var request: Request?
}

/// Find the aspect ratio of the request's image; answer `probed`.
package struct ProbeOrder: Equatable, Sendable {
    package var reference: JobReference
    package var request: Request
}

/// Store the product where the user wants it; answer `archived`.
package struct ArchiveOrder: Equatable, Sendable {
    package var reference: JobReference
    package var request: Request
    package var product: Product
    package var task: Entry.Task
}

/// Facts for logs and metrics; nothing depends on them.
package enum Report: Equatable, Sendable {
    /// A job went from one state to another; `from` is nil for a new or restored one.
    case moved(JobID, from: JobState?, to: JobState)
    case finished(JobID, failure: FailureKind?)
    case duplicate(JobID, Source)
    case cancelOfUnknownJob(JobID)
    /// An attempt came to nothing and the job goes on.
    case attemptFailed(JobID, attempt: Int, FailureCause)
    /// The task of a job that was given up delivered after all.
    case deliveredAfterTheEnd(JobID, taskID: String, Product)
    case poolPaused(account: String, LaneID, until: Instant, why: FailureCause)
    /// The lane's share of today's budget (of one tenant, or of all) is used up; said once a day.
    case budgetExhausted(LaneID, tenant: String?, until: Instant)
    /// Submits fail in a row, or the credentials are refused: jobs wait, and one probe at a time looks. Said once.
    case accountDown(String, why: FailureCause, nextTry: Instant)
    /// The first good answer after that.
    case accountUp(String, after: Duration)
    case lateAnswerDropped(JobID)
    /// A task id arrived for a job that has already ended, or an operator's word about a slot that is not on hold.
    case lateNoteUnused(LateNote)
    /// An operator said that the attempt became no task, and the slot that was on hold for it is free.
    case holdLifted(LateNote)
    case laneRestored(LaneID, open: Int, finished: Int)
    /// A task was seen to be over, that long after it was at most (the last look before found it running).
    case seen(JobID, delayAtMost: Duration, queries: Int)
}
