// Jobs that are ready and wait for a slot, in the order in which they shall get one.

/// Waiting jobs by rank. Jobs that end otherwise (cancelled, expired) are not removed: whoever takes one checks that
/// it still waits.
struct Backlog: Sendable {
    private var waiting = Heap<Waiting>()
    private var sequence: UInt64 = 0

    private struct Waiting: Comparable, Sendable {
        var rank: Int64
        var order: UInt64
        var job: JobID

        static func < (left: Waiting, right: Waiting) -> Bool {
            left.rank == right.rank ? left.order < right.order : left.rank < right.rank
        }

        static func == (left: Waiting, right: Waiting) -> Bool { left.order == right.order }
    }

    var isEmpty: Bool { waiting.isEmpty }
    /// The rank of the first, who may have left meanwhile.
    var firstRank: Int64? { waiting.first?.rank }

    /// The rank of a job: its age plus a head start per priority level. It never changes while the job waits, and a
    /// job of low priority overtakes younger ones of high priority after `step` per level: nothing starves.
    static func rank(acceptedAt: Instant, priority: Int, step: Duration) -> Int64 {
        let level = Int64(min(max(priority, 0), 9))
        let (headStart, overflow) = level.multipliedReportingOverflow(by: step.milliseconds)
        return (acceptedAt - .milliseconds(overflow ? Int64.max : headStart)).milliseconds
    }

    mutating func add(_ job: JobID, rank: Int64) {
        sequence &+= 1
        waiting.insert(Waiting(rank: rank, order: sequence, job: job))
    }

    mutating func takeFirst() -> JobID? {
        waiting.removeFirst()?.job
    }
}
