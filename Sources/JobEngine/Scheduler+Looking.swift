// Who may look at its task when there are fewer query tokens than looks that are due.

extension Scheduler {
    /// The job's look is due: it waits for the account's next query token, until the event has been handled at least, so
    /// that tokens go to the looks that are worth most and not to the first to ring.
    mutating func wantLook(_ id: JobID, in lane: LaneID, on account: String) {
        guard let place = lanes.index(forKey: lane) else { return }
        lanes[at: place].looksDue[account, default: []].append(id)
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
        looking.removeAll(keepingCapacity: true)
    }

    private mutating func serveLooks(in laneID: LaneID, on account: String) {
        guard let lane = lanes.index(forKey: laneID), lanes[at: lane].phase == .active else {
            return
        }
        var due = lanes[at: lane].looksInOrderOfWorth(on: account, turn: turn)[...]
        lanes[at: lane].looksDue[account] = nil
        while let id = due.first {
            if let later = lanes[at: lane].takeQuery(on: account, at: turn.now) {
                lanes[at: lane].looksDue[account] = Array(due)
                lanes[at: lane].setLooksAlarm(later, turn: &turn)
                return
            }
            due.removeFirst()
            tell(id, in: laneID, .due)
        }
    }
}

extension Lane {
    /// The jobs whose looks are due and that still wait for them, once each.
    fileprivate func looksInOrderOfWorth(on account: String, turn: Turn) -> [JobID] {
        guard let due = looksDue[account] else { return [] }
        if due.count == 1 { return due.filter { waits($0, on: account, turn) } }
        var seen: Set<JobID> = []
        var looks: [(id: JobID, worth: Double, alarm: Instant)] = []
        for id in due where waits(id, on: account, turn) && seen.insert(id).inserted {
            guard let job = jobs[id] else { continue }
            let worth = worth(ofLookAt: job, turn: turn)
            looks.append((id, worth, job.alarm ?? turn.now))
        }
        looks.sort { ($1.worth, $0.alarm, $0.id) < ($0.worth, $1.alarm, $1.id) }
        return looks.map(\.id)
    }

    /// - Returns: when to try again, if there is no token.
    fileprivate mutating func takeQuery(on account: String, at now: Instant) -> Instant? {
        guard let bucket = queryRates.index(forKey: account) else { return nil }
        return queryRates[at: bucket].take(at: now)
    }

    private func waits(_ id: JobID, on account: String, _ turn: Turn) -> Bool {
        guard let place = jobs.index(forKey: id), jobs[at: place].accountToAsk == account,
            let alarm = jobs[at: place].alarm
        else { return false }
        return alarm <= turn.now
    }
}
