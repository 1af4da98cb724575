// What a job learns of its submit from a note, when no answer reached its owner.

extension Job {
    /// Whether the note is about an attempt of which this job does not know what it became.
    ///
    /// An id can be used again, and a slot can be on hold for another attempt: both are compared. While the owner
    /// still waits to hear that the entry with the hold is durable, the note comes too early: it is said to be unused.
    func isConcerned(by note: LateNote) -> Bool {
        guard note.source == entry.source, note.attempt == entry.attempt else { return false }
        switch note.news {
        case .task: return state == .doubting
        case .lost: return (state == .lingering || state == .delayed) && holdsWithoutTask
        }
    }

    /// The slot is on hold for the last attempt, and there is no task to ask for.
    ///
    /// Before its first attempt a job can only have inherited a hold, and its entry does not say of which attempt.
    private var holdsWithoutTask: Bool {
        guard let hold = entry.hold else { return false }
        return hold.taskID == nil && entry.attempt > 0
    }

    mutating func lateNewsArrived(_ note: LateNote, in context: Context) -> Order? {
        guard isConcerned(by: note) else { impossible(.lateNewsArrived(note)) }
        switch note.news {
        case .task(let id, _):
            let submittedAt = min(note.notedAt, context.now)
            return record(
                Entry.Task(id: id, account: note.account, submittedAt: submittedAt),
                settlesNote: true)
        case .lost:
            return liftHold(in: context)
        }
    }

    /// Frees the slot and changes nothing else: an operator's word does not rewrite what was written of the attempt,
    /// what it may have cost, or that it may have been paid.
    private mutating func liftHold(in context: Context) -> Order? {
        guard case .accepted(let retryAt) = entry.phase else { return settle(settlesNote: true) }
        // Policy `resubmit`: it waits for the end of the hold, or for a back-off that ends later.
        if let hold = entry.hold, let retryAt, retryAt <= hold.until {
            entry.phase = .accepted(retryAt: nil)
        }
        entry.hold = nil
        return wait(in: context)
    }
}
