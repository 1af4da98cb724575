// The effects of one round of events, sorted by who carries them out.

import JobEngine

struct EffectBatch {
    private(set) var writes: [Write] = []
    private(set) var notes: [(LaneID, LateNote)] = []
    private(set) var reads: [(SourcePartition, Int)] = []
    private(set) var calls: [Call] = []
    private(set) var releases: [(LaneID, Bool)] = []
    private(set) var reports: [Report] = []
    private(set) var wake: Instant?
    private(set) var isStopped = false
    /// How many of the calls are submits.
    private(set) var submits = 0

    /// An order that takes time and is answered by an event.
    enum Call: Sendable {
        case submit(SubmitOrder)
        case query(QueryOrder)
        case probe(ProbeOrder)
        case archive(ArchiveOrder)
    }

    /// Whether lanes came or went in the round in which these events were taken in.
    func changesLanes(_ events: [Event]) -> Bool {
        if !releases.isEmpty { return true }
        return events.contains { event in
            switch event {
            case .laneAcquired, .laneResumed, .laneLost, .laneRevoked: true
            case .partitionsAdded, .requestRead, .requestsReached, .requestsMeasured, .committed,
                .submitted, .queried, .probed, .archived, .lateNoteRead, .policyChanged,
                .drainRequested, .timerFired:
                false
            }
        }
    }

    mutating func add(_ effect: Effect) {
        switch effect {
        case .write(let write): writes.append(write)
        case .note(let lane, let note): notes.append((lane, note))
        case .read(_, let partition, let count): reads.append((partition, count))
        case .submit(let order):
            submits += 1
            calls.append(.submit(order))
        case .query(let order): calls.append(.query(order))
        case .probe(let order): calls.append(.probe(order))
        case .archive(let order): calls.append(.archive(order))
        case .release(let lane, let isClean): releases.append((lane, isClean))
        case .wake(let at): wake = at
        case .report(let report): reports.append(report)
        case .stopped: isStopped = true
        }
    }
}
