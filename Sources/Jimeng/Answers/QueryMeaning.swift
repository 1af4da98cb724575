// What the answer to a query means for the task.

/// Only `done`, `doneWithoutURL`, `failed` and `gone` say something final about the task.
package enum QueryMeaning: Sendable, Equatable {
    /// The provider is at it. Look again later.
    case inProgress(TaskStatus)
    case done(Delivery)
    /// Finished with success, but there is nothing to fetch: look a few times more, then give up.
    case doneWithoutURL(requestID: String?)
    case failed(TaskFailure)
    /// The provider does not know the task, any more or at all.
    case gone(Absence, requestID: String?)
    /// This answer says nothing about the task.
    case askAgain(AskAgain)
    /// A code that is the task's own failure if it stays: look several times over some tens of seconds.
    case suspect(TaskFailure)
    /// The account or our set-up is the problem; the task goes on without us. The remedy is `account`
    /// or `setup`.
    case account(Refusal)

    package enum Absence: Sendable, Equatable {
        /// No such task, or one that is older than twelve hours.
        case notFound
        /// The provider let it expire.
        case expired
    }
}

/// The provider's words for a task that is not finished.
package enum TaskStatus: Sendable, Equatable {
    case inQueue, generating, processing
    /// A word that no page knows, cut to a bound; empty when there was none.
    case other(String)
}

/// What a finished task delivers.
package struct Delivery: Sendable, Equatable {
    /// Lives one hour from its making.
    package let videoURL: String?
    /// Live a day.
    package let imageURLs: [String]
    /// Images in base64, as they come when links were not asked for.
    package let inlineImages: [String]
    /// Whether the marks of origin that were asked for are in; `nil` when the answer does not say.
    package let aigcMetaTagged: Bool?
    package let requestID: String?
}

/// The end of a task that delivers nothing.
package struct TaskFailure: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        /// Input or output was refused for what it shows or says.
        case content
        /// The input cannot be used.
        case invalid
        /// A service that looks at the content failed.
        case review
        /// The making failed.
        case generation
        /// The code is in no table.
        case unknown
    }

    package let kind: Kind
    package let code: String
    package let message: String
    package let requestID: String?
    package let httpStatus: Int
    /// Whether a new task (with a new seed) is the way that the provider recommends.
    package let isRetryableByNewTask: Bool
    /// Whether the task may have been made, and paid for, all the same. The rule is that only what is
    /// delivered is paid.
    package let mayHaveBeenCharged: Bool
}

/// Why an answer to a query says nothing about the task.
package struct AskAgain: Sendable, Equatable {
    package enum Reason: Sendable, Equatable {
        /// Too many calls: ask less often.
        case rateLimit
        /// The provider or its gateway failed.
        case upstream
        /// The signature was refused for its date: the next one is made afresh.
        case clock
        /// The answer could not be read.
        case unreadable
        /// The exchange failed.
        case transport
    }

    package let reason: Reason
    package let retryAfter: Duration?
    package let evidence: Evidence
}
