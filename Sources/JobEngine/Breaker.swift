// A circuit breaker for one account: while the provider is down, jobs wait and one probe at a time looks.

/// When an account is left alone, and for how long.
package struct BreakerPolicy: Equatable, Sendable {
    /// Troubles in a row after which no more than probes are submitted. Less than `Policy.maximumTries`, so that no job
    /// burns all its tries before it opens.
    package var threshold = 4
    /// From one failed probe to the next; grows with each.
    package var coolDown = Backoff(base: .seconds(5), cap: .seconds(300))
    /// Failed probes of one job that do not count as tries: if only one job waits, and the fault is its own, it must end
    /// some time.
    package var patience = 100

    package init() {}
}

/// Counts troubles in a row: refusals for the provider's fault, submits that did not get out, answers that got lost; bad
/// credentials open it at once. Any other answer closes it.
///
/// One for each account and worker, not for each lane: an outage is the account's, so the worker needs one probe, and
/// says so once. It is not durable: a new worker learns of an outage by itself, at the price of `threshold` submits.
package struct Breaker: Equatable, Sendable {
    private var state = State.closed(troubles: 0)

    private enum State: Equatable, Sendable {
        case closed(troubles: Int)
        case open(Outage, probeAt: Instant)
        /// A probe is on its way; if it comes to nothing, another one may go at `until`.
        case probing(Outage, until: Instant)
    }

    /// What keeps it open.
    package struct Outage: Equatable, Sendable {
        package var since: Instant
        package var why: FailureCause
        /// Probes that have failed.
        package var failedProbes = 0
    }

    /// nil while it is closed.
    package var outage: Outage? {
        switch state {
        case .closed: nil
        case .open(let outage, _), .probing(let outage, _): outage
        }
    }

    /// When a submit may go next; nil: now.
    func nextTry(at now: Instant) -> Instant? {
        switch state {
        case .closed: nil
        case .open(_, let at), .probing(_, let at): at > now ? at : nil
        }
    }

    /// A submit is about to go. While it is open, that is the probe.
    mutating func granted(at now: Instant, patience: Duration) {
        guard let outage else { return }
        state = .probing(outage, until: now + patience)
    }

    /// - Returns: true if this opened it.
    mutating func trouble(
        _ why: FailureCause, isCertain: Bool, retryAfter: Duration?, at now: Instant,
        _ policy: BreakerPolicy, seed: UInt64
    ) -> Bool {
        func pause(_ step: Int) -> Duration {
            let drawn = policy.coolDown.delay(step: step, seed: seed &+ UInt64(step))
            return max(drawn, retryAfter ?? drawn)
        }
        switch state {
        case .closed(let troubles):
            guard isCertain || troubles + 1 >= policy.threshold else {
                state = .closed(troubles: troubles + 1)
                return false
            }
            state = .open(Outage(since: now, why: why), probeAt: now + pause(0))
            return true
        case .open:
            // Of a submit that was on its way when it opened.
            return false
        case .probing(var outage, _):
            outage.failedProbes += 1
            outage.why = why
            state = .open(outage, probeAt: now + pause(outage.failedProbes))
            return false
        }
    }

    /// The provider answered as it should.
    ///
    /// - Returns: the outage that is over, if there was one.
    mutating func good() -> Outage? {
        defer { state = .closed(troubles: 0) }
        return outage
    }
}
