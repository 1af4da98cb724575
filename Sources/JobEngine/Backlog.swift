// Jobs that are ready and wait for a slot, in the order in which they shall get one.

/// Waiting jobs by rank. Jobs that leave otherwise (cancelled, expired) are not removed: whoever takes one checks that
/// it still waits *on this ticket*. The id alone does not tell: a failed job's id may have started afresh, with another
/// model, in another backlog.
struct Backlog: Sendable {
    private var waiting = Heap<Waiting>()
    private struct Waiting: Comparable, Sendable {
        var rank: Int64
        /// Grows with every place in any backlog of the lane: equal ranks keep their order.
        var ticket: UInt64
        var job: JobID

        static func < (left: Waiting, right: Waiting) -> Bool {
            left.rank == right.rank ? left.ticket < right.ticket : left.rank < right.rank
        }

        static func == (left: Waiting, right: Waiting) -> Bool { left.ticket == right.ticket }
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

    mutating func add(_ job: JobID, rank: Int64, ticket: UInt64) {
        waiting.insert(Waiting(rank: rank, ticket: ticket, job: job))
    }

    mutating func takeFirst() -> (job: JobID, ticket: UInt64)? {
        waiting.removeFirst().map { ($0.job, $0.ticket) }
    }
}
