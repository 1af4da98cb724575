// What answers to submits say about an account as a whole: whether it can be used at all.

extension Scheduler {
    /// Accounts that are down, and why: for health and metrics.
    package var outages: [String: Breaker.Outage] {
        turn.breakers.compactMapValues(\.outage)
    }

    mutating func teachBreaker(_ submitted: Submitted) {
        let account = submitted.account
        switch submitted.answer {
        case .accepted:
            recovered(account)
        case .refused(let refusal):
            switch refusal.way {
            case .concurrencyLimit, .rateLimit, .final:
                recovered(account)
            case .transient:
                trouble(account, refusal.cause, retryAfter: refusal.retryAfter)
            case .account:
                trouble(account, refusal.cause, isCertain: true, retryAfter: refusal.retryAfter)
            }
        case .notSent(let reason):
            trouble(account, FailureCause(.upstream, message: "not sent: \(reason)"))
        case .unknown(let lost):
            trouble(
                account,
                FailureCause(
                    .upstream, code: lost.happened.rawValue,
                    message: "answers get lost: \(lost.detail)"))
        }
    }

    private mutating func recovered(_ account: String) {
        guard let outage = turn.breakers[account]?.good() else { return }
        turn.report(.accountUp(account, after: turn.now - outage.since))
        for lane in lanes.keys { touch(lane) }
    }

    private mutating func trouble(
        _ account: String, _ why: FailureCause, isCertain: Bool = false,
        retryAfter: Duration? = nil
    ) {
        let seed = Jitter.seed(JobID(account), lanes.count)
        let isNew = turn.breakers[account, default: Breaker()].trouble(
            why, isCertain: isCertain, retryAfter: retryAfter, at: turn.now, turn.policy.breaker,
            seed: seed)
        guard isNew else { return }
        let next = turn.nextTry(account) ?? turn.now
        turn.report(.accountDown(account, why: why, nextTry: next))
    }
}
