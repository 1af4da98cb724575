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
    /// Where reading goes on, per request partition.
    package var cursors: [SourcePartition: Int64]
}

extension Scheduler {
    /// nil for a lane that this worker does not hold.
    package func census(of id: LaneID) -> Census? {
        guard let lane = lanes[id] else { return nil }
        return Census(
            openJobs: lane.openJobs, openBytes: lane.openBytes, remembered: lane.finished.count,
            partitions: lane.cursors.count, writesInFlight: lane.writesInFlight.count,
            submitsInTheAir: lane.submitsInTheAir.count, pools: lane.pools, cursors: lane.cursors)
    }
}
