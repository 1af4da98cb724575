// Who may look at its task when there are fewer query tokens than looks that are due.

extension Scheduler {
    /// The job's look is due: it waits for the account's next query token, until the event has been handled at least, so
    /// that tokens go to the looks that are worth most and not to the first to ring.
    mutating func wantLook(_ id: JobID, in lane: LaneID, on account: String) {
        lanes[lane]?.looksDue[account, default: []].append(id)
        looking.insert(lane)
    }

    /// Gives out the query tokens that there are.
    mutating func serveLooks() {
        guard !looking.isEmpty else { return }
        for lane in looking.sorted() {
            for account in lanes[lane]?.looksDue.keys.sorted() ?? [] {
                serveLooks(in: lane, on: account)
            }
        }
        looking = []
    }

    private mutating func serveLooks(in laneID: LaneID, on account: String) {
        guard let lane = lanes[laneID], lane.phase == .active else { return }
        var due = inOrderOfWorth(lane.looksDue[account] ?? [], in: lane, on: account)[...]
        lanes[laneID]?.looksDue[account] = nil
        while let id = due.first {
            if let later = lanes[laneID]?.queryRates[account]?.take(at: turn.now) {
                lanes[laneID]?.looksDue[account] = Array(due)
                lanes[laneID]?.setLooksAlarm(later, turn: &turn)
                return
            }
            due.removeFirst()
            lanes[laneID]?.tell(id, .due, turn: &turn)
            touch(laneID)
        }
    }

    /// Those that still wait, once each.
    private func inOrderOfWorth(_ ids: [JobID], in lane: Lane, on account: String) -> [JobID] {
        var seen: Set<JobID> = []
        let waiting = ids.compactMap { id -> Job? in
            guard let job = lane.jobs[id], job.accountToAsk == account,
                let alarm = job.alarm, alarm <= turn.now, seen.insert(id).inserted
            else { return nil }
            return job
        }
        guard waiting.count > 1 else { return waiting.map(\.entry.id) }
        return
            waiting
            .map { (job: $0, worth: lane.worth(ofLookAt: $0, turn: turn)) }
            .sorted {
                ($1.worth, $0.job.alarm ?? turn.now, $0.job.entry.id)
                    < ($0.worth, $1.job.alarm ?? turn.now, $1.job.entry.id)
            }
            .map(\.job.entry.id)
    }
}
