// What a worker knows of generation times: a history for each class of tasks, and the plans made of them.

/// Tasks that take a similar time.
package struct TimeClass: Hashable, Sendable {
    package var model: String
    /// As the request or the model's default says; nil if neither does.
    package var frames: Int?

    package init(model: String, frames: Int?) {
        self.model = model
        self.frames = frames
    }
}

/// For all lanes of a worker together: what one lane sees is true for the others.
package struct LearnedTimes: Sendable {
    private var classes = SmallTable<TimeClass, Known>()
    /// Counts uses; the class used least recently goes when there are too many.
    private var uses: UInt64 = 0
    /// Until when each lane's finished jobs have been heard of: a lane that comes back is not heard twice.
    private var heardUntil: [LaneID: Instant] = [:]

    static let mostClasses = 256
    /// Of a class, from one ledger partition: those before them have faded.
    private static let mostHeard = 600
    /// Of plans, before they are made anew.
    private static let leastAge = Duration.seconds(1)
    /// Plans a class keeps, for so many different budgets.
    private static let mostPlans = 4
    /// A task that is older than this share of all others when they are done says so before it is done itself.
    private static let lateShare = 0.95
    /// What such a task counts for before it is over; the rest it counts for then.
    private static let lateWeight = 0.5

    /// Weight of the latest task among those whose looks are counted.
    private static let recent = 1.0 / 50

    private struct Known: Sendable {
        var history: TimeHistory
        var distribution: AgeDistribution
        var lastUse: UInt64
        /// When the distribution was made: after how many observations, and when.
        var madeAfter = 0
        var madeAt: Instant
        var plans: [Plan] = []
        /// Looks at recent tasks, and what their plans had expected.
        var spent = 1.0
        var planned = 1.0
    }

    private struct Plan: Sendable {
        var level: Level
        var bounds: PollPlan
        var plan: LookPlan
    }

    package init() {}

    package var classCount: Int { classes.count }

    // MARK: Learning

    /// The task was seen running at age `after`, and over at age `by`. `wasLate`: `isLate` has been told of it.
    package mutating func observe(
        _ key: TimeClass, after: Duration, by: Duration, wasLate: Bool = false, bounds: PollPlan,
        at now: Instant
    ) {
        use(key, bounds: bounds, at: now)
        let weight = wasLate ? 1 - Self.lateWeight : 1
        classes[key]?.history.observe(after: after, by: by, weight: weight)
    }

    /// The task still runs at that age. True if it is late for its class: that has been learnt, once.
    package mutating func isLate(
        _ key: TimeClass, age: Duration, bounds: PollPlan, at now: Instant
    ) -> Bool {
        use(key, bounds: bounds, at: now)
        refresh(key, at: now)
        guard let place = classes.index(forKey: key),
            classes[at: place].distribution.share(by: age) >= Self.lateShare
        else { return false }
        classes[at: place].history.outlived(age, weight: Self.lateWeight)
        return true
    }

    /// So many looks were spent on a task, whose plan expected `planned` on average: plans are made for as many as keep
    /// the average within the budget, whatever they themselves believe.
    mutating func spent(_ looks: Int, planned: Double, on key: TimeClass) {
        guard let known = classes[key] else { return }
        classes[key]?.spent += (Double(looks) - known.spent) * Self.recent
        classes[key]?.planned += (planned - known.planned) * Self.recent
    }

    /// What the ledger of a lane tells of tasks that are over, by whichever worker they were looked at.
    mutating func hear(_ entries: [Entry], of lane: LaneID, bounds: PollPlan, at now: Instant) {
        let since = heardUntil[lane] ?? Instant(milliseconds: .min)
        var ended: [TimeClass: [Entry.Ending]] = [:]
        for entry in entries {
            guard case .finished(let ending) = entry.phase, ending.generation != nil,
                ending.at > since
            else { continue }
            ended[TimeClass(model: entry.model, frames: entry.frames), default: []].append(ending)
        }
        for (key, endings) in ended.sorted(by: { $0.key < $1.key }) {
            let latest = endings.sorted { $0.order < $1.order }.suffix(Self.mostHeard)
            for ending in latest {
                guard let by = ending.generation else { continue }
                let after = ending.generationAfter ?? by * 9 / 10
                observe(key, after: after, by: by, bounds: bounds, at: now)
            }
        }
        heardLive(of: lane, at: now)
    }

    /// What happens in a lane from now on is observed live.
    mutating func heardLive(of lane: LaneID, at now: Instant) {
        heardUntil[lane] = now
    }

    private mutating func use(_ key: TimeClass, bounds: PollPlan, at now: Instant) {
        uses += 1
        if let place = classes.index(forKey: key) {
            classes[at: place].lastUse = uses
            return
        }
        if classes.count >= Self.mostClasses,
            let oldest = classes.keys.min(by: { lastUse(of: $0) < lastUse(of: $1) })
        {
            classes.removeValue(forKey: oldest)
        }
        let history = TimeHistory(usual: bounds.usual(frames: key.frames))
        classes[key] = Known(
            history: history, distribution: history.distribution(), lastUse: uses,
            madeAt: now - Self.leastAge)
    }

    private func lastUse(of key: TimeClass) -> UInt64 {
        classes.index(forKey: key).map { classes[at: $0].lastUse } ?? 0
    }

    // MARK: Planning

    /// The plan for a class, if each of its tasks may be asked about `rate` times a second on average.
    package mutating func plan(
        for key: TimeClass, rate: Double, bounds: PollPlan, at now: Instant
    ) -> LookPlan {
        use(key, bounds: bounds, at: now)
        refresh(key, at: now)
        let level = Level(rate)
        guard let place = classes.index(forKey: key) else {
            fatalError("a class was used and is not there")
        }
        for plan in classes[at: place].plans where plan.level == level && plan.bounds == bounds {
            return plan.plan
        }
        let known = classes[at: place]
        let rated = level.rate * known.distribution.mean / 1000
        let misjudged = min(max(known.planned / known.spent, 0.8), 1.25)
        let queries = max(1, min(rated, bounds.queries ?? rated) * misjudged)
        let plan = LookPlanner(known.distribution, bounds: bounds).plan(queries: queries)
        if known.plans.count >= Self.mostPlans { classes[at: place].plans.removeFirst() }
        classes[at: place].plans.append(Plan(level: level, bounds: bounds, plan: plan))
        return plan
    }

    /// Plans are made anew only when there is noticeably more to know, and not at every turn.
    private mutating func refresh(_ key: TimeClass, at now: Instant) {
        guard let place = classes.index(forKey: key) else { return }
        let news = classes[at: place].history.observations - classes[at: place].madeAfter
        guard news > 0, now - classes[at: place].madeAt >= Self.leastAge else { return }
        let history = classes[at: place].history
        guard Double(news) >= min(8, history.effectiveCount / 8) else { return }
        classes[at: place].distribution = history.distribution()
        classes[at: place].madeAfter = history.observations
        classes[at: place].madeAt = now
        classes[at: place].plans = []
    }

    /// How likely a look now, at age `age`, finds a task over that ran at age `last`; nil for a class without a history.
    func chance(_ key: TimeClass, after last: Duration, by age: Duration) -> Double? {
        classes.index(forKey: key).flatMap {
            classes[at: $0].distribution.chance(after: last, by: age)
        }
    }

    /// Rates in steps of √2, rounded down, so that a plan is not made for each number of running tasks.
    private struct Level: Equatable, Sendable {
        let rate: Double

        init(_ rate: Double) {
            let rate = min(max(rate, 1e-4), 1e6)
            let power = Double(sign: .plus, exponent: rate.exponent, significand: 1)
            let root = power * 2.0.squareRoot()
            self.rate = rate >= root ? root : power
        }
    }
}

extension TimeClass: Comparable {
    package static func < (left: TimeClass, right: TimeClass) -> Bool {
        (left.model, left.frames == nil ? 0 : 1, left.frames ?? 0)
            < (right.model, right.frames == nil ? 0 : 1, right.frames ?? 0)
    }
}

extension Entry.Ending {
    fileprivate var order: (Instant, Duration) { (at, generation ?? .zero) }
}
