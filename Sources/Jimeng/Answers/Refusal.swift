// A submit that was certainly not accepted, and how to go on.

/// An answer by which the provider says that there is no task. Nothing has been paid.
package struct Refusal: Sendable, Equatable {
    package enum Remedy: Sendable, Equatable {
        /// Too many unfinished tasks on the account (50430): wait for one to finish.
        case concurrencyLimit
        /// Too many calls (50429, flow limits, an overloaded gateway): back off, at least so long.
        case rateLimit(retryAfter: Duration?)
        /// A fault that passes (50500, 50501): try again a few times.
        case transient
        /// The service failed, and the pages of this kind of model say not to try again (50500 and
        /// 50501 of image models): final for the job.
        case failed
        /// Keys, rights or arrears: every job of the account will be answered so. Stop the account.
        case account
        /// Our own call or its configuration is wrong: every job will be answered so. Stop and alarm.
        case setup
        /// The clock is wrong or the signature was late: sign again, and alarm if that does not help.
        case clock
        /// The content was refused: final for the job.
        case content
        /// The input was refused: final for the job.
        case invalid
        /// The model was refused: final for the job.
        case unsupported
    }

    package let remedy: Remedy
    /// The provider's code, such as `50412` or `SignatureDoesNotMatch`.
    package let code: String
    /// The provider's message, cut to a bound and free of secrets.
    package let message: String
    /// The key for the provider's support.
    package let requestID: String?
    package let httpStatus: Int
}
