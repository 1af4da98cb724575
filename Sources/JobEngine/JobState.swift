// The states of a job in memory, and which of them occupy a slot.

/// Where a job stands. The durable part of it is `Entry.Phase`; the states between say what is in the air.
package enum JobState: String, CaseIterable, Sendable {
    /// The `accepted` entry is being written.
    case accepting
    /// The image is being looked at.
    case probing
    /// Waits for a time: `not_before`, a back-off, or the end of a hold.
    case delayed
    /// Ready; waits for a slot.
    case queued
    /// The intent is being written.
    case intending
    /// The submit is in the air.
    case submitting
    /// The task id is being written.
    case recording
    /// The task runs; the next look is in the timetable.
    case polling
    /// A query is in the air.
    case querying
    /// The product is being stored.
    case archiving
    /// The return to `accepted` is being written: the attempt certainly came to nothing.
    case returning
    /// A predecessor may have submitted; waits for its late news.
    case doubting
    /// The outcome is being written.
    case finishing
    /// The outcome is out, but the task may still run: its slot stays taken.
    case lingering
    /// A query for such a task is in the air.
    case checking
    /// The end of such a hold is being written.
    case settling
    /// All done; kept for the dedup window.
    case finished
}

extension JobState {
    /// In which states a job can begin: a new one, and those that rise from the ledger.
    package static let beginnings: Set<JobState> = [
        .accepting, .delayed, .doubting, .polling, .lingering,
    ]

    /// What a state may become, other than itself. The diagram in the docs is drawn from this, and a test compares it with the
    /// transitions that random lives take: none is missing, none is idle.
    package var mayBecome: Set<JobState> {
        switch self {
        case .accepting, .returning: [.probing, .delayed, .queued, .finishing]
        case .probing: [.queued, .finishing]
        case .delayed: [.probing, .queued, .finishing]
        case .queued: [.intending, .finishing]
        case .intending: [.submitting, .returning]
        case .submitting: [.recording, .returning, .finishing]
        case .recording: [.polling]
        case .polling: [.querying]
        case .querying: [.polling, .archiving, .returning, .finishing]
        case .archiving: [.finishing]
        case .doubting: [.recording, .returning, .finishing]
        case .finishing: [.finished, .lingering]
        case .lingering: [.checking, .settling]
        case .checking: [.lingering, .settling]
        case .settling: [.finished]
        case .finished: []
        }
    }
}
