// Whether an operator may say that a submit became no task, and to which job.

import JSON
package import JobEngine

/// Why a job is left alone, with the way out. Follows its id in a sentence.
package enum LossRefusal: Error, Equatable, CustomStringConvertible {
    case unknown
    /// Its submit may still be answered.
    case inDoubt(until: Instant)
    case running(task: String)
    /// It has ended, and its task is still asked for.
    case watched(task: String, until: Instant)
    /// The hold is that of an earlier job of the same id.
    case inherited(until: Instant)
    case holdsNothing(JobSnapshot.Stage)
    /// A note of which its owner has not heard yet: another one would take its place.
    case noted
    case unreadable

    package var description: String {
        switch self {
        case .unknown:
            "is not known to the ledger: look for the id with jimeng jobs --all; "
                + "ids are forgotten after the dedup window"
        case .inDoubt(let until):
            "is in doubt: the answer to its submit may still reach a worker. Try again after "
                + "\(Timestamp.text(until)), when its owner has stopped waiting for it"
        case .running(let task):
            "runs as task \(task): nothing is unknown, and the slot is free when the task has ended"
        case .watched(let task, let until):
            "holds a slot for task \(task), which is known: its owner asks for it, and the slot is "
                + "free when it has ended, at the latest at \(Timestamp.text(until))"
        case .inherited(let until):
            "waits for a slot that an earlier job of its id holds, and the ledger no longer says for "
                + "which attempt: the slot is free at \(Timestamp.text(until))"
        case .holdsNothing(let stage):
            "is \(stage.rawValue) and holds no slot: there is nothing to free"
        case .noted:
            "has a note that its owner has not read yet: see jimeng explain, and try again when "
                + "the owner has dealt with it"
        case .unreadable:
            "has an entry that this release cannot read: use the release that its worker runs"
        }
    }
}

extension LedgerView {
    /// The note that frees the slot which a job of this id holds for a submit of unknown fate, and the job.
    package func noteOfLoss(
        _ id: JobID, at now: Instant
    ) throws(LossRefusal) -> (job: JobSnapshot, note: LateNote) {
        var refusal: LossRefusal?
        for job in jobs(id) {
            do throws(LossRefusal) {
                let note = try job.noteOfLoss(at: now)
                if notes.contains(Key(lane: job.lane, job: id)) { throw .noted }
                return (job, note)
            } catch {
                // Of an id that stands in several lanes, the lane that holds something says more.
                if case .holdsNothing? = refusal { refusal = error }
                refusal = refusal ?? error
            }
        }
        throw refusal ?? .unknown
    }
}

extension JobSnapshot {
    fileprivate func noteOfLoss(at now: Instant) throws(LossRefusal) -> LateNote {
        switch state {
        case "accepted", "finished": break
        case "intent": throw .inDoubt(until: fateSealed ?? now)
        case "submitted": throw .running(task: taskID ?? "?")
        default: throw .unreadable
        }
        guard let hold, hold.until > now else { throw .holdsNothing(stage(at: now)) }
        if let task = hold.taskID { throw .watched(task: task, until: hold.until) }
        guard attempt > 0 else { throw .inherited(until: hold.until) }
        guard let source else { throw .unreadable }
        return LateNote(
            job: id, source: source, attempt: attempt, news: .lost, account: hold.account,
            model: members["hold"]?["model"]?.string ?? model, notedAt: now)
    }

    /// When no answer is waited for any more, whoever owns the lane, by the usual settings.
    private var fateSealed: Instant? {
        let policy = Policy()
        return instant("send_by").map { $0 + policy.submitTimeout + policy.lateNewsGrace }
    }
}
