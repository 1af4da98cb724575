// One worker of the fleet: a scheduler and the little that its runtime must remember.

import JobEngine

/// The duties of a runtime, as values; `World` carries them out.
struct SimulatedWorker {
    /// Counts the runs of the process; deeds of an earlier run are void.
    var run = 0
    var isUp = false
    var pausedUntil: Int64?
    /// Until then it reaches no broker.
    var cutUntil: Int64?
    var scheduler: Scheduler
    /// Milliseconds by which its clock is ahead of true time.
    var skew: Int64
    /// Effects not yet carried out.
    var outbox: [Effect] = []
    var wakeSerial = 0
    var isDraining = false

    /// The epoch of its membership.
    var epoch: Epoch = 0
    var holds: [LaneID: Hold] = [:]
    /// Released lanes that may come back unchanged.
    var parked: [LaneID: Parked] = [:]
    /// A rebalance waits for it to give up its lanes.
    var mustRejoin = false
    var lastWordAt: Int64 = 0

    // The writer: what has gathered, and the transaction under way.
    var writes: [Write] = []
    var notes: [(lane: LaneID, note: LateNote)] = []
    var batch: Batch?
    var isFlushDue = false

    var readers: [SourcePartition: Reader] = [:]
    /// Next offset to write as a cursor.
    var cursors: [SourcePartition: Int64] = [:]
    /// How far each ledger partition has been read for late notes.
    var tails: [LaneID: Int64] = [:]

    enum Hold: Equatable {
        case restoring(Epoch)
        case owned(Epoch)
        /// Revoked; the scheduler has not released it yet.
        case closing(Epoch)

        /// Under which its writes are valid; nil while it is being restored.
        var epoch: Epoch? {
            switch self {
            case .restoring: nil
            case .owned(let epoch), .closing(let epoch): epoch
            }
        }
    }

    struct Parked {
        var isClean: Bool
        /// The last epoch under which the lane was this worker's.
        var epoch: Epoch
        /// As asked for at the release; not to be trusted (`Mutant.resumesByWatermark`).
        var highWatermark: Int64
    }

    struct Batch {
        var transaction: Int
        var writes: [Write]
        var note: (lane: LaneID, note: LateNote)?
    }

    struct Reader {
        var lane: LaneID
        var position: Int64
        var demand = 0
        /// Records that were on their way when the reader was set back must not be handed on.
        var generation: Int
    }

    /// A write counts only under the epoch in which its lane is held now: a batch that was gathered before a
    /// rebalance must not slip through the fence with the metadata read after it.
    func mayCommit(_ write: Write) -> Bool {
        holds[write.reference.lane]?.epoch == write.epoch
    }

    init(policy: Policy, skew: Int64) {
        scheduler = Scheduler(policy: policy)
        self.skew = skew
    }
}
