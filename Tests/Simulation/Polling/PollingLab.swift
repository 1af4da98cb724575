// One real scheduler, a backlog without end and a provider that only takes its time: what looking costs and finds.

package import JobEngine

/// Virtual time, in milliseconds; the same setting gives the same run.
package struct PollingLab {
    package struct Setting: Sendable {
        package var model: GenerationModel
        package var polling = PollPlan()
        package var slots = 2
        /// Of the account.
        package var queriesPerSecond: Double
        /// Tasks that are not measured, at the start.
        package var warmUp = 0
        package var tasks: Int
        package var seed: UInt64 = 1

        package init(_ model: GenerationModel, queriesPerSecond: Double, tasks: Int) {
            self.model = model
            self.queriesPerSecond = queriesPerSecond
            self.tasks = tasks
        }
    }

    /// One way to the provider or back.
    static let way: Int64 = 30
    /// What the provider needs for an answer.
    static let service: Int64 = 20
    /// One ledger transaction.
    static let commit: Int64 = 10

    private let setting: Setting
    private var scheduler: Scheduler
    private var chance: Chance
    private var now: Int64 = 0
    private var queue = Heap<Scheduled>()
    private var sequence = 0
    private var wakeSerial = 0
    private var nextOffset: Int64 = 0
    private var tasks: [Task] = []
    /// Tasks that are over and whose slot has not been refilled, by number.
    private var freed: [Int] = []
    private var running = 0

    struct Task {
        var endsAt: Int64
        var queries = 0
        /// When the scheduler heard that it is over.
        var seenAt: Int64?
        /// When the provider accepted the task that took its slot.
        var refilledAt: Int64?
    }

    private struct Scheduled: Comparable {
        var at: Int64
        var order: Int
        var happening: Happening

        static func < (left: Scheduled, right: Scheduled) -> Bool {
            left.at == right.at ? left.order < right.order : left.at < right.at
        }
        static func == (left: Scheduled, right: Scheduled) -> Bool { left.order == right.order }
    }

    private enum Happening {
        case hears(Event)
        case wakes(Int)
        case submitArrives(SubmitOrder)
        case queryArrives(QueryOrder)
        case ends(Int)
        case seen(Int, Event)
    }

    package init(_ setting: Setting) {
        self.setting = setting
        chance = Chance(seed: setting.seed)
        var policy = Policy()
        policy.accounts = [
            AccountLimits(
                name: "main", concurrency: setting.slots, submitsPerSecond: 10,
                queriesPerSecond: setting.queriesPerSecond)
        ]
        policy.polling = setting.polling
        policy.windowJobs = 16
        policy.taskTimeout = .seconds(12 * 3600)
        policy.dedupWindow = .seconds(3600)
        scheduler = Scheduler(policy: policy)
    }

    /// Runs until all tasks to be measured have been refilled.
    package mutating func run() -> PollingMeasures {
        let cursor = [SourcePartition(topic: "requests", partition: 0): Int64(0)]
        tell(.laneAcquired(LaneRestore(lane: LaneID(0), epoch: 1, entries: [], cursors: cursor)))
        let last = setting.warmUp + setting.tasks
        while tasks.count < last + setting.slots, let next = queue.removeFirst() {
            now = next.at
            happen(next.happening)
        }
        return PollingMeasures(tasks[setting.warmUp..<last])
    }

    private mutating func schedule(_ happening: Happening, in delay: Int64) {
        sequence += 1
        queue.insert(Scheduled(at: now + delay, order: sequence, happening: happening))
    }

    private mutating func happen(_ happening: Happening) {
        switch happening {
        case .hears(let event): tell(event)
        case .wakes(let serial): if serial == wakeSerial { tell(.timerFired) }
        case .submitArrives(let order): accept(order)
        case .queryArrives(let order): look(order)
        case .ends(let task):
            running -= 1
            freed.append(task)
        case .seen(let task, let event):
            tasks[task].seenAt = tasks[task].seenAt ?? now
            tell(event)
        }
    }

    // MARK: The provider

    private mutating func accept(_ order: SubmitOrder) {
        precondition(running < setting.slots, "more tasks run than there are slots")
        running += 1
        let length = setting.model.draw(tasks.count, &chance)
        if !freed.isEmpty { tasks[freed.removeFirst()].refilledAt = now }
        schedule(.ends(tasks.count), in: length)
        let answer = SubmitAnswer.accepted(taskID: String(tasks.count), requestID: nil)
        tasks.append(Task(endsAt: now + length))
        schedule(
            .hears(.submitted(Submitted(order: order, answer: answer))), in: Self.service + Self.way
        )
    }

    private mutating func look(_ order: QueryOrder) {
        guard let task = Int(order.taskID) else { return }
        tasks[task].queries += 1
        let isOver = tasks[task].endsAt <= now
        let product = Product(links: ["https://videos.example/1.mp4"], expiresAt: .distantFuture)
        let event = Event.queried(
            Queried(
                reference: order.reference,
                answer: isOver ? .done(product) : .inProgress(status: "generating")))
        schedule(isOver ? .seen(task, event) : .hears(event), in: Self.service + Self.way)
    }

    // MARK: The runtime

    private mutating func tell(_ event: Event) {
        let effects = scheduler.handle(event, at: Instant(milliseconds: World.epochStart + now))
        var receipts: [WriteReceipt] = []
        for effect in effects {
            switch effect {
            case .write(let write): receipts.append(write.reference)
            case .submit(let order): schedule(.submitArrives(order), in: Self.way)
            case .query(let order): schedule(.queryArrives(order), in: Self.way)
            case .read(_, let partition, let count): read(count, of: partition)
            case .wake(let at):
                wakeSerial += 1
                schedule(.wakes(wakeSerial), in: max(0, at.milliseconds - World.epochStart - now))
            case .probe, .archive, .note, .release, .report, .stopped: break
            }
        }
        if !receipts.isEmpty { schedule(.hears(.committed(receipts)), in: Self.commit) }
    }

    private mutating func read(_ count: Int, of partition: SourcePartition) {
        for _ in 0..<count {
            let request = Request(
                id: "job-\(nextOffset)", source: Source(partition: partition, offset: nextOffset),
                requestedAt: Instant(milliseconds: World.epochStart + now), model: "model")
            nextOffset += 1
            schedule(.hears(.requestRead(LaneID(0), .request(request))), in: 1)
        }
    }
}
