// What the answer to a submit means.

/// Of the four, only `unknown` leaves open whether there is a task that will be paid for.
package enum SubmitMeaning: Sendable, Equatable {
    /// There is a task.
    case accepted(TaskID, requestID: String?)
    /// There is no task: the provider said so.
    case refused(Refusal)
    /// There is no task: the request did not leave this machine as a whole.
    case notSent(TransportFault)
    /// There may be a task. Never submit again without being told to.
    case unknown(Evidence)
}
