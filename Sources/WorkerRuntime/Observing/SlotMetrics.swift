// Slots of all lanes, summed up by account and pool.

import JobEngine
import Observability

struct SlotMetrics {
    private struct Sum {
        var busy = 0
        var capacity = 0
        var limit = 0
        var paused = 0
        /// Free slots for which a job of the same lane waits.
        var idle = 0
    }

    private var sums: [PoolKey: Sum] = [:]
    private let now: Instant

    /// - Parameter known: pools that have been reported before; those that are gone are nought.
    init(_ lanes: [Census], _ known: Set<PoolKey>, at now: Instant) {
        self.now = now
        for key in known { sums[key] = Sum() }
        for lane in lanes {
            for (key, pool) in lane.pools { add(pool, key, of: lane) }
        }
    }

    private mutating func add(_ pool: SlotPool, _ key: PoolKey, of lane: Census) {
        let isPaused = pool.pausedUntil.map { now < $0 } == true
        let waiting = lane.waiting[key.model ?? ""] ?? 0
        var sum = sums[key] ?? Sum()
        sum.busy += pool.taken
        sum.capacity += pool.capacity
        sum.limit += pool.limit(at: now)
        sum.paused += isPaused ? pool.capacity : 0
        sum.idle += min(max(0, pool.capacity - pool.taken), waiting)
        sums[key] = sum
    }

    /// - Parameter since: when it was reported last; idle slots are taken to have been so since then.
    func report(to meters: Meters, since: Instant?) {
        for (key, sum) in sums {
            let account = ("account", key.account)
            let pool = ("pool", key.model ?? "shared")
            meters.set(MetricCatalogue.slotsBusy, to: sum.busy, account, pool)
            meters.set(MetricCatalogue.slotsCapacity, to: sum.capacity, account, pool)
            meters.set(MetricCatalogue.slotsLimit, to: sum.limit, account, pool)
            meters.set(MetricCatalogue.slotsPaused, to: sum.paused, account, pool)
            // From the start, so that its growth can be seen.
            let time = since.map { (now - $0).inSeconds } ?? 0
            meters.add(time * Double(sum.idle), to: MetricCatalogue.slotIdle, account, pool)
        }
    }
}
