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
    let tracer: any Tracer
    let calls: CallBoard
    let ledger = Progress()
    let engine: Heartbeat
    let clock: SteadyClock
    private let startedAt: Instant
    private let jobs: Mutex<JobJournal>
    private let fleet = Mutex(Fleet())

    /// What was counted last, for what is asked for in between.
    struct Fleet: Sendable {
        var cursors: [LaneID: [SourcePartition: Int64]] = [:]
        var lag: [LaneID: Int64] = [:]
        var demandHere = 0
        var idleCountedAt: Instant?
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
        self.tracer = tracer
        self.clock = clock
        calls = CallBoard(patience: callTimes)
        startedAt = clock.now
        engine = Heartbeat(at: startedAt)
        jobs = Mutex(JobJournal())
    }

    /// - Parameter submit: how long a submit may take; a query has the client's same time-outs.
    package static func callTimes(submit: Duration) -> [CallKind: Duration] {
        [.submit: submit, .query: submit, .probe: .seconds(120), .archive: .seconds(6 * 3600)]
    }

    // MARK: The engine's loop

    /// What one round of the engine took in and ordered.
    func saw(_ events: [Event], _ batch: EffectBatch, at now: Instant) {
        engine.beat(at: now)
        jobs.withLock { $0.saw(events, batch, at: now, meters) }
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
        let oldest = held.compactMap(\.oldestWaiting).min()
        meters.set(MetricCatalogue.oldestWaiting, to: oldest.map { (now - $0).inSeconds } ?? 0)
        meters.set(MetricCatalogue.uptime, to: (now - startedAt).inSeconds)
        let since = fleet.withLock { fleet in
            defer { fleet.idleCountedAt = now }
            fleet.cursors = lanes.filter { !$0.value.isParked }.mapValues(\.cursors)
            fleet.demandHere = held.reduce(0) { $0 + $1.demand }
            return fleet.idleCountedAt
        }
        SlotMetrics(held, at: now).report(to: meters, since: since)
        reportDemand()
        reportState()
    }

    private func reportDemand() {
        let (demand, lag) = fleet.withLock { fleet in
            fleet.lag = fleet.lag.filter { fleet.cursors[$0.key] != nil }
            return (fleet.demandHere, fleet.lag.values.reduce(0, +))
        }
        meters.set(MetricCatalogue.demand, to: Double(demand) + Double(lag))
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

    /// Where reading goes on, per lane: what lag is measured from.
    var cursors: [LaneID: [SourcePartition: Int64]] { fleet.withLock { $0.cursors } }

    /// Requests of a lane that lie in Kafka and have not been handed on yet.
    func lag(_ records: Int64, of lane: LaneID) {
        fleet.withLock { $0.lag[lane] = records }
        meters.set(MetricCatalogue.lag, to: Double(records), ("lane", "\(lane.number)"))
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
        if kind == "assigned" { health.update { $0.isInGroup = true } }
        // A lane that went away would otherwise keep its last lag for ever.
        let gone = fleet.withLock { fleet in
            defer { fleet.lag = [:] }
            return Array(fleet.lag.keys)
        }
        for lane in gone { meters.set(MetricCatalogue.lag, to: 0, ("lane", "\(lane.number)")) }
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
