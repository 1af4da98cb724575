// The world from a seed: a fleet, a broker, a provider and a fault injector under one virtual clock.

import JobEngine

/// A deterministic simulation: the same weather and seed give the same run, event for event.
package struct World {
    /// What the workers' clocks show when the world begins, in milliseconds since 1970.
    static let epochStart: Int64 = 1_800_000_000_000
    static let sessionTimeout: Int64 = 6000
    static let rebalanceTimeout: Int64 = 15_000
    static let transactionTimeout: Int64 = 15_000
    static let longestOutage: Int64 = 180_000
    /// A drained worker's rest, a session, a rebalance, a transaction's time-out and the restore.
    static let longestTakeOver: Int64 = 90_000

    var weather: Weather
    /// The rule that all workers break; nil in earnest.
    let mutant: Mutant?
    var chance: Chance
    /// For faults that came later, so that seeds keep what they drew.
    var fate: Chance
    /// For requests that are handed in once more.
    var repetitions: Chance
    /// For how long it takes to hear where partitions end.
    var surveys: Chance
    /// True time in milliseconds since the world began.
    var now: Int64 = 0
    var isCalm = false
    var broker = Broker()
    var group = Group()
    var provider = Provider()
    var workers: [SimulatedWorker] = []
    var auditor: Auditor
    package var history: History
    private var queue = Heap<Scheduled>()
    private var sequence = 0
    /// Transactions whose end has been decided but not written.
    var hanging: Set<Int> = []
    /// No broker answers until then; nil while they do.
    var outageUntil: Int64?
    var limits: Limits
    private var ownerlessSince: [LaneID: Int64] = [:]
    /// For `restlessFor`.
    var wantedRebalances = 0
    /// Alarms that a worker had set at once, at most; counted in restless worlds only.
    package internal(set) var mostAlarms = 0

    private struct Scheduled: Comparable {
        var at: Int64
        var order: Int
        var happening: Happening

        static func < (left: Scheduled, right: Scheduled) -> Bool {
            left.at == right.at ? left.order < right.order : left.at < right.at
        }
        static func == (left: Scheduled, right: Scheduled) -> Bool { left.order == right.order }
    }

    /// What can happen.
    enum Happening: Sendable {
        /// A worker does something, if that run of it still lives; later, if it stands still.
        case deed(Member, Deed)
        case user(Int)
        case start(Int)
        case unpause(Member)
        case expire(Member)
        case roundTimeout(Int)
        case submitArrives(Member, SubmitOrder, deadline: Int64)
        case queryArrives(Member, QueryOrder)
        case transactionTimeout(Int)
        case transactionEnds(Int, Broker.End)
        case kick
        case deploy
        case outage
        case outageEnds
        case cutOff(Int)
        case limits([AccountLimits])
        case limitsSettle
        case unrest(Int)
        case cancel(JobID, SourcePartition)
        case repetition(JobID, SourcePartition)
        case calm
        case check
    }

    enum Deed: Sendable {
        case event(Event)
        case reload
        case wake(Int)
        case flush
        case step(Int, Step)
        case hear(Group.Word)
        case restore(LaneID, Epoch, target: Int64?)
        case tail(LaneID)
        case deliver(SourcePartition, generation: Int)
        case measure(LaneID, Epoch)
        case measured(LaneID, Epoch, ends: [SourcePartition: Int64], asOf: Instant)
        case join
    }

    /// The way of a transaction, as its worker drives it.
    enum Step: Sendable {
        case offsets
        case end
        case learn
    }

    package init(
        weather: Weather, seed: UInt64, mutant: Mutant? = nil, recordsHistory: Bool = false
    ) {
        self.weather = weather
        self.mutant = mutant
        chance = Chance(seed: seed)
        fate = Chance(seed: seed ^ 0xd0e5)
        surveys = Chance(seed: seed ^ 0x5a5e)
        repetitions = Chance(seed: seed ^ 0x2e9e)
        auditor = Auditor(policy: weather.policy, skew: .milliseconds(weather.skew))
        limits = Limits(weather.policy.accounts)
        history = History(isOn: recordsHistory)
        let policy = bent(weather.policy)
        for worker in 0..<weather.workers {
            workers.append(SimulatedWorker(policy: policy, skew: 0))
            schedule(.start(worker), in: Int64(chance.below(3000)))
        }
        for (number, wanted) in weather.traffic.enumerated() {
            schedule(.user(number), in: wanted.at)
        }
        for number in 0..<(weather.traffic.isEmpty ? weather.requests : 0) {
            schedule(.user(number), in: Int64(chance.below(weather.storm * 6 / 10)))
        }
        scatter(.kick, weather.rate(.kick))
        scatter(.deploy, weather.rate(.deploy))
        scatter(.outage, weather.rate(.outage))
        if weather.rate(.cutOff) > 0 {
            for _ in 0..<(1 + weather.rate(.cutOff) / 12) {
                let worker = fate.below(weather.workers)
                schedule(.cutOff(worker), in: Int64(fate.below(weather.storm)))
            }
        }
        var operation = Chance(seed: seed ^ 0x11a1)
        for change in weather.changes + LimitChange.draw(weather, &operation) {
            schedule(.limits(change.accounts), in: change.at)
        }
        provider.outages = ProviderOutage.draw(weather, &fate)
        guard weather.ends else { return }
        schedule(.calm, in: Int64(weather.storm))
        schedule(.check, in: Int64(weather.storm) + 5000)
    }

    /// Up to six occurrences somewhere in the storm, by how hard it blows.
    private mutating func scatter(_ happening: Happening, _ rate: Int) {
        guard rate > 0 else { return }
        for _ in 0..<(1 + rate / 12) { schedule(happening, in: Int64(chance.below(weather.storm))) }
    }

    mutating func schedule(_ happening: Happening, in delay: Int64) {
        sequence += 1
        queue.insert(
            Scheduled(at: now + max(0, delay), order: sequence, happening: happening))
    }

    mutating func schedule(_ member: Member, _ deed: Deed, in delay: Int64) {
        schedule(.deed(member, deed), in: delay)
    }

    /// Runs to the end, or to the first violation.
    package mutating func run() -> Violation? {
        while let next = queue.removeFirst() {
            now = next.at
            let goesOn = happen(next.happening)
            if let violation = auditor.violation { return violation }
            if !goesOn { return nil }
        }
        return auditor.violation
    }

    /// False when the world has come to its good end.
    private mutating func happen(_ happening: Happening) -> Bool {
        switch happening {
        case .deed(let member, let deed): perform(deed, by: member)
        case .user(let number): produce(number)
        case .start(let worker): start(worker)
        case .unpause(let member): unpause(member)
        case .expire(let member): expire(member)
        case .roundTimeout(let number):
            if let up = untilUp { return postpone(happening, by: up) }
            tell(group.timeOut(round: number, lanes: weather.policy.lanes))
        case .submitArrives(let member, let order, let deadline):
            submitArrives(order, from: member, deadline: deadline)
        case .queryArrives(let member, let order): queryArrives(order, from: member)
        case .transactionTimeout(let number):
            if let up = untilUp { return postpone(happening, by: up) }
            if !hanging.contains(number) { end(number, .aborted) }
        case .transactionEnds(let number, let end):
            if let up = untilUp { return postpone(happening, by: up) }
            hanging.remove(number)
            self.end(number, end)
        case .kick: kick()
        case .deploy: deploy()
        case .outage: beginOutage()
        case .outageEnds: endOutage()
        case .cutOff(let worker): cutOff(worker)
        case .limits(let accounts): changeLimits(to: accounts)
        case .limitsSettle: settleLimits()
        case .unrest(let number): unrest(number)
        case .cancel(let id, let partition): sendCancel(of: id, to: partition)
        case .repetition(let id, let partition): send(id, to: partition)
        case .calm:
            isCalm = true
            history.note(now, "calm")
        case .check: return !check()
        }
        return true
    }

    /// Whether everything has ended well; past the horizon, what has not.
    private mutating func check() -> Bool {
        let age = now - Int64(weather.storm)
        if auditor.openIDs.isEmpty, isForgotten {
            auditor.checkHeard(at: now)
            return true
        }
        checkOwners(calmFor: age)
        if age > weather.horizon, let id = auditor.openIDs.min() {
            auditor.violate(now, .leftBehind, "\(id) has no outcome")
        }
        if age > weather.horizon + 1_100_000 {
            auditor.violate(now, .keptForEver, "the ledger still holds \(remains)")
        }
        schedule(.check, in: age < 60_000 ? 5000 : 60_000)
        return false
    }

    /// Once it is calm, every lane finds an owner within the longest outage, a session, a rebalance, a restart and what
    /// a pending transaction takes to end.
    private mutating func checkOwners(calmFor age: Int64) {
        for lane in 0..<weather.policy.lanes {
            let lane = LaneID(lane)
            let isOwned = workers.contains { worker in
                worker.isUp && worker.pausedUntil == nil
                    && worker.holds[lane].map { $0.epoch != nil } == true
            }
            if isOwned {
                ownerlessSince[lane] = nil
            } else if age > Self.longestOutage {
                let since = ownerlessSince[lane] ?? now
                ownerlessSince[lane] = since
                guard now - since > Self.longestTakeOver else { continue }
                auditor.violate(now, .ownerless, "\(lane) since \(since) ms")
            }
        }
    }

    private var isForgotten: Bool { remains.isEmpty }

    private var remains: [String] {
        (0..<weather.policy.lanes).flatMap { lane in
            broker.read(LaneID(lane), below: .max).keys.compactMap { key in
                switch key {
                case .entry(let id): "entry \(id)"
                case .late(let id): "note \(id)"
                case .cursor, .spend: nil
                }
            }
        }
    }

    func partitions(of lane: LaneID) -> [SourcePartition] {
        (0..<weather.partitions).filter { $0 % weather.policy.lanes == lane.number }
            .map { SourcePartition(topic: "requests", partition: Int32($0)) }
    }

    func clock(_ worker: Int) -> Instant {
        Instant(milliseconds: Self.epochStart + now + workers[worker].skew)
    }

    /// Whether a fault strikes now: never once it is calm.
    mutating func strikes(_ fault: Weather.Fault) -> Bool {
        !isCalm && chance.happens(weather.rate(fault))
    }
}
