// Waiting jobs of one tenant: by priority with ageing, and by deadline among equals.

/// Where a job waits.
struct Place: Equatable, Sendable {
    var job: JobID
    /// Grows with every place in any backlog of the lane: what is equal otherwise keeps its order.
    var ticket: UInt64
    var acceptedAt: Instant
    /// 0 … 9; what is out of bounds counts as the nearest bound.
    var priority: Int
    /// When it should be done: its deadline, or a while after it was accepted if it has none. So a job without a
    /// deadline is overtaken only by those whose deadline comes before that.
    var due: Instant
}

/// Levels of priority. The level whose oldest job, with a head start per level, has waited longest comes first, and in it
/// the job that is due first.
///
/// Nothing starves: whatever comes later than a level's head start and a job's `due` comes after it.
struct TenantQueue: Sendable {
    private var levels = SmallTable<Int, Level>()
    /// Tickets of those who wait. Heaps keep what has left until it comes up.
    private var waiting: Set<UInt64> = []

    private struct Level: Sendable {
        var byDue = Heap<Entry>()
        var byAge = Heap<Entry>()
    }

    private struct Entry: Comparable, Sendable {
        var at: Instant
        var ticket: UInt64
        var job: JobID

        static func < (left: Entry, right: Entry) -> Bool {
            left.at == right.at ? left.ticket < right.ticket : left.at < right.at
        }

        static func == (left: Entry, right: Entry) -> Bool { left.ticket == right.ticket }
    }

    var isEmpty: Bool { waiting.isEmpty }
    var count: Int { waiting.count }

    mutating func add(_ place: Place) {
        waiting.insert(place.ticket)
        let level = levels.index(forKey: min(max(place.priority, 0), 9), orInsert: Level())
        levels[at: level].byDue.insert(
            Entry(at: place.due, ticket: place.ticket, job: place.job))
        levels[at: level].byAge.insert(
            Entry(at: place.acceptedAt, ticket: place.ticket, job: place.job))
    }

    mutating func remove(_ ticket: UInt64) {
        waiting.remove(ticket)
        if waiting.isEmpty { levels = SmallTable() }
    }

    /// The first, and how long its level has waited: a time that is the earlier the more pressing it is.
    ///
    /// - Parameter step: head start of one priority level over the next.
    mutating func first(step: Duration) -> (job: JobID, ticket: UInt64, rank: Instant)? {
        var best: (level: Int, rank: Instant)?
        // From the highest down: of equal ranks the higher level is first.
        for place in (0..<levels.count).reversed() {
            let level = levels.keys[place]
            guard let oldest = oldest(at: place) else {
                levels.remove(at: place)
                continue
            }
            let rank = oldest - step.times(level)
            if best.map({ rank < $0.rank }) ?? true { best = (level, rank) }
        }
        guard let best, let place = levels.index(forKey: best.level), let head = head(at: place)
        else { return nil }
        return (head.job, head.ticket, best.rank)
    }

    private mutating func oldest(at place: Int) -> Instant? {
        while let first = levels[at: place].byAge.first {
            if waiting.contains(first.ticket) { return first.at }
            _ = levels[at: place].byAge.removeFirst()
        }
        return nil
    }

    private mutating func head(at place: Int) -> Entry? {
        while let first = levels[at: place].byDue.first {
            if waiting.contains(first.ticket) { return first }
            _ = levels[at: place].byDue.removeFirst()
        }
        return nil
    }
}

extension Duration {
    /// Saturates instead of overflowing.
    func times(_ count: Int) -> Duration {
        let (product, overflow) = milliseconds.multipliedReportingOverflow(by: Int64(count))
        return .milliseconds(overflow ? Int64.max : product)
    }
}
