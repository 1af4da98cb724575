// What the world answers to an order, in meanings; the runtime translates provider codes into these.

/// Why something failed, as the failure record will say it.
package struct FailureCause: Equatable, Sendable {
    package var kind: FailureKind
    /// The provider's code, verbatim.
    package var code: String?
    /// One plain sentence; never contains a secret.
    package var message: String
    /// The provider's id of the call, for its support.
    package var requestID: String?
    /// The same request may succeed when it is sent again.
    package var isRetryable: Bool
    package var mayHaveBeenCharged: Bool
    /// For `submissionUnknown`: what is known of the submit.
    package var evidence: Evidence?

    package init(
        _ kind: FailureKind, code: String? = nil, message: String, requestID: String? = nil,
        isRetryable: Bool = false, mayHaveBeenCharged: Bool = false
    ) {
        self.kind = kind
        self.code = code
        self.message = message
        self.requestID = requestID
        self.isRetryable = isRetryable
        self.mayHaveBeenCharged = mayHaveBeenCharged
    }
}

/// The kinds of failure that a failure record can name.
package enum FailureKind: String, CaseIterable, Sendable {
    case invalidRequest = "invalid_request"
    case contentRejected = "content_rejected"
    case account
    case upstream
    case generationFailed = "generation_failed"
    case timedOut = "timed_out"
    case expired
    case cancelled
    case submissionUnknown = "submission_unknown"
    case `internal`
}

/// What is known of a submit whose answer was lost.
package struct Evidence: Equatable, Sendable {
    package var attempt: Int
    package var intent: Entry.Intent
    package var lost: LostAnswer

    package init(attempt: Int, intent: Entry.Intent, lost: LostAnswer) {
        self.attempt = attempt
        self.intent = intent
        self.lost = lost
    }
}

/// How an answer was lost.
package struct LostAnswer: Equatable, Sendable {
    package var happened: Happening
    /// Of the answer, if a status line arrived.
    package var httpStatus: Int?
    /// One plain sentence.
    package var detail: String

    package init(_ happened: Happening, httpStatus: Int? = nil, detail: String) {
        self.happened = happened
        self.httpStatus = httpStatus
        self.detail = detail
    }

    package enum Happening: String, CaseIterable, Sendable {
        case timedOut = "timed_out"
        case connectionLost = "connection_lost"
        case unreadableAnswer = "unreadable_answer"
        /// The worker was gone before it could record the answer.
        case workerLost = "worker_lost"
    }
}

/// What became of a submit.
package enum SubmitAnswer: Equatable, Sendable {
    /// The provider made a task of it: from here on it costs money.
    case accepted(taskID: String, requestID: String?)
    /// A parsable business answer: certainly no task.
    case refused(Refusal)
    /// No byte of it reached the provider (no connection, send-by passed, …): certainly no task.
    case notSent(reason: String)
    /// It may or may not have been accepted: the answer was lost.
    case unknown(LostAnswer)
}

/// A submit that the provider certainly did not accept.
package struct Refusal: Equatable, Sendable {
    package var way: Way
    package var cause: FailureCause
    /// How long the provider asked to wait, if it did.
    package var retryAfter: Duration?

    package init(_ way: Way, cause: FailureCause, retryAfter: Duration? = nil) {
        self.way = way
        self.cause = cause
        self.retryAfter = retryAfter
    }

    /// How to go on.
    package enum Way: Equatable, Sendable {
        /// Too many unfinished tasks on the account (50430): wait, the job is not to blame.
        case concurrencyLimit
        /// Too many calls a second (50429): wait, the job is not to blame.
        case rateLimit
        /// The provider stumbled: try a few times.
        case transient
        /// Credentials, permission or arrears: the account waits, the job is not to blame.
        case account
        /// The job itself is refused for good.
        case final
    }
}

/// What the provider delivered.
package struct Product: Equatable, Sendable {
    /// Links to the video, or to the images of an image model; at least one.
    package var links: [String]
    /// When the links die.
    package var expiresAt: Instant
    package var requestID: String?

    package init(links: [String], expiresAt: Instant, requestID: String? = nil) {
        self.links = links
        self.expiresAt = expiresAt
        self.requestID = requestID
    }
}

/// What a query told about a task.
package enum QueryAnswer: Equatable, Sendable {
    /// The task runs, or has a status that nobody documented.
    case inProgress(status: String)
    case done(Product)
    /// Done, but the link is missing: the pages say to ask again.
    case doneWithoutLink
    /// The task ended without a product; `newTaskMayHelp` where the provider says to submit again (unpaid).
    case failed(FailureCause, newTaskMayHelp: Bool)
    /// The provider does not know the task (any more).
    case gone(FailureCause)
    /// Says nothing about the task: ask again.
    case askAgain(reason: String, retryAfter: Duration?, isRateLimit: Bool)
    /// An error that is the task's own if it stays (50500, 50501): ask several times.
    case suspect(FailureCause)
}

/// Where the archived product lies, or why it could not be archived: one answer a link, in the links' order.
package struct ArchiveAnswer: Equatable, Sendable {
    package var copies: [Copy]

    package init(copies: [Copy]) { self.copies = copies }

    package static func stored(url: String, bytes: Int64, sha256: String) -> Self {
        Self(copies: [.stored(url: url, bytes: bytes, sha256: sha256)])
    }

    package static func failed(reason: String) -> Self { Self(copies: [.failed(reason: reason)]) }

    package enum Copy: Equatable, Sendable {
        /// `sha256` in lower-case hexadecimal digits.
        case stored(url: String, bytes: Int64, sha256: String)
        /// One plain sentence.
        case failed(reason: String)
    }
}
