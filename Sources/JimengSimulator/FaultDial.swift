// The fault dial: how often which fault strikes. Everything is off by default.

/// Probabilities (0...1) of every fault that the simulated provider can play, and their sizes.
///
/// Faults are drawn independently for each call or task from the provider's seeded generator. The
/// JSON form (`GET`/`PUT /_sim/dial`) has the names of `Field`; durations are seconds there.
package struct FaultDial: Sendable, Equatable {
    /// Refusals of submits by code: service codes (5xxxx) or gateway codes (1000xx). Sum at most 1.
    package var submitRefusals: [Int: Double] = [:]
    /// The same for queries; 50500 and 50501 here are the faults that say nothing about the task.
    package var queryRefusals: [Int: Double] = [:]
    /// Any call: the connection closes before anything was done.
    package var dropBeforeHandling = 0.0
    /// Accepted submits: the connection closes instead of the answer.
    package var dropAfterAcceptance = 0.0
    /// Any call: a page of HTML with one of `htmlStatuses`; nothing was done.
    package var htmlPages = 0.0
    /// Accepted submits: such a page instead of the answer.
    package var htmlPagesAfterAcceptance = 0.0
    /// The statuses of those pages, 500...599.
    package var htmlStatuses: [Int] = [502, 503, 504]
    /// Any call: the answer is held back by a time within `slowDelay`. State changes at once.
    package var slowAnswers = 0.0
    package var slowDelay: ClosedRange<Duration> = .seconds(1) ... .seconds(5)
    /// Any call: the head announces the whole body, half of it comes, the connection closes.
    package var truncatedAnswers = 0.0
    /// Any call: the answer has its status and an empty body.
    package var emptyBodies = 0.0
    /// Tasks that are `not_found` for ever. They run and are charged all the same.
    package var lostTasks = 0.0
    /// Tasks that end with that code at query, such as 50511, 50516, 50518. Not charged. Sum at
    /// most 1.
    package var failedTasks: [Int: Double] = [:]
    /// Tasks that are `done` without a link for `doneWithoutURLFor` after they finished.
    package var doneWithoutURL = 0.0
    package var doneWithoutURLFor: Duration = .seconds(10)
    /// Queries answered with one of `unknownStatusTexts` as the task's status.
    package var unknownStatuses = 0.0
    package var unknownStatusTexts = ["pending_review", "rendering"]
    /// Tasks that take longer by `lateSuccessBy` (divided by the speed-up) and then succeed.
    package var lateSuccesses = 0.0
    package var lateSuccessBy: Duration = .seconds(1200)
    /// Tasks whose link lives only for `expiringLinkLife`.
    package var expiringLinks = 0.0
    package var expiringLinkLife: Duration = .seconds(2)
    /// Added to the provider's clock when it judges `X-Date`; may be negative.
    package var clockSkew: Duration = .zero

    /// A dial with every fault off.
    package init() {}

    /// What is wrong with this dial, or nil.
    package var problem: String? {
        for (field, path) in Self.probabilities where !(0...1).contains(self[keyPath: path]) {
            return "\(field.rawValue) is a probability: it must be within 0 and 1"
        }
        for (field, path) in Self.codeMaps {
            if let problem = Self.problem(of: self[keyPath: path]) {
                return "\(field.rawValue): \(problem)"
            }
        }
        for (field, path) in Self.durations
        where field != .clockSkew && self[keyPath: path] < .zero {
            return "\(field.rawValue) must not be negative"
        }
        if slowDelay.lowerBound < .zero { return "slow_delay_seconds must not be negative" }
        if htmlStatuses.isEmpty || !htmlStatuses.allSatisfy((500...599).contains) {
            return "html_statuses must name at least one status within 500 and 599"
        }
        if unknownStatusTexts.isEmpty { return "unknown_status_texts must not be empty" }
        return nil
    }

    private static func problem(of codes: [Int: Double]) -> String? {
        if let code = codes.keys.first(where: { !ProviderCode.isRefusal($0) }) {
            return "\(code) is no code of an error (10001...999999)"
        }
        guard codes.values.allSatisfy({ (0...1).contains($0) }),
            codes.values.reduce(0, +) <= 1.000001
        else { return "each probability must be within 0 and 1, and their sum at most 1" }
        return nil
    }
}
