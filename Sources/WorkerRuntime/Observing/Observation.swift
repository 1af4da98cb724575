// Everything that a worker tells of itself: one place that all its parts report to.

import JobEngine
import Kafka
import Logging
package import Observability
import Synchronization
package import Tracing

/// Meters, health and signs of life of one worker. None of its work depends on it.
package final class Observation: Sendable {
    let meters: Meters
    package let health: WorkerHealth
    let spans: JobSpans
    let calls: CallBoard
    let ledger = Progress()
    /// What is waited for is to be taken in by the group.
    let membership = Progress()
    let engine: Heartbeat
    let clock: SteadyClock
    private let startedAt: Instant
    private let jobs: Mutex<JobJournal>
    private let fleet = Mutex(Fleet())

    /// What was counted last, for what is asked for in between.
    struct Fleet: Sendable {
        var cursors: [LaneID: [SourcePartition: Int64]] = [:]
        /// Where request partitions end, as far as that was asked lately.
        var ends: [SourcePartition: Int64] = [:]
        /// Lanes and pools whose series were set, so that those that went are set to nought.
        var lanes: Set<LaneID> = []
        var pools: Set<PoolKey> = []
        var idleCountedAt: Instant?
        /// Whose series have begun.
        var accounts: Set<String> = []
    }

    /// - Parameters:
    ///   - meters: where measurements go.
    ///   - tracer: where spans go.
    ///   - callTimes: how long calls may take by their own time-outs; see `callTimes(submit:)`.
    package init(
        meters: Meters, tracer: any Tracer, health: WorkerHealth = WorkerHealth(),
        clock: SteadyClock, callTimes: [CallKind: Duration]
    ) {
        self.meters = meters
        self.health = health
        spans = JobSpans(tracer)
        self.clock = clock
        calls = CallBoard(patience: callTimes)
        startedAt = clock.now
        engine = Heartbeat(at: startedAt)
        membership.remains(1, advanced: false, at: startedAt)
        jobs = Mutex(JobJournal())
    }

    /// - Parameter submit: how long a submit may take; a query has the client's same time-outs.
    package static func callTimes(submit: Duration) -> [CallKind: Duration] {
        [.submit: submit, .query: submit, .probe: .seconds(120), .archive: .seconds(6 * 3600)]
    }

    /// What is known before the first lane comes.
    func begin(_ policy: Policy) {
        meters.set(MetricCatalogue.lanesConfigured, to: policy.lanes)
        adopted(policy)
        for watch in Watch.allCases {
            meters.begin(MetricCatalogue.stalls, ("watch", watch.rawValue))
        }
    }

    /// Accounts may have come.
    func adopted(_ policy: Policy) {
        let before = fleet.withLock { fleet in
            defer { fleet.accounts.formUnion(policy.accounts.map(\.name)) }
            return fleet.accounts
        }
        health.update { $0.accounts = policy.accounts.count }
        for account in policy.accounts where !before.contains(account.name) {
            meters.begin(MetricCatalogue.unknownSubmits, ("account", account.name))
            meters.set(MetricCatalogue.accountRefused, to: 0, ("account", account.name))
            meters.set(MetricCatalogue.accountDown, to: 0, ("account", account.name))
        }
    }

    // MARK: The engine's loop

    /// What one round of the engine took in and ordered.
    func saw(_ events: [Event], _ batch: EffectBatch, at now: Instant) {
        engine.beat(at: now)
        jobs.withLock { $0.saw(events, batch, at: now, meters) }
        spans.saw(events, batch, at: now)
    }

    /// All lanes in numbers, about once a second.
    func counted(_ lanes: [LaneID: Census], at now: Instant) {
        let held = lanes.values.filter { !$0.isParked }
        for state in JobState.allCases where state != .finished {
            let count = held.reduce(0) { $0 + $1.states[state, default: 0] }
            meters.set(MetricCatalogue.jobs, to: count, ("state", state.rawValue))
        }
        meters.set(MetricCatalogue.remembered, to: held.reduce(0) { $0 + $1.remembered })
        meters.set(MetricCatalogue.openBytes, to: held.reduce(0) { $0 + $1.openBytes })
        meters.set(
            MetricCatalogue.exhaustedLanes, to: held.count { !$0.exhausted.isEmpty })
        let reserved = held.reduce(0.0) { $0 + Double($1.spend.total) / 1e6 }
        meters.set(MetricCatalogue.reserved, to: reserved, ("currency", "CNY"))
        let oldest = held.compactMap(\.oldestWaiting).min()
        meters.set(MetricCatalogue.oldestWaiting, to: oldest.map { (now - $0).inSeconds } ?? 0)
        meters.set(MetricCatalogue.uptime, to: (now - startedAt).inSeconds)
        let (since, pools) = fleet.withLock { fleet in
            defer { fleet.idleCountedAt = now }
            fleet.cursors = lanes.filter { !$0.value.isParked }.mapValues(\.cursors)
            for lane in held { fleet.pools.formUnion(lane.pools.keys) }
            return (fleet.idleCountedAt, fleet.pools)
        }
        SlotMetrics(held, pools, at: now).report(to: meters, since: since)
        let lag = reportLag()
        meters.set(MetricCatalogue.demand, to: held.reduce(0) { $0 + $1.demand } + lag)
        reportState()
    }

    /// Lag by lane, from where partitions ended lately and where reading stands now.
    ///
    /// - Returns: the sum.
    private func reportLag() -> Int {
        let lags = fleet.withLock { fleet in
            var lags = Dictionary(uniqueKeysWithValues: fleet.lanes.map { ($0, 0) })
            for (lane, cursors) in fleet.cursors {
                lags[lane] = cursors.reduce(0) { sum, cursor in
                    let end = fleet.ends[cursor.key] ?? 0
                    return sum + Int(clamping: max(0, end - cursor.value))
                }
            }
            fleet.lanes.formUnion(lags.keys)
            return lags
        }
        for (lane, lag) in lags {
            meters.set(MetricCatalogue.lag, to: lag, ("lane", "\(lane.number)"))
        }
        return lags.values.reduce(0, +)
    }

    private func reportState() {
        let state = health.state
        meters.set(MetricCatalogue.ready, to: state.isReady ? 1 : 0)
        meters.set(MetricCatalogue.draining, to: state.isDraining ? 1 : 0)
        for (kind, count) in inFlight {
            meters.set(MetricCatalogue.callsInFlight, to: count, ("call", kind.rawValue))
        }
        meters.set(MetricCatalogue.pendingWrites, to: ledger.pending)
        let age = ledger.waitingSince.map { (clock.now - $0).inSeconds } ?? 0
        meters.set(MetricCatalogue.oldestWrite, to: max(0, age))
    }

    private var inFlight: [(CallKind, Int)] {
        let counts = calls.inFlight
        return CallKind.allCases.map { ($0, counts[$0] ?? 0) }
    }

    /// So many brokers are connected to the group's member; said when it falls to none, and when it is some again.
    func brokers(_ count: Int, _ logger: Logger) {
        var before: Int?
        health.update {
            before = $0.brokersUp
            $0.brokersUp = count
        }
        if count == 0, before != 0 { logger.warning("no broker is reached") }
        if count > 0, before == 0 { logger.notice("brokers are reached again") }
    }

    // MARK: Lag

    /// Where request partitions end.
    func ends(_ ends: [SourcePartition: Int64]) {
        fleet.withLock { $0.ends = ends }
    }

    // MARK: Lanes

    func lanes(owned: Int, restoring: Int) {
        meters.set(MetricCatalogue.lanesOwned, to: owned)
        meters.set(MetricCatalogue.lanesRestoring, to: restoring)
        health.update {
            $0.lanesOwned = owned
            $0.lanesRestoring = restoring
        }
    }

    /// The group has spoken: `assigned`, `revoked` or `lost`.
    func rebalanced(_ kind: String) {
        meters.count(MetricCatalogue.rebalances, ("kind", kind))
        let isIn = kind == "assigned"
        health.update { $0.isInGroup = isIn }
        membership.remains(isIn ? 0 : 1, advanced: true, at: clock.now)
    }
}

extension Duration {
    /// Seconds with their fraction.
    var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}

extension Census {
    /// Jobs that want work now, or are being worked on.
    fileprivate var demand: Int {
        states.reduce(0) { sum, count in
            switch count.key {
            case .delayed, .lingering, .checking, .settling, .finished: sum
            case .accepting, .probing, .queued, .intending, .submitting, .recording, .polling,
                .querying, .archiving, .returning, .doubting, .finishing:
                sum + count.value
            }
        }
    }
}
