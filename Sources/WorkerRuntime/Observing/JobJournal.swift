// How long jobs take and how they end, from what the engine takes in and orders.

import Jimeng
import JobEngine
import Observability

/// Remembers of each open job when its task was last seen running, and of each outcome when it was decided. Bounded by
/// open jobs and writes in flight; what belongs to a lane goes with it.
struct JobJournal: Sendable {
    private struct Key: Hashable {
        var lane: LaneID
        var job: JobID
    }

    private var seenRunning: [Key: Instant] = [:]
    private var decided: [WriteReceipt: Instant] = [:]

    mutating func saw(
        _ events: [Event], _ batch: EffectBatch, at now: Instant, _ meters: Meters
    ) {
        for event in events { take(event, at: now, meters) }
        for write in batch.writes { take(write, at: now, meters) }
        for (lane, _) in batch.releases { forget(lane) }
    }

    private mutating func forget(_ lane: LaneID) {
        seenRunning = seenRunning.filter { $0.key.lane != lane }
        decided = decided.filter { $0.key.lane != lane }
    }

    private mutating func take(_ event: Event, at now: Instant, _ meters: Meters) {
        switch event {
        case .queried(let queried):
            let key = Key(lane: queried.reference.lane, job: queried.reference.job)
            if case .inProgress = queried.answer { seenRunning[key] = now }
        case .committed(let receipts):
            for receipt in receipts {
                guard let since = decided.removeValue(forKey: receipt) else { continue }
                meters.observe(
                    MetricCatalogue.stageDuration, now - since, ("stage", "finishing"))
            }
        case .laneLost(let lane), .laneRevoked(let lane):
            forget(lane)
        case .laneAcquired, .laneResumed, .partitionsAdded, .requestRead, .requestsReached,
            .requestsMeasured, .submitted, .probed, .archived, .lateNoteRead, .policyChanged,
            .drainRequested, .timerFired:
            break
        }
    }

    private mutating func take(_ write: Write, at now: Instant, _ meters: Meters) {
        switch write.outcome {
        case .outcome(let outcome):
            decided[write.reference] = now
            let key = Key(lane: write.reference.lane, job: write.reference.job)
            let running = seenRunning.removeValue(forKey: key)
            OutcomeMetrics(outcome, seenRunning: running).report(to: meters)
        case .rejection(let rejection):
            meters.count(
                MetricCatalogue.outcomes, ("outcome", "failed"),
                ("kind", rejection.cause.kind.rawValue))
        case nil:
            break
        }
    }
}

/// What one outcome adds to the metrics.
struct OutcomeMetrics {
    private let outcome: Outcome
    private let seenRunning: Instant?

    init(_ outcome: Outcome, seenRunning: Instant?) {
        self.outcome = outcome
        self.seenRunning = seenRunning
    }

    func report(to meters: Meters) {
        let entry = outcome.entry
        let name = outcome.failure == nil ? "succeeded" : "failed"
        meters.count(
            MetricCatalogue.outcomes, ("outcome", name),
            ("kind", outcome.failure?.kind.rawValue ?? "none"))
        meters.observe(
            MetricCatalogue.jobDuration, outcome.finishedAt - entry.requestedAt, ("outcome", name))
        let stage = MetricCatalogue.stageDuration
        let submitting = entry.lastIntent?.mintedAt ?? outcome.finishedAt
        meters.observe(stage, submitting - entry.acceptedAt, ("stage", "queued"))
        guard let task = outcome.task else { return }
        meters.observe(stage, task.submittedAt - submitting, ("stage", "submit"))
        meters.observe(stage, outcome.finishedAt - task.submittedAt, ("stage", "generating"))
        if let cost = outcome.listPrice {
            meters.add(
                Double(cost.microYuan) / 1e6, to: MetricCatalogue.spend, ("currency", "CNY"),
                ("model", entry.model))
        }
        if outcome.failure?.kind != .timedOut {
            meters.observe(
                MetricCatalogue.detectionDelay,
                outcome.finishedAt - (seenRunning ?? task.submittedAt), ("model", entry.model))
        }
    }
}

extension Outcome {
    /// Nil for a result.
    var failure: FailureCause? {
        switch verdict {
        case .succeeded: nil
        case .failed(let cause, _): cause
        }
    }

    /// What the outcome costs by the catalogue, if something was, or may have been, charged.
    var listPrice: Cost? {
        guard failure?.mayHaveBeenCharged ?? true else { return nil }
        return ModelCatalogue().model(entry.model)?.price?.cost(frames: entry.frames)
    }
}
