// A scheduler with so many open jobs, for benchmarks of the engine alone.

import JobEngine

/// Restored jobs whose tasks run, and a provider that says each time that they still do.
struct EngineLife {
    var scheduler: Scheduler
    private(set) var now = Instant(milliseconds: 1_800_000_000_000)
    private var waiting: [Effect] = []
    private var wake: Instant?
    static let lane = LaneID(0)
    static let partition = SourcePartition(topic: "requests", partition: 0)

    static func policy(jobs: Int) -> Policy {
        var policy = Policy()
        policy.accounts = [
            AccountLimits(
                name: "main", concurrency: max(1, jobs), submitsPerSecond: 1e9,
                queriesPerSecond: 1e9)
        ]
        policy.windowJobs = max(1000, jobs)
        policy.windowBytes = 1 << 40
        policy.taskTimeout = .seconds(12 * 3600)
        return policy
    }

    static func request(_ number: Int, at now: Instant, bytes: Int = 300) -> Request {
        Request(
            id: JobID("job-\(number)"),
            source: Source(partition: partition, offset: Int64(number)), requestedAt: now,
            model: "jimeng_t2v_v30", frames: 121,
            payload: [UInt8](repeating: UInt8(ascii: "x"), count: bytes))
    }

    init(jobs: Int) {
        scheduler = Scheduler(policy: Self.policy(jobs: jobs))
        let start = now
        let entries = (0..<jobs).map { number in
            var entry = Entry(request: Self.request(number, at: start), acceptedAt: start)
            entry.attempt = 1
            entry.phase = .submitted(
                Entry.Task(id: "task-\(number)", account: "main", submittedAt: start))
            return entry
        }
        hear(
            .laneAcquired(
                LaneRestore(
                    lane: Self.lane, epoch: 1, entries: entries,
                    cursors: [Self.partition: Int64(jobs)])))
    }

    /// Handles so many events: timers as they fall due, and the answers to the queries that they order.
    mutating func live(events: Int) {
        var left = events
        while left > 0 {
            if let effect = waiting.popLast() {
                guard case .query(let order) = effect else { continue }
                hear(
                    .queried(
                        Queried(
                            reference: order.reference, answer: .inProgress(status: "generating"))))
            } else {
                now = max(now, wake ?? now)
                wake = nil
                hear(.timerFired)
            }
            left -= 1
        }
    }

    private mutating func hear(_ event: Event) {
        for effect in scheduler.handle(event, at: now) {
            switch effect {
            case .query: waiting.append(effect)
            case .wake(let at): wake = at
            default: break
            }
        }
    }
}
