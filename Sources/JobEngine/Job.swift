// One job: answers each event with at most one order, so two calls for one job are never in flight.

/// The state machine of a job. It knows nothing of lanes, slots or rates; the scheduler does.
struct Job: Sendable {
    var entry: Entry
    private(set) var state: JobState
    /// The order in flight; an answer with another serial never gets here.
    var pending: Serial?
    /// When it wants `due`; nil: an answer is awaited, or nothing.
    var alarm: Instant?
    /// Its place in the backlog; one of an earlier stay there is void.
    var ticket: UInt64?
    /// The image has been looked at, with or without success.
    var isProbed = false
    var doubts = Doubts()
    /// Submits that failed while the account was down.
    var failedProbes = 0
    /// What the task delivered, while it is being archived.
    var product: Product?
    /// When the last query was sent.
    var askedAt: Instant?
    /// When the last query was sent that found the task running.
    var seenRunningAt: Instant?
    /// Looks at the task; nil if a predecessor has looked at it too.
    var looks: Int?
    /// When it was first seen that the task is over.
    var overAt: Instant?
    /// The learned times know that the task takes long.
    var isLate = false

    /// A new job: its first order is to write the `accepted` entry.
    ///
    /// `hold`: the slot that an earlier job of the same id, which failed, may still occupy; it is waited for.
    init(request: Request, acceptedAt: Instant, hold: Entry.Hold? = nil) {
        entry = Entry(request: request, acceptedAt: acceptedAt)
        entry.hold = hold
        entry.phase = .accepted(retryAt: hold?.until)
        state = .accepting
    }

    /// Answers in a row that a task does not exist, has no link, or failed oddly. What one of them leaves open, the row
    /// leaves open.
    struct Doubts {
        var count = 0
        /// Answers past the job's time that said nothing at all: they add to no doubt, but they end the waiting.
        var silences = 0
        var mayStillRun = false
        var mayHaveBeenCharged = false
    }

    /// A job whose entry came out of the ledger; `resume` makes it go on.
    init(restored entry: Entry, state: JobState, alarm: Instant?) {
        self.entry = entry
        self.state = state
        self.alarm = alarm
        isProbed = entry.aspectRatio != nil
    }

    /// What a job can be told.
    enum Event: Equatable, Sendable {
        case committed
        case slotGranted(account: String, Entry.Reservation?)
        /// There is no money for it.
        case unaffordable(FailureCause)
        case due
        case submitted(SubmitAnswer)
        case queried(QueryAnswer)
        case probed(aspectRatio: String?)
        case archived(ArchiveAnswer)
        case cancelled
        case lateNewsArrived(LateNote)
    }

    /// What a job can want.
    enum Order: Equatable, Sendable {
        case write(Write.Terminal?, settlesNote: Bool = false)
        case submit
        case query
        case probe
        case archive
        /// Into the backlog.
        case enqueue
        /// Nothing left to do but to be remembered.
        case retire
    }

    /// What a decision may depend on beside the job itself.
    struct Context {
        var now: Instant
        var policy: Policy
        var laneIsClosing: Bool
        /// When tasks of the job's class are to be looked at; nil: nothing is learned, or no look is due.
        var looks: LookPlan?
        /// The account of the job's attempt is down, and is tried again then.
        var probeAt: Instant?
    }

    mutating func handle(_ event: Event, in context: Context) -> Order? {
        switch event {
        case .committed: committed(in: context)
        case .slotGranted(let account, let reserved):
            slotGranted(account, reserved, in: context)
        case .unaffordable(let cause): unaffordable(cause, in: context)
        case .due: due(in: context)
        case .submitted(let answer): submitted(answer, in: context)
        case .queried(let answer): queried(answer, in: context)
        case .probed(let aspectRatio): probed(aspectRatio, in: context)
        case .archived(let answer): archived(answer, in: context)
        case .cancelled: cancelled(in: context)
        case .lateNewsArrived(let note): lateNewsArrived(note, in: context)
        }
    }

    /// The write in flight is durable.
    private mutating func committed(in context: Context) -> Order? {
        switch state {
        case .accepting, .returning: wait(in: context)
        case .intending: intentCommitted(in: context)
        case .recording: poll(in: context)
        case .finishing: entry.hold == nil ? retire() : linger(in: context)
        case .settling: retire()
        case .probing, .delayed, .queued, .submitting, .polling, .querying, .archiving, .doubting,
            .lingering, .checking, .finished:
            impossible(.committed)
        }
    }

    /// The alarm rang.
    private mutating func due(in context: Context) -> Order? {
        switch state {
        case .delayed, .queued:
            wait(in: context)
        case .polling:
            ask(in: .querying, at: context.now)
        case .doubting:
            submitted(.unknown(Self.lostOwner), in: context)
        case .lingering:
            lingerEnded(in: context)
        case .accepting, .probing, .intending, .submitting, .recording, .querying, .archiving,
            .returning, .finishing, .checking, .settling, .finished:
            impossible(.due)
        }
    }

    private static let lostOwner = LostAnswer(
        .workerLost,
        detail: "the worker that was about to submit went away before it recorded an answer")

    mutating func move(to next: JobState, alarm: Instant? = nil) {
        assert(
            next == state || state.mayBecome.contains(next),
            "job \(entry.id): \(state) → \(next) is not allowed")
        state = next
        self.alarm = alarm
    }

    func impossible(_ event: Event) -> Never {
        fatalError("job \(entry.id): \(event) in state \(state.rawValue), phase \(entry.phase)")
    }

    /// A slot: of one account, among those that serve the model.
    struct Slot: Equatable {
        var account: String
        var model: String
    }

    /// The slot that the job occupies, if it does.
    var slot: Slot? {
        switch state {
        case .intending, .submitting, .recording, .polling, .querying, .doubting:
            switch entry.phase {
            case .intent(let intent): Slot(account: intent.account, model: entry.model)
            case .submitted(let task): Slot(account: task.account, model: entry.model)
            case .accepted, .finished: nil
            }
        case .accepting, .delayed, .returning, .finishing, .lingering, .checking:
            entry.hold.map { Slot(account: $0.account, model: $0.model ?? entry.model) }
        case .probing, .queued, .archiving, .settling, .finished:
            nil
        }
    }

    /// What the job has set aside, and what it may have cost already.
    struct Money: Equatable {
        var reserved: Entry.Reservation?
        var spent: Int64
    }

    var money: Money { Money(reserved: entry.reserved, spent: entry.spent) }

    /// The attempt that is over may have cost what was set aside for it.
    mutating func keepReserved() {
        guard let reserved = entry.reserved else { return }
        let (sum, overflow) = entry.spent.addingReportingOverflow(reserved.amount)
        entry.spent = overflow ? .max : sum
        entry.reserved = nil
    }

    /// "" for jobs without a tenant.
    var tenant: String { entry.tenant ?? "" }

    var task: Entry.Task? {
        if case .submitted(let task) = entry.phase { task } else { nil }
    }
}
