// Jobs that are ready and wait for a slot: a queue for each tenant, served in fair shares.

/// Waiting jobs of one model class. Whoever moves a job out of the state `queued` removes it here.
struct Backlog: Sendable {
    private var queues = SmallTable<String, TenantQueue>()
    private var shares = FairShare()
    /// Tenants that are passed over until something changes: the first of their jobs cannot be paid.
    private var blocked: Set<String> = []

    /// Who could be next.
    struct Candidate: Equatable, Sendable {
        var tenant: String
        var job: JobID
        var ticket: UInt64
        /// How pressing it is: an earlier time is more so. Compared only where fair shares are equal.
        var rank: Instant
    }

    var isEmpty: Bool { queues.isEmpty }
    /// How many wait, by tenant.
    var waiting: [String: Int] {
        Dictionary(uniqueKeysWithValues: zip(queues.keys, queues.values.lazy.map(\.count)))
    }

    /// Somebody is passed over.
    var isBlocked: Bool { !blocked.isEmpty }

    mutating func block(_ tenant: String) { blocked.insert(tenant) }

    mutating func unblock() { blocked = [] }

    mutating func add(_ place: Place, tenant: String) {
        blocked.remove(tenant)
        let queue = queues.index(forKey: tenant, orInsert: TenantQueue())
        queues[at: queue].add(place)
    }

    mutating func remove(_ ticket: UInt64, tenant: String) {
        blocked.remove(tenant)
        guard let queue = queues.index(forKey: tenant) else { return }
        queues[at: queue].remove(ticket)
        if queues[at: queue].isEmpty { queues.remove(at: queue) }
    }

    /// The next job by fair shares, among tenants that `isServed` lets through.
    mutating func first(step: Duration, isServed: (String) -> Bool) -> Candidate? {
        var best: (start: Int64, candidate: Candidate)?
        // Each is looked at where it lies: a copy that is around when something that has left is taken out of a queue
        // would have the whole queue copied.
        for queue in 0..<queues.count {
            let tenant = queues.keys[queue]
            guard !blocked.contains(tenant), isServed(tenant) else { continue }
            let start = shares.start(of: tenant)
            if let best, best.start < start { continue }
            guard let (job, ticket, rank) = queues[at: queue].first(step: step) else { continue }
            if let best, best.start == start,
                (best.candidate.rank, best.candidate.ticket) < (rank, ticket)
            {
                continue
            }
            best = (start, Candidate(tenant: tenant, job: job, ticket: ticket, rank: rank))
        }
        return best?.candidate
    }

    /// The candidate gets what it waited for, and its tenant's share is charged.
    mutating func take(_ candidate: Candidate, weight: Int) {
        remove(candidate.ticket, tenant: candidate.tenant)
        shares.serve(candidate.tenant, weight: weight)
    }
}
