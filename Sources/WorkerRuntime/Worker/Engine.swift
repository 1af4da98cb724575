// The engine as the worker's loop holds it, with what must be known of it at the end.

import JobEngine

struct Engine {
    private var scheduler: Scheduler
    /// Submits that were ordered and not answered yet, of lanes that are gone as well.
    private(set) var submitsInTheAir = 0
    private(set) var hasStopped = false
    /// Lanes that were given up before everything was recorded.
    private var unclean: Set<LaneID> = []

    init(policy: Policy) {
        scheduler = Scheduler(policy: policy)
    }

    /// All lanes in numbers.
    var census: [LaneID: Census] {
        var counts: [LaneID: Census] = [:]
        for lane in scheduler.laneIDs { counts[lane] = scheduler.census(of: lane) }
        return counts
    }

    /// Where a job is, for log lines about it.
    func whereabouts(of job: JobID) -> Whereabouts? { scheduler.whereabouts(of: job) }

    mutating func take(_ events: [Event], at now: Instant) -> EffectBatch {
        var batch = EffectBatch()
        for event in events {
            if case .submitted = event { submitsInTheAir -= 1 }
            for effect in scheduler.handle(event, at: now) { batch.add(effect) }
        }
        submitsInTheAir += batch.submits
        hasStopped = hasStopped || batch.isStopped
        for (lane, isClean) in batch.releases where !isClean { unclean.insert(lane) }
        return batch
    }

    /// What the next owners should hear: notes of task ids whose record was given up, or never begun.
    ///
    /// - Parameter events: what has come since the loop ended, the last commits among it: a task id that is recorded
    ///   needs no note.
    mutating func lastWords(after events: [Event], at now: Instant) -> EffectBatch {
        take(events + unclean.sorted().map { .laneLost($0) }, at: now)
    }
}
