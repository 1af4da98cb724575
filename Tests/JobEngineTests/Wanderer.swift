// A worker's life at random: any event that the contract allows, in any order, from a seed.

import JobEngine

/// Feeds one scheduler random events and random answers, and notes the transitions of its jobs.
///
/// It knows nothing of truth (there is no provider, no Kafka): it looks for traps, for overrun slots and for
/// transitions that nobody allowed. Whether promises are kept is shown by the simulation.
struct Wanderer {
    private(set) var scheduler: Scheduler
    private(set) var effects: [[Effect]] = []
    private(set) var transitions: Set<Transition> = []
    private var random: SplitMix64
    private var now = Samples.start
    private var writes: [Write] = []
    private var calls: [Effect] = []
    private var asked: [SourcePartition: Int] = [:]
    private var offset: Int64 = 0
    private var ledger: [JobID: Entry] = [:]
    private var epoch = 1
    private var isReleased: Bool?
    private var owns = false

    struct Transition: Hashable, Comparable, CustomStringConvertible {
        var from: JobState?
        var to: JobState
        var description: String { "\(from?.rawValue ?? "·") → \(to.rawValue)" }
        static func < (left: Transition, right: Transition) -> Bool {
            left.description < right.description
        }
    }

    init(seed: UInt64) {
        random = SplitMix64(state: seed)
        scheduler = Scheduler(policy: Self.policy(&random))
    }

    private static func policy(_ random: inout SplitMix64) -> Policy {
        Samples.policy { policy in
            policy.accounts = [
                Samples.account(
                    "main", slots: random.below(4), models: random.chance(3) ? ["pro": 1] : [:]),
                Samples.account("side", slots: 1),
            ]
            policy.unknownSubmit = random.chance(2) ? .fail : .resubmit
            policy.windowJobs = 1 + random.below(20)
            policy.taskTimeout = .seconds(random.chance(2) ? 20 : 200)
            policy.unknownHold = .seconds(random.chance(2) ? 10 : 300)
            policy.doubtfulAnswers = 1 + random.below(3)
            policy.maximumTries = 1 + random.below(4)
            policy.dedupWindow = .seconds(random.chance(2) ? 60 : 3600)
            policy.archives = random.chance(2)
        }
    }

    /// Takes `count` steps.
    mutating func wander(steps count: Int) {
        for _ in 0..<count { step() }
    }

    private mutating func step() {
        now =
            now
            + .milliseconds(Int64(random.below(10) == 0 ? random.below(40_000) : random.below(900)))
        guard owns else { return random.chance(2) ? acquire() : answerCall() }
        if isReleased != nil { return whileParked() }
        switch random.below(24) {
        case 0..<6: read()
        case 6..<11: commit()
        case 11..<20: answerCall()
        case 20..<22: feed(.timerFired)
        case 22:
            random.chance(4) ? (random.chance(2) ? feed(.laneRevoked(LaneID(0))) : lose()) : read()
        default: random.chance(3) ? note() : feed(.timerFired)
        }
    }

    private mutating func whileParked() {
        switch random.below(6) {
        case 0 where isReleased == true && writes.isEmpty:
            isReleased = nil
            epoch += 1
            asked = [:]
            feed(.laneResumed(LaneID(0), epoch: epoch))
        case 1: acquire()
        case 2: lose()
        default: random.chance(3) ? note() : answerCall()
        }
    }

    private mutating func acquire() {
        writes = []
        asked = [:]
        epoch += 1
        owns = true
        isReleased = nil
        feed(
            .laneAcquired(
                LaneRestore(
                    lane: LaneID(0), epoch: epoch,
                    entries: ledger.values.sorted { $0.id < $1.id },
                    cursors: [Samples.partition(0): offset])))
    }

    private mutating func lose() {
        writes = []
        owns = false
        isReleased = nil
        feed(.laneLost(LaneID(0)))
    }

    private mutating func read() {
        let partition = Samples.partition(0)
        guard asked[partition, default: 0] > 0 else { return feed(.timerFired) }
        asked[partition, default: 0] -= 1
        let source = Source(partition: partition, offset: offset)
        let id: JobID = "j\(random.below(12))"
        offset += 1
        if random.chance(8) {
            return feed(.requestRead(LaneID(0), .cancel(id, source)))
        }
        var request = Samples.request(id, offset: source.offset)
        request.priority = random.below(10)
        request.model = random.chance(4) ? "pro" : "model"
        request.wantsProbe = random.chance(3)
        if random.chance(5) { request.notBefore = now + .seconds(random.below(60)) }
        if random.chance(5) { request.deadline = now + .seconds(random.below(120)) }
        feed(.requestRead(LaneID(0), .request(request)))
    }

    private mutating func commit() {
        let batch = writes.prefix(1 + random.below(writes.count + 1))
        writes.removeFirst(batch.count)
        for write in batch {
            if case .put(let entry) = write.change { ledger[entry.id] = entry }
            if case .tombstone = write.change { ledger[write.reference.job] = nil }
        }
        feed(.committed(batch.map(\.reference)))
    }

    private mutating func note() {
        guard let entry = ledger.values.sorted(by: { $0.id < $1.id }).randomElement(using: &random)
        else { return }
        var note =
            random.chance(2)
            ? Samples.noteOfLoss(entry.id, attempt: entry.attempt)
            : Samples.note(entry.id, attempt: entry.attempt, task: "late")
        note.source = entry.source
        feed(.lateNoteRead(LaneID(0), note))
    }

    private mutating func answerCall() {
        guard !calls.isEmpty else { return feed(.timerFired) }
        switch calls.remove(at: random.below(calls.count)) {
        case .submit(let order):
            feed(.submitted(Submitted(order: order, answer: submitAnswer())))
        case .query(let order):
            feed(.queried(Queried(reference: order.reference, answer: queryAnswer())))
        case .probe(let order):
            feed(.probed(order.reference, aspectRatio: random.chance(2) ? "1:1" : nil))
        case .archive(let order):
            feed(.archived(order.reference, .stored))
        case .write, .note, .read, .release, .wake, .report, .stopped:
            break
        }
    }

    private mutating func submitAnswer() -> SubmitAnswer {
        switch random.below(14) {
        case 0: .refused(.concurrencyLimit)
        case 1: .refused(.rateLimit)
        case 2: .refused(.transient)
        case 3: .refused(.account)
        case 4: .refused(.final)
        case 5: .notSent
        case 6, 7: .lost
        default: .accepted("t\(random.below(1_000_000))")
        }
    }

    private mutating func queryAnswer() -> QueryAnswer {
        switch random.below(14) {
        case 0: .doneWithoutLink
        case 1: .failed
        case 2: .failedUnpaid
        case 3: .gone
        case 4: .suspect
        case 5: .busy
        case 6: .tooManyQueries
        case 7, 8: .done
        default: .running
        }
    }

    private mutating func feed(_ event: Event) {
        let answers = scheduler.handle(event, at: now)
        effects.append(answers)
        for effect in answers {
            switch effect {
            case .write(let write): writes.append(write)
            case .submit, .query, .probe, .archive: calls.append(effect)
            case .read(_, let partition, let count): asked[partition, default: 0] += count
            case .release(_, let isClean): isReleased = isClean
            case .report(.moved(_, let from, let to)):
                transitions.insert(Transition(from: from, to: to))
            case .note, .wake, .report, .stopped: break
            }
        }
    }
}

/// A small generator with a seed, so that chance replays.
struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    mutating func below(_ bound: Int) -> Int { bound < 1 ? 0 : Int(next() % UInt64(bound)) }
    mutating func chance(_ oneIn: Int) -> Bool { below(oneIn) == 0 }
}
