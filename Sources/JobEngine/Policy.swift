// How the engine is set: every knob with its default and its bound.

package struct Policy: Equatable, Sendable {
    /// Number of lanes in all (`U`): the ledger's partition count.
    package var lanes: Int = 1
    package var accounts: [AccountLimits] = []
    /// Tenants with a treatment of their own, by name; "" are the jobs without one.
    package var tenants: [String: TenantPolicy] = [:]
    /// How each other tenant is treated.
    package var otherTenants = TenantPolicy()
    package var budget = Budget()
    /// What becomes of a submit whose answer was lost.
    package var unknownSubmit: UnknownSubmit = .fail
    /// Open jobs a lane holds at most; the backlog beyond waits in Kafka. Large enough to look past one tenant's
    /// flood: fairness reaches as far as the window. A waiting job takes about 2 kB beside its request.
    package var windowJobs: Int = 10_000
    /// Request bytes a lane holds at most (soft: records already asked for still come).
    package var windowBytes: Int = 64 << 20
    /// From minting an intent until its submit must have been sent. Must be shorter than the time in which another
    /// owner can exist (session time-out less one heartbeat).
    package var sendWindow: Duration = .seconds(10)
    /// How long a submit may take to be answered; with `lateNewsGrace` it says when a predecessor's fate is sealed.
    package var submitTimeout: Duration = .seconds(60)
    /// How long a new owner waits for a note, after the predecessor can no longer be waiting for an answer.
    package var lateNewsGrace: Duration = .seconds(15)
    /// How long a slot stays taken for a submit of unknown fate, or for an abandoned task.
    package var unknownHold: Duration = .seconds(600)
    /// Tries that fail by the provider's or the network's fault before the job fails.
    package var maximumTries: Int = 5
    /// Times a task that failed unpaid is replaced by a new one.
    package var maximumRenewals: Int = 1
    package var retry = Backoff(base: .seconds(1), cap: .seconds(60))
    package var breaker = BreakerPolicy()
    /// Pause of a pool after the provider refused for concurrency, rate or the account.
    package var pause = Backoff(base: .seconds(2), cap: .seconds(60))
    /// After a concurrency refusal the pool shrinks; one slot comes back after each such time without another.
    package var slotRecovery: Duration = .seconds(30)
    /// How long an accepted task is waited for before it is asked for once more and given up.
    package var taskTimeout: Duration = .seconds(1800)
    /// Times in a row that an unknown task, a missing link or a suspect error is asked about before it is believed.
    package var doubtfulAnswers: Int = 5
    /// Pause between such questions.
    package var doubtfulInterval: Duration = .seconds(6)
    package var dedupWindow: Duration = .seconds(24 * 3600)
    /// Head start of one priority level over the next, in waiting time: nothing starves.
    package var priorityStep: Duration = .seconds(60)
    /// Among jobs of one tenant and priority the earliest deadline is first; a job without one counts as if it were due
    /// so long after it was accepted.
    package var patience: Duration = .seconds(3600)
    package var polling = PollPlan()
    package var archives = false
    /// How long a lane that is to be given up waits for submits in the air.
    package var closingGrace: Duration = .seconds(25)
    /// First looks after a take-over are spread over this.
    package var restoreSpread: Duration = .seconds(2)

    package init() {}

    package enum UnknownSubmit: String, CaseIterable, Sendable {
        /// The job fails with kind `submission_unknown` and the evidence: never paid twice.
        case fail
        /// The job is submitted again; its outcome says that it may have been paid twice.
        case resubmit
    }
}

/// What the provider grants an account.
package struct AccountLimits: Equatable, Sendable {
    /// A name for people; never a key.
    package var name: String
    /// Unfinished tasks at once.
    package var concurrency: Int
    /// Models with a limit of their own, apart from `concurrency`.
    package var modelConcurrency: [String: Int]
    package var submitsPerSecond: Double
    package var queriesPerSecond: Double

    package init(
        name: String, concurrency: Int, modelConcurrency: [String: Int] = [:],
        submitsPerSecond: Double, queriesPerSecond: Double
    ) {
        self.name = name
        self.concurrency = concurrency
        self.modelConcurrency = modelConcurrency
        self.submitsPerSecond = submitsPerSecond
        self.queriesPerSecond = queriesPerSecond
    }
}
