// A scheduler under test as one talks to it: one line per event, answered by its orders in words.

import JobEngine
import Testing

/// One scheduler, its clock, and the orders that wait for an answer.
///
/// Every method is one event; it returns the effects in words (`Words.swift`), without reports and wakes, which
/// gather in `reports` and `wakes`. Times in words are seconds since the start.
struct Conversation {
    private(set) var scheduler: Scheduler
    private(set) var now = Samples.start
    /// Effects of the last event, as they came.
    private(set) var effects: [Effect] = []
    private(set) var reports: [Report] = []
    private(set) var wakeAt: Instant?
    /// Writes that have not been committed, in order.
    private(set) var writes: [Write] = []
    private var submits: [JobID: SubmitOrder] = [:]
    private var references: [Order: JobReference] = [:]
    private var offsets: [SourcePartition: Int64] = [:]

    private struct Order: Hashable {
        var verb: String
        var job: JobID
    }

    init(_ policy: Policy = Samples.policy()) {
        scheduler = Scheduler(policy: policy)
    }

    /// A conversation that starts with an empty lane 0 of one request partition.
    static func owner(_ policy: Policy = Samples.policy()) -> Conversation {
        var talk = Conversation(policy)
        // A while ago, so that the rate limiters are full.
        talk.now = Samples.at(-10)
        talk.acquires()
        talk.now = Samples.start
        return talk
    }

    // MARK: Events

    @discardableResult
    mutating func hears(_ event: Event) -> [String] {
        effects = scheduler.handle(event, at: now)
        var words: [String] = []
        for effect in effects {
            note(effect)
            if let said = Words.say(effect) { words.append(said) }
        }
        return words
    }

    @discardableResult
    mutating func acquires(
        lane: Int = 0, epoch: Epoch = 1, _ entries: [Entry] = [], notes: [LateNote] = [],
        partitions: [Int32] = [0], from offset: Int64 = 0
    ) -> [String] {
        var cursors: [SourcePartition: Int64] = [:]
        for partition in partitions {
            cursors[Samples.partition(partition)] = offset
            offsets[Samples.partition(partition)] = offset
        }
        return hears(
            .laneAcquired(
                LaneRestore(
                    lane: LaneID(lane), epoch: epoch, entries: entries, notes: notes,
                    cursors: cursors)))
    }

    /// Reads a request from the end of a partition.
    @discardableResult
    mutating func reads(
        _ id: JobID, lane: Int = 0, partition: Int32 = 0,
        _ change: (inout Request) -> Void = { _ in }
    ) -> [String] {
        var request = Samples.request(id, offset: nextOffset(partition), partition: partition)
        change(&request)
        return hears(.requestRead(LaneID(lane), .request(request)))
    }

    @discardableResult
    mutating func readsCancel(_ id: JobID, lane: Int = 0) -> [String] {
        let source = Source(partition: Samples.partition(0), offset: nextOffset(0))
        return hears(.requestRead(LaneID(lane), .cancel(id, source)))
    }

    @discardableResult
    mutating func readsRubbish(_ id: JobID) -> [String] {
        let source = Source(partition: Samples.partition(0), offset: nextOffset(0))
        let rejection = Rejection(
            id: id, source: source, requestedAt: now, readAt: now,
            cause: FailureCause(.invalidRequest, message: "no prompt"), model: nil, payload: [],
            headers: [])
        return hears(.requestRead(LaneID(0), .rejected(rejection)))
    }

    /// Commits the oldest `count` writes, or all.
    @discardableResult
    mutating func commits(_ count: Int? = nil) -> [String] {
        let batch = writes.prefix(count ?? writes.count)
        writes.removeFirst(batch.count)
        return hears(.committed(batch.map(\.reference)))
    }

    @discardableResult
    mutating func submitted(_ job: JobID, _ answer: SubmitAnswer) -> [String] {
        guard let order = submits[job] else {
            Issue.record("no submit of \(job) was ordered")
            return []
        }
        return hears(.submitted(Submitted(order: order, answer: answer)))
    }

    @discardableResult
    mutating func queried(_ job: JobID, _ answer: QueryAnswer) -> [String] {
        guard let reference = reference("query", job) else { return [] }
        return hears(.queried(Queried(reference: reference, answer: answer)))
    }

    @discardableResult
    mutating func probed(_ job: JobID, _ aspectRatio: String?) -> [String] {
        guard let reference = reference("probe", job) else { return [] }
        return hears(.probed(reference, aspectRatio: aspectRatio))
    }

    @discardableResult
    mutating func archived(_ job: JobID, _ answer: ArchiveAnswer) -> [String] {
        guard let reference = reference("archive", job) else { return [] }
        return hears(.archived(reference, answer))
    }

    /// Request partitions are found to end there; by default where the conversation has read everything.
    @discardableResult
    mutating func measures(_ ends: [Int32: Int64] = [:], lane: Int = 0) -> [String] {
        var known = offsets
        for (partition, end) in ends { known[Samples.partition(partition)] = end }
        return hears(.requestsMeasured(LaneID(lane), ends: known, asOf: now))
    }

    /// Lets time pass and fires the timer at its end, whether or not it was asked for.
    @discardableResult
    mutating func waits(_ seconds: Double) -> [String] {
        sleeps(seconds)
        return hears(.timerFired)
    }

    /// Moves to the time of the next wake and fires the timer.
    @discardableResult
    mutating func wakes() -> [String] {
        guard let wakeAt else {
            Issue.record("nothing is to be woken for")
            return []
        }
        now = max(now, wakeAt)
        self.wakeAt = nil
        return hears(.timerFired)
    }

    @discardableResult
    mutating func revoked(lane: Int = 0) -> [String] { hears(.laneRevoked(LaneID(lane))) }

    @discardableResult
    mutating func lost(lane: Int = 0) -> [String] {
        writes.removeAll { $0.reference.lane == LaneID(lane) }
        return hears(.laneLost(LaneID(lane)))
    }

    @discardableResult
    mutating func resumes(lane: Int = 0, epoch: Epoch = 2) -> [String] {
        hears(.laneResumed(LaneID(lane), epoch: epoch))
    }

    /// Time passes without an event.
    mutating func sleeps(_ seconds: Double) {
        now = now + .milliseconds(Int64((seconds * 1000).rounded()))
    }

    // MARK: Looking

    /// The states that a job went through since the last call, as `nil → accepting`.
    func moves(of job: JobID) -> [JobState] {
        reports.compactMap { report in
            if case .moved(job, _, let to) = report { to } else { nil }
        }
    }

    func state(of job: JobID) -> JobState? { moves(of: job).last }

    func lastWrite(of job: JobID) -> Write? { writes.last { $0.reference.job == job } }

    func outcome(of job: JobID) -> Outcome? {
        for effect in effects {
            if case .write(let write) = effect, write.reference.job == job,
                case .outcome(let outcome) = write.outcome
            {
                return outcome
            }
        }
        return nil
    }

    func failure(of job: JobID) -> FailureCause? {
        if case .failed(let cause, _) = outcome(of: job)?.verdict { cause } else { nil }
    }

    // MARK: Keeping track

    private mutating func nextOffset(_ partition: Int32) -> Int64 {
        let key = Samples.partition(partition)
        defer { offsets[key, default: 0] += 1 }
        return offsets[key, default: 0]
    }

    private func reference(_ verb: String, _ job: JobID) -> JobReference? {
        guard let reference = references[Order(verb: verb, job: job)] else {
            Issue.record("no \(verb) of \(job) was ordered")
            return nil
        }
        return reference
    }

    private mutating func note(_ effect: Effect) {
        switch effect {
        case .write(let write): writes.append(write)
        case .submit(let order): submits[order.reference.job] = order
        case .query(let order): keep("query", order.reference)
        case .probe(let order): keep("probe", order.reference)
        case .archive(let order): keep("archive", order.reference)
        case .wake(let at):
            if at <= now { Issue.record("to be woken at \(at), which is over at \(now)") }
            wakeAt = at
        case .report(let report): reports.append(report)
        case .note, .read, .release, .stopped: break
        }
    }

    private mutating func keep(_ verb: String, _ reference: JobReference) {
        references[Order(verb: verb, job: reference.job)] = reference
    }
}
