// The terminal record of a job.

/// A result or a failure: exactly one per job.
package struct Outcome: Equatable, Sendable {
    package var verdict: Verdict
    /// The job's entry as it was when the verdict fell (with its request, for the failure record).
    package var entry: Entry
    package var task: Entry.Task?
    package var finishedAt: Instant
    /// An earlier attempt of unknown fate may have been paid as well (policy `resubmit` only).
    package var mayHaveBeenPaidTwice: Bool { entry.unknownAttempts > 0 }

    package init(verdict: Verdict, entry: Entry, task: Entry.Task?, finishedAt: Instant) {
        self.verdict = verdict
        self.entry = entry
        self.task = task
        self.finishedAt = finishedAt
    }

    package enum Verdict: Equatable, Sendable {
        case succeeded(Product, archive: ArchiveAnswer?)
        /// `product`: a cancelled job's task delivered all the same.
        case failed(FailureCause, product: Product? = nil)
    }
}

/// The failure record of a request that never became a job: unreadable, or invalid.
package struct Rejection: Equatable, Sendable {
    package var id: JobID
    package var source: Source
    package var requestedAt: Instant
    package var readAt: Instant
    package var cause: FailureCause
    package var model: String?
    /// The record's value as it came.
    package var payload: [UInt8]
    package var headers: [Request.Header]

    package init(
        id: JobID, source: Source, requestedAt: Instant, readAt: Instant, cause: FailureCause,
        model: String?, payload: [UInt8], headers: [Request.Header]
    ) {
        self.id = id
        self.source = source
        self.requestedAt = requestedAt
        self.readAt = readAt
        self.cause = cause
        self.model = model
        self.payload = payload
        self.headers = headers
    }
}
