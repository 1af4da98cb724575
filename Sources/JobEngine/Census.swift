// What can be counted in a lane: for metrics, and for tests of its bounds.

/// A lane in numbers.
package struct Census: Equatable, Sendable {
    package var openJobs: Int
    /// Bytes of the requests of open jobs.
    package var openBytes: Int
    /// Finished jobs that are remembered for the dedup window.
    package var remembered: Int
    package var partitions: Int
    package var writesInFlight: Int
    package var submitsInTheAir: Int
    /// By pool: slots taken, what AIMD allows, and the lane's share.
    package var pools: [PoolKey: SlotPool]
    /// Jobs that are ready and wait for a slot, by tenant ("": those without one).
    package var tenantsWaiting: [String: Int]
    /// Slots that jobs of a tenant occupy.
    package var tenantsRunning: [String: Int]
    /// What the lane has set aside today, in millionths.
    package var spend: Spend
    /// Whose share of that day's budget is used up; nil: everybody's.
    package var exhausted: Set<String?>
    /// Where reading goes on, per request partition: behind what cannot be seen, if the reader has come to its end.
    package var cursors: [SourcePartition: Int64]
    /// All jobs, by state.
    package var states: [JobState: Int] = [:]
    /// Jobs that wait for a slot, by their model where it has a pool of its own, else by "".
    package var waiting: [String: Int] = [:]
    /// When the oldest of them was requested.
    package var oldestWaiting: Instant?
    /// Released, and perhaps to come back: its jobs are nobody's at the moment.
    package var isParked = false
}

extension Scheduler {
    /// nil for a lane that this worker does not hold.
    package func census(of id: LaneID) -> Census? {
        guard let lane = lanes[id] else { return nil }
        var census = Census(
            openJobs: lane.openJobs, openBytes: lane.openBytes, remembered: lane.finished.count,
            partitions: lane.cursors.count, writesInFlight: lane.writesInFlight.count,
            submitsInTheAir: lane.submitsInTheAir.count, pools: lane.pools,
            tenantsWaiting: lane.waiting, tenantsRunning: lane.running, spend: lane.spend,
            exhausted: lane.exhausted, cursors: lane.positions)
        let today = turn.policy.budget.day(at: turn.now)
        if today > lane.spend.day {
            census.spend.roll(to: today)
            census.exhausted = []
        }
        census.isParked = lane.phase == .parked
        lane.jobs.forEach { job in
            census.states[job.state, default: 0] += 1
            guard job.state == .queued else { return }
            census.waiting[lane.modelClass(job.entry.model), default: 0] += 1
            let requestedAt = job.entry.requestedAt
            census.oldestWaiting = min(census.oldestWaiting ?? requestedAt, requestedAt)
        }
        return census
    }

    /// Lanes that this worker holds, parked ones included.
    package var laneIDs: [LaneID] { lanes.keys.sorted() }

    /// Where a job is at the moment, for log lines about it; nil if it is nowhere here.
    package func whereabouts(of job: JobID) -> Whereabouts? {
        for place in 0..<lanes.count {
            guard let entry = lanes[at: place].jobs[job]?.entry else { continue }
            return Whereabouts(lane: lanes.keys[place], taskID: entry.lastTask?.id)
        }
        return nil
    }
}

/// A job's lane and, once it has one, its task.
package struct Whereabouts: Equatable, Sendable {
    package var lane: LaneID
    package var taskID: String?
}
