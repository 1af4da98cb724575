// What is at hand while one event is handled: the time, the policy, and the effects gathered so far.

struct Turn: Sendable {
    var now: Instant
    var policy: Policy
    var effects: [Effect] = []
    var timetable = Timetable<Alarm>()
    /// What all lanes of the worker have seen of generation times.
    var times = LearnedTimes()
    /// By account; those that never had trouble have none.
    var breakers: [String: Breaker] = [:]
    private var lastSerial = 0

    init(policy: Policy) {
        self.policy = policy
        now = Instant(milliseconds: 0)
    }

    /// What can ring.
    enum Alarm: Sendable {
        case job(LaneID, JobID)
        /// Try again to fill the lane's slots.
        case fill(LaneID)
        /// The dedup window of a finished job ends.
        case burial(LaneID, JobID)
        /// A lane that is to be given up has waited long enough.
        case closing(LaneID)
        /// Looks that wait for a query token may get one.
        case looks(LaneID)

        var lane: LaneID {
            switch self {
            case .job(let lane, _), .fill(let lane), .burial(let lane, _), .closing(let lane),
                .looks(let lane):
                lane
            }
        }
    }

    /// A lane that is parked or gone leaves no alarms: they would gather over many rebalances, and ring for a later
    /// tenure of the same lane.
    mutating func forgetAlarms(of lane: LaneID) {
        timetable.removeAll { $0.lane == lane }
    }

    mutating func nextSerial() -> Serial {
        lastSerial += 1
        return Serial(lastSerial)
    }

    /// When an account that is down may be tried next; nil: now.
    func nextTry(_ account: String) -> Instant? { breakers[account]?.nextTry(at: now) }

    mutating func report(_ report: Report) {
        effects.append(.report(report))
    }
}
