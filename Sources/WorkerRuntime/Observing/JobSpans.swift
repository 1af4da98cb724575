// Spans of jobs and of what is done for them, for whatever backend swift-distributed-tracing is given.

import JobEngine
import Synchronization
import Tracing

/// One span for each open job of this worker, from its request's time stamp to its outcome; its parent is the W3C context
/// of the request's headers. Bounded by open jobs; without a tracer nothing is kept at all.
final class JobSpans: Sendable {
    private struct Key: Hashable {
        var lane: LaneID
        var job: JobID
    }

    private struct State {
        var jobs: [Key: any Span] = [:]
        /// Accepts whose first write is on its way.
        var accepts: [WriteReceipt: any Span] = [:]
    }

    private let tracer: any Tracer
    private let isOn: Bool
    private let state = Mutex(State())

    init(_ tracer: any Tracer) {
        self.tracer = tracer
        isOn = !(tracer is NoOpTracer)
    }

    // MARK: What the engine takes in and orders

    func saw(_ events: [Event], _ batch: EffectBatch, at now: Instant) {
        guard isOn else { return }
        for write in batch.writes { take(write) }
        for event in events {
            switch event {
            case .committed(let receipts):
                for receipt in receipts { accepted(receipt, at: now) }
            case .laneLost(let lane): leave(lane, at: now)
            case .laneAcquired, .laneResumed, .laneRevoked, .partitionsAdded, .requestRead,
                .requestsReached, .requestsMeasured, .submitted, .queried, .probed, .archived,
                .lateNoteRead, .policyChanged, .drainRequested, .timerFired:
                break
            }
        }
        for (lane, _) in batch.releases { leave(lane, at: now) }
    }

    private func take(_ write: Write) {
        if case .outcome(let outcome) = write.outcome { return end(outcome, write.reference) }
        guard case .put(let entry) = write.change, case .accepted = entry.phase,
            entry.attempt == 0, let request = entry.request, write.cursor != nil
        else { return }
        let job = span(of: request, write.reference)
        let accept = tracer.startSpan(
            "accept", context: job.context, at: SpanInstant(entry.acceptedAt))
        state.withLock { $0.accepts[write.reference] = accept }
    }

    private func accepted(_ receipt: WriteReceipt, at now: Instant) {
        state.withLock { $0.accepts.removeValue(forKey: receipt) }?.end(at: SpanInstant(now))
    }

    private func end(_ outcome: Outcome, _ reference: JobReference) {
        let key = Key(lane: reference.lane, job: reference.job)
        var span = state.withLock { $0.jobs.removeValue(forKey: key) }
        if span == nil, let request = outcome.entry.request {
            span = start(request, lane: reference.lane)
        }
        guard let span else { return }
        span.attributes["jimeng.attempts"] = outcome.entry.attempt
        span.attributes["jimeng.queries"] = outcome.entry.queries
        if let task = outcome.task ?? outcome.entry.lastTask {
            span.attributes["jimeng.task_id"] = task.id
            span.attributes["jimeng.account"] = task.account
        }
        if let failure = outcome.failure {
            span.attributes["error.type"] = failure.kind.rawValue
            span.setStatus(SpanStatus(code: .error, message: failure.message))
        }
        span.end(at: SpanInstant(outcome.finishedAt))
    }

    /// Jobs of a lane that goes are somebody else's: their next owner has spans of its own, under the same parent.
    private func leave(_ lane: LaneID, at now: Instant) {
        let left = state.withLock { state in
            let keys = state.jobs.keys.filter { $0.lane == lane }
            let receipts = state.accepts.keys.filter { $0.lane == lane }
            return keys.compactMap { state.jobs.removeValue(forKey: $0) }
                + receipts.compactMap { state.accepts.removeValue(forKey: $0) }
        }
        for span in left {
            span.attributes["jimeng.handed_over"] = true
            span.end(at: SpanInstant(now))
        }
    }

    // MARK: Calls

    /// A call that begins now; nil where nothing is traced.
    func call(_ kind: CallKind, _ reference: JobReference, _ request: Request?, at now: Instant)
        -> (any Span)?
    {
        guard isOn, let request else { return nil }
        let job = span(of: request, reference)
        return tracer.startSpan(
            kind.rawValue, context: job.context, ofKind: .client, at: SpanInstant(now))
    }

    private func span(of request: Request, _ reference: JobReference) -> any Span {
        let key = Key(lane: reference.lane, job: reference.job)
        if let span = state.withLock({ $0.jobs[key] }) { return span }
        let span = start(request, lane: reference.lane)
        // Calls of one job never overlap, and its accept comes before all of them: nobody else starts it meanwhile.
        state.withLock { $0.jobs[key] = span }
        return span
    }

    private func start(_ request: Request, lane: LaneID) -> any Span {
        var context = InstrumentationContext.topLevel
        tracer.extract(request.headers, into: &context, using: HeaderExtractor())
        let span = tracer.startSpan(
            "job", context: context, ofKind: .consumer, at: SpanInstant(request.requestedAt))
        span.attributes["jimeng.job_id"] = "\(request.id)"
        span.attributes["jimeng.model"] = request.model
        span.attributes["jimeng.lane"] = lane.number
        return span
    }
}

/// The engine's time as a tracer's.
private struct SpanInstant: TracerInstant {
    let nanosecondsSinceEpoch: UInt64

    init(_ instant: Instant) {
        let (product, overflow) = UInt64(max(0, instant.milliseconds))
            .multipliedReportingOverflow(by: 1_000_000)
        nanosecondsSinceEpoch = overflow ? .max : product
    }

    static func < (left: Self, right: Self) -> Bool {
        left.nanosecondsSinceEpoch < right.nanosecondsSinceEpoch
    }
}

/// Reads a context from the headers of a request: `traceparent` and `tracestate`.
private struct HeaderExtractor: Extractor {
    func extract(key: String, from headers: [Request.Header]) -> String? {
        headers.first { $0.name == key }.map { String(decoding: $0.value, as: UTF8.self) }
    }
}
