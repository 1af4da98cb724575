// The engine: decides everything, does nothing.

/// The state of one worker, changed only by `handle`.
///
/// No I/O, no clock, no randomness: equal events at equal times give equal effects.
package struct Scheduler: Sendable {
    var lanes = SmallTable<LaneID, Lane>()
    var turn: Turn
    private var drain = Drain.notAsked
    private var wakeAt: Instant?
    /// Lanes in which looks wait for a query token that may be there.
    var looking: Set<LaneID> = []
    /// Lanes in which something changed while the present event was handled.
    private var touched: [LaneID] = []

    private enum Drain {
        case notAsked
        case underWay
        case done
    }

    /// No lane is worked on any more.
    var isDraining: Bool { drain != .notAsked }

    package init(policy: Policy) {
        turn = Turn(policy: policy)
    }

    /// Alarms that are set; stale ones count until they are due.
    package var alarmCount: Int { turn.timetable.count }

    /// Takes in one fact and answers with orders, in the order in which they are to be carried out.
    package mutating func handle(_ event: Event, at now: Instant) -> [Effect] {
        turn.now = max(turn.now, now)
        take(event)
        ringAlarms()
        serveLooks()
        settleTouched()
        if drain == .underWay && lanes.values.allSatisfy({ $0.phase == .parked }) {
            drain = .done
            turn.effects.append(.stopped)
        }
        setWake()
        // Not kept until the next event: a large batch of commits leaves many.
        defer { turn.effects = [] }
        return turn.effects
    }

    private mutating func take(_ event: Event) {
        switch event {
        case .laneAcquired(let restore):
            acquire(restore)
        case .laneResumed(let lane, let epoch):
            resume(lane, epoch: epoch)
        case .laneRevoked(let lane):
            revoke(lane)
        case .laneLost(let lane):
            lose(lane)
        case .partitionsAdded(let lane, let cursors):
            lanes[lane]?.cursors.merge(cursors) { old, _ in old }
            touch(lane)
        case .requestRead(let lane, let intake):
            guard let place = lanes.index(forKey: lane) else { return }
            lanes[at: place].read(intake, turn: &turn)
            touch(lane)
        case .requestsReached(let lane, let partition, let position):
            lanes[lane]?.reached(position, of: partition)
        case .requestsMeasured(let lane, let ends, let asOf):
            // Their alarms have rung before.
            for burial in lanes[lane]?.measured(ends, asOf: asOf) ?? [] {
                bury(burial.job, in: lane, setFor: burial.due)
            }
        case .committed(let receipts):
            committed(receipts)
        case .submitted(let submitted):
            self.submitted(submitted)
        case .queried(let queried):
            self.queried(queried)
        case .probed(let reference, let aspectRatio):
            answer(reference, .probed(aspectRatio: aspectRatio), or: event)
        case .archived(let reference, let archived):
            answer(reference, .archived(archived), or: event)
        case .lateNoteRead(let lane, let note):
            lateNoteRead(note, in: lane)
        case .policyChanged(let policy):
            adopt(policy)
        case .drainRequested:
            if drain == .notAsked { drain = .underWay }
            for lane in lanes.keys.sorted() { close(lane) }
        case .timerFired:
            wakeAt = nil
        }
    }

    mutating func lateNoteRead(_ note: LateNote, in lane: LaneID) {
        if lanes[lane]?.phase == .parked {
            lanes[lane]?.held.append(.lateNoteRead(lane, note))
            return
        }
        lanes[lane]?.lateNoteRead(note, turn: &turn)
        touch(lane)
    }

    // MARK: Alarms

    private mutating func ringAlarms() {
        while let (alarm, at) = turn.timetable.next(dueAt: turn.now) {
            switch alarm {
            case .job(let lane, let job): ring(job, in: lane, setFor: at)
            case .fill(let lane): touch(lane)
            case .burial(let lane, let job): bury(job, in: lane, setFor: at)
            case .closing(let lane): release(lane, isClean: false)
            case .looks(let lane): looking.insert(lane)
            }
        }
    }

    private mutating func ring(_ id: JobID, in laneID: LaneID, setFor at: Instant) {
        guard let lane = lanes.index(forKey: laneID), lanes[at: lane].phase != .parked,
            let job = lanes[at: lane].jobs.index(forKey: id),
            lanes[at: lane].jobs[at: job].alarm == at
        else { return }
        if let account = lanes[at: lane].jobs[at: job].accountToAsk {
            // When a lane is closing: no new questions; the alarm is set anew when it comes back.
            if lanes[at: lane].phase == .active { wantLook(id, in: laneID, on: account) }
            return
        }
        tell(id, in: laneID, .due)
    }

    /// Tells a job of a lane that this worker holds.
    mutating func tell(_ job: JobID, in laneID: LaneID, _ event: Job.Event) {
        guard let lane = lanes.index(forKey: laneID) else { return }
        lanes[at: lane].tell(job, event, turn: &turn)
        touch(laneID)
    }

    private mutating func bury(_ id: JobID, in laneID: LaneID, setFor at: Instant) {
        guard let lane = lanes.index(forKey: laneID), lanes[at: lane].phase == .active,
            let endedAt = lanes[at: lane].finished[id]?.at,
            endedAt + turn.policy.dedupWindow == at
        else { return }
        // A duplicate that was handed in within the window may still wait to be read.
        guard let read = lanes[at: lane].readAsOf, read >= at else {
            lanes[at: lane].unburied.append(Burial(job: id, due: at))
            return
        }
        lanes[at: lane].finished[id] = nil
        lanes[at: lane].write(.tombstone, key: id, turn: &turn)
    }

    private mutating func setWake() {
        guard let earliest = turn.timetable.earliest else { return }
        if let wakeAt, wakeAt <= earliest { return }
        wakeAt = earliest
        turn.effects.append(.wake(at: earliest))
    }

    /// Something changes in a lane: it is settled when the event has been handled.
    mutating func touch(_ id: LaneID) {
        if !touched.contains(id) { touched.append(id) }
    }

    /// Refills slots, reads on, and sees whether a lane can be released. Not before all that rings at this instant has
    /// rung, so that the slot goes to the first in rank and not to the first to ring.
    private mutating func settleTouched() {
        touched.sort()
        // By number: nothing is touched any more, and the list keeps its memory.
        for place in touched.indices {
            let id = touched[place]
            guard let lane = lanes.index(forKey: id) else { continue }
            lanes[at: lane].fill(turn: &turn)
            lanes[at: lane].topUp(turn: &turn)
            if lanes[at: lane].phase == .closing, lanes[at: lane].hasNothingInFlight {
                release(id, isClean: true)
            }
        }
        touched.removeAll(keepingCapacity: true)
    }
}

extension Job {
    /// The account whose query budget the next `due` will use, if it will.
    var accountToAsk: String? {
        switch state {
        case .polling: task?.account
        case .lingering: entry.hold.flatMap { $0.taskID == nil ? nil : $0.account }
        case .accepting, .probing, .delayed, .queued, .intending, .submitting, .recording,
            .querying, .archiving, .returning, .doubting, .finishing, .checking, .settling,
            .finished:
            nil
        }
    }
}
