// A job before its submit: probing, waiting for its time and for a slot, cancelled meanwhile.

extension Job {
    /// Nothing is at the provider: go wherever a job with this entry must wait.
    mutating func wait(in context: Context) -> Order? {
        guard let request = entry.request, case .accepted(let retryAt) = entry.phase else {
            impossible(.committed)
        }
        if let hold = entry.hold, hold.until <= context.now { entry.hold = nil }
        if entry.isCancelled { return finish(cancelledCause, in: context) }
        if let deadline = request.deadline, deadline <= context.now {
            return finish(expiredCause(deadline), in: context)
        }
        let ready = max(request.notBefore ?? context.now, retryAt ?? context.now)
        if ready > context.now {
            move(
                to: .delayed,
                alarm: min(ready, request.deadline ?? ready, entry.hold?.until ?? ready))
            return nil
        }
        if request.wantsProbe && !isProbed {
            move(to: .probing)
            return .probe
        }
        move(to: .queued, alarm: request.deadline)
        return .enqueue
    }

    mutating func unaffordable(_ cause: FailureCause, in context: Context) -> Order? {
        guard state == .queued else { impossible(.unaffordable(cause)) }
        return finish(cause, in: context)
    }

    mutating func probed(_ aspectRatio: String?, in context: Context) -> Order? {
        guard state == .probing else { impossible(.probed(aspectRatio: aspectRatio)) }
        isProbed = true
        entry.aspectRatio = aspectRatio
        return wait(in: context)
    }

    mutating func cancelled(in context: Context) -> Order? {
        switch state {
        case .delayed, .queued, .probing:
            entry.isCancelled = true
            return finish(cancelledCause, in: context)
        case .accepting, .intending, .submitting, .recording, .polling, .querying, .returning,
            .doubting:
            // Decided when the order in flight is answered; a running task is waited for, because it is paid.
            entry.isCancelled = true
            return nil
        case .archiving, .finishing, .lingering, .checking, .settling, .finished:
            return nil
        }
    }

    var cancelledCause: FailureCause {
        FailureCause(.cancelled, message: "cancelled by request")
    }

    private func expiredCause(_ deadline: Instant) -> FailureCause {
        var cause = FailureCause(
            .expired, message: "the deadline passed before the request could be submitted",
            isRetryable: true)
        if let last = entry.lastError {
            cause.message += "; last error: \(last.message)"
            cause.code = last.code
            cause.requestID = last.requestID
        }
        return cause
    }
}
