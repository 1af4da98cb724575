// The ledger entry of a job: everything that the next owner of its lane needs to know.

/// The latest durable state of one job.
///
/// An entry is self-contained: compaction keeps only the last one of each key.
package struct Entry: Equatable, Sendable {
    package var id: JobID
    package var source: Source
    package var requestedAt: Instant
    package var acceptedAt: Instant
    package var model: String
    package var frames: Int?
    /// Whose job it is: of the request, kept beyond it.
    package var tenant: String?
    /// The request; nil once the job is finished.
    package var request: Request?
    package var phase: Phase
    /// Number of the last submit that was intended; 0 before the first.
    package var attempt: Int = 0
    /// Attempts that count against `Policy.maximumTries`.
    package var tries: Int = 0
    /// Submits that the provider certainly did not accept.
    package var refusals: Int = 0
    /// Attempts whose answer was lost and that were submitted again (policy `resubmit`).
    package var unknownAttempts: Int = 0
    /// Times that a failed task was replaced by a new one.
    package var renewals: Int = 0
    package var queries: Int = 0
    /// The user no longer wants it.
    package var isCancelled = false
    /// The ratio that probing found, or nil while unknown or not wanted.
    package var aspectRatio: String?
    /// The last intent and the last task, for people and tools; the phase says what they are worth.
    package var lastIntent: Intent?
    package var lastTask: Task?
    /// Why the last attempt did not succeed.
    package var lastError: FailureCause?
    /// What the open attempt may cost: set aside at its intent, given back when it certainly cost nothing.
    package var reserved: Reservation?
    /// What attempts that are over may have cost, in millionths.
    package var spent: Int64 = 0
    /// A slot that is still taken although no attempt of this job is open.
    package var hold: Hold?

    package init(request: Request, acceptedAt: Instant) {
        id = request.id
        source = request.source
        requestedAt = request.requestedAt
        self.acceptedAt = acceptedAt
        model = request.model
        frames = request.frames
        tenant = request.tenant
        self.request = request
        phase = .accepted(retryAt: nil)
    }

    /// For decoders: an entry in any phase.
    package init(
        id: JobID, source: Source, requestedAt: Instant, acceptedAt: Instant, model: String,
        frames: Int?, request: Request?, phase: Phase
    ) {
        self.id = id
        self.source = source
        self.requestedAt = requestedAt
        self.acceptedAt = acceptedAt
        self.model = model
        self.frames = frames
        self.request = request
        self.phase = phase
    }

    /// What is durable about the job's way.
    package enum Phase: Equatable, Sendable {
        /// Not at the provider. Nothing was spent, or the last attempt certainly came to nothing.
        case accepted(retryAt: Instant?)
        /// Attempt `Entry.attempt` is about to be submitted, not later than `sendBy`.
        case intent(Intent)
        /// The provider works on it, and will be paid.
        case submitted(Task)
        case finished(Ending)
    }

    package struct Intent: Equatable, Sendable {
        package var account: String
        package var sendBy: Instant
        package var mintedAt: Instant

        package init(account: String, sendBy: Instant, mintedAt: Instant) {
            self.account = account
            self.sendBy = sendBy
            self.mintedAt = mintedAt
        }
    }

    /// What the provider made of a submit.
    package struct Task: Equatable, Sendable {
        package var id: String
        package var account: String
        package var submittedAt: Instant

        package init(id: String, account: String, submittedAt: Instant) {
            self.id = id
            self.account = account
            self.submittedAt = submittedAt
        }
    }

    package struct Ending: Equatable, Sendable {
        /// nil: succeeded.
        package var failure: FailureKind?
        package var at: Instant
        /// From the accepted submit until the task was first seen to be over, with a product or without; nil: it
        /// has not been seen.
        package var generation: Duration?
        /// From the accepted submit until the last look before that, which found it running; zero: there was none.
        package var generationAfter: Duration?

        package init(
            failure: FailureKind?, at: Instant, generation: Duration? = nil,
            generationAfter: Duration? = nil
        ) {
            self.failure = failure
            self.at = at
            self.generation = generation
            self.generationAfter = generationAfter
        }
    }

    /// Money that an attempt may cost.
    package struct Reservation: Equatable, Sendable {
        /// In millionths of the provider's currency unit.
        package var amount: Int64
        /// The day whose budget it came out of; see `Budget.day(at:)`.
        package var day: Int

        package init(amount: Int64, day: Int) {
            self.amount = amount
            self.day = day
        }
    }

    /// A slot that a past attempt may still occupy at the provider.
    package struct Hold: Equatable, Sendable {
        package var account: String
        /// Known after a time-out or a cancel: the task is queried until it ends. Unknown after a lost answer.
        package var taskID: String?
        /// The slot is given up then, whatever happened.
        package var until: Instant
        /// Of the attempt; nil: the entry's own. Differs where an id was used again with another model.
        package var model: String?

        package init(account: String, taskID: String?, until: Instant, model: String? = nil) {
            self.model = model
            self.account = account
            self.taskID = taskID
            self.until = until
        }
    }
}

/// News of a submit from somebody who may not write the job's entry: a worker that lost the lane, or an operator.
package struct LateNote: Equatable, Sendable {
    package var job: JobID
    /// Of the request that was submitted: an id whose job has failed may be used again, with attempts from 1.
    package var source: Source
    package var attempt: Int
    package var news: News
    package var account: String
    package var model: String
    package var notedAt: Instant

    /// What became of the submit.
    package enum News: Equatable, Sendable {
        /// The provider accepted it. `requestID` is that of the acceptance.
        case task(String, requestID: String?)
        /// It became no task: the word of an operator who has looked.
        case lost
    }

    package init(
        job: JobID, source: Source, attempt: Int, news: News, account: String, model: String,
        notedAt: Instant
    ) {
        self.job = job
        self.source = source
        self.attempt = attempt
        self.news = news
        self.account = account
        self.model = model
        self.notedAt = notedAt
    }

    /// The task that it names.
    package var taskID: String? {
        if case .task(let id, _) = news { id } else { nil }
    }
}
