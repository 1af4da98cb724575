// The shell around the engine: one inbox, one consumer, effects as short tasks.

import CoreMetrics
package import JobEngine
import Kafka
package import Logging
import Observability
import Synchronization
import Tracing

/// One worker: joins the group, takes over lanes, drives their jobs to an outcome.
package final class Worker: Sendable {
    private let settings: WorkerSettings
    private let provider: ProviderEnds
    private let clock: SteadyClock
    private let logger: Logger
    private let inbox = Inbox()
    private let member: GroupMember
    private let reader: Reader
    private let writer: LedgerWriter
    private let keeper: LaneKeeper
    private let observer: ReportObserver
    private let observation: Observation
    private let failure = Mutex<WorkerError?>(nil)
    private let isDraining = Mutex(false)

    /// How often everything is counted, a little less than the watcher's nudges are apart.
    private static let beat: Duration = .milliseconds(900)
    /// How long each step of the end may take at most.
    private static let farewell: Duration = .seconds(5)
    /// How long a worker that cannot go on waits for the answers to its submits, to tell their task ids.
    private static let lastAnswers: Duration = .seconds(15)

    /// Makes the clients. The group is joined at once, but nothing is taken over before `run`.
    ///
    /// - Throws: what librdkafka refuses of the configuration.
    package init(
        settings: WorkerSettings, intake: RequestIntake, provider: ProviderEnds,
        clock: SteadyClock, logger: Logger, observation: Observation? = nil
    ) throws(WorkerError) {
        let observation =
            observation
            ?? Observation(
                meters: Meters(MetricsSystem.factory), tracer: InstrumentationSystem.tracer,
                clock: clock,
                callTimes: Observation.callTimes(submit: settings.policy.submitTimeout))
        self.observation = observation
        self.settings = settings
        self.provider = provider.observed(by: observation)
        self.clock = clock
        self.logger = logger
        let kafka = settings.kafka
        let committedInbox = inbox
        do {
            member = try GroupMember(kafka, group: settings.group, topic: settings.topics.ledger)
            reader = try Reader(kafka, group: settings.group)
            writer = try LedgerWriter(
                member: member, topics: settings.topics,
                codec: LedgerCodec(worker: kafka.clientID),
                outcomes: OutcomeEncoder(worker: kafka.clientID, intake: intake), clock: clock,
                logger: logger, observation: observation,
                makeProducer: Self.producers(settings, observation, logger),
                committed: { committedInbox.post(.committed($0)) })
        } catch {
            throw .setup("a Kafka client could not be made: \(error)")
        }
        keeper = LaneKeeper(
            member: member, reader: reader, writer: writer, topics: settings.topics,
            intake: intake, lanesInAll: settings.policy.lanes,
            accounts: Set(settings.policy.accounts.map(\.name)), inbox: inbox, clock: clock,
            logger: logger, observation: observation, partitionsSeen: settings.partitionsSeen)
        observer = ReportObserver(
            logger: logger, meters: observation.meters, health: observation.health)
        observation.begin(settings.policy)
    }

    /// Producers under one transactional id, so that each ends what the one before it left pending; what they say is logged.
    private static func producers(
        _ settings: WorkerSettings, _ observation: Observation, _ logger: Logger
    ) -> @Sendable () throws(KafkaError) -> TransactionalProducer {
        let id = settings.transactionalID ?? transactionalID(settings.kafka)
        return { () throws(KafkaError) in
            let producer = try TransactionalProducer(
                settings.kafka, transactionalID: id,
                transactionTimeout: settings.transactionTimeout)
            // Ends with the producer.
            KafkaTalk.follow(
                producer.diagnostics, of: "producer", observation: observation, logger: logger)
            return producer
        }
    }

    /// Unique for each process: generations fence lanes, so the id need not be stable.
    private static func transactionalID(_ kafka: ClientConfiguration) -> String {
        "\(kafka.clientID)-\(String(UInt64.random(in: .min ... .max), radix: 36))"
    }

    /// What it has done so far.
    package var counts: WorkerCounts { observer.counts }

    /// How it is, with reasons.
    package var health: WorkerHealth { observation.health }

    /// Takes over what may change while it works; see `Policy.adopting`.
    package func adopt(_ policy: Policy) {
        observation.adopted(policy)
        inbox.post(.policyChanged(policy))
        Task { await keeper.learn(of: Set(policy.accounts.map(\.name))) }
    }

    /// Gives up all lanes in order and makes `run` return; running tasks are left to their next owner.
    package func drain() {
        logger.notice("draining: no new submits; waiting for those in the air")
        isDraining.withLock { $0 = true }
        observation.health.update { $0.isDraining = true }
        if failure.withLock({ $0 }) != nil {
            // It ends already: no more waiting for answers.
            inbox.finish()
            return
        }
        Task {
            // First, so that no lane comes after the last one has been given up.
            await keeper.takeNoMore()
            inbox.post(.drainRequested)
        }
    }

    /// Works until drained. Throws when it cannot go on; whoever started it should start it again.
    package func run() async throws(WorkerError) {
        let diagnostics = followDiagnostics()
        let watcher = makeWatcher()
        watcher.start()
        var tasks: [Task<Void, Never>] = []
        var engine = Engine(policy: settings.policy)
        do throws(WorkerError) {
            if try await prepare() {
                tasks = follow()
                await decide(&engine)
            }
        } catch {
            failure.withLock { $0 = $0 ?? error }
        }
        let isWriterDone = await shutDown(&engine)
        for task in tasks + diagnostics { task.cancel() }
        // A transaction whose answer does not come keeps its loop, which nobody can wait for.
        if isWriterDone { for task in tasks + diagnostics { await task.value } }
        await watcher.stop()
        if let error = failure.withLock({ $0 }) { throw error }
    }

    private func makeWatcher() -> Watcher {
        Watcher(
            settings.watch, observation: observation, logger: logger,
            memberTurns: { [member] in member.turns }, nudge: { [inbox] in inbox.nudge() },
            hopeless: { [weak self] watch, time in
                guard let self else { return }
                Task { await self.fail(.stalled(watch, time)) }
                self.settings.onHopeless()
            })
    }

    /// The loops beside the one that decides.
    private func follow() -> [Task<Void, Never>] {
        [
            follow { worker throws(WorkerError) in try await worker.writer.run() },
            follow { worker throws(WorkerError) in try await worker.keeper.followGroup() },
            follow { worker throws(WorkerError) in try await worker.keeper.followReader() },
            follow { worker throws(WorkerError) in
                try await worker.keeper.watchPartitions(every: worker.settings.partitionWatch)
            },
            Task { [keeper, settings] in await keeper.measureRequests(every: settings.requestsWatch)
            },
            Task { [keeper, writer] in
                for await lane in writer.spoiled { await keeper.renew(lane) }
            },
        ]
    }

    /// - Returns: false if the worker was drained before it could begin.
    private func prepare() async throws(WorkerError) -> Bool {
        do {
            guard try await initializeProducer() else { return false }
            try await writer.producer.prepare(topics: settings.topics.all)
        } catch {
            throw .setup(
                "the transactional producer could not be initialised: \(error); "
                    + "check the broker's address and that the topics exist (jimeng topics check)")
        }
        try await checkLanes()
        return true
    }

    /// In short steps, so that a worker that reaches no broker can still be drained.
    private func initializeProducer() async throws(KafkaError) -> Bool {
        let deadline = ContinuousClock.now + .seconds(60)
        while !isDraining.withLock({ $0 }) {
            do {
                try await writer.producer.initialize(within: .seconds(2))
                return true
            } catch {
                guard error.isRetriable, ContinuousClock.now < deadline else { throw error }
            }
        }
        return false
    }

    /// Workers that share work out among different numbers of lanes would accept the same requests.
    private func checkLanes() async throws(WorkerError) {
        let partitions: Int
        do {
            partitions = try await reader.partitionCount(of: settings.topics.ledger)
        } catch {
            throw .setup("the ledger topic could not be looked at: \(error)")
        }
        guard partitions == settings.policy.lanes else {
            throw .setup(
                LaneCount.mismatch(
                    settings.topics.ledger, partitions: partitions, lanes: settings.policy.lanes))
        }
    }

    /// Runs one of the worker's loops; its failure ends the worker.
    private func follow(
        _ body: @escaping @Sendable (Worker) async throws(WorkerError) -> Void
    ) -> Task<Void, Never> {
        Task {
            do throws(WorkerError) {
                try await body(self)
            } catch {
                self.logger.critical("the worker cannot go on", metadata: ["error": "\(error)"])
                await self.fail(error)
            }
        }
    }

    private func fail(_ error: WorkerError) async {
        failure.withLock { $0 = $0 ?? error }
        // The engine answers lost lanes with notes of the task ids that were not recorded yet, and then stops.
        await keeper.abandon()
        inbox.post(.drainRequested)
    }

    // MARK: Deciding and doing

    /// The loop that owns the engine. Returns when drained, or when a loop beside it has failed.
    private func decide(_ engine: inout Engine) async {
        var timer: Task<Void, Never>?
        var patience: Task<Void, Never>?
        var countedAt: Instant?
        loop: for await _ in inbox.signals {
            let (events, now) = (inbox.takeAll(), clock.now)
            let batch = engine.take(events, at: now)
            observation.saw(events, batch, at: now)
            for report in batch.reports { observer.take(report, engine) }
            observer.take(batch.writes)
            if batch.changesLanes(events) || countedAt.map({ now - $0 >= Self.beat }) ?? true {
                countedAt = now
                observation.counted(engine.census, at: now)
            }
            if let wake = batch.wake {
                timer?.cancel()
                timer = setTimer(wake)
            }
            await carryOut(batch)
            if batch.isStopped { patience = finishInbox(after: Self.lastAnswers) }
            // A drained lane has waited for its submits; a lost one has not, and their task ids are worth a note.
            let isFailing = failure.withLock { $0 } != nil
            if engine.hasStopped, engine.submitsInTheAir == 0 || !isFailing { break loop }
        }
        timer?.cancel()
        patience?.cancel()
    }

    private func finishInbox(after limit: Duration) -> Task<Void, Never> {
        Task { [inbox] in
            try? await Task.sleep(for: limit)
            if !Task.isCancelled { inbox.finish() }
        }
    }

    /// A timer that rings early does no harm: the engine looks at what is due and sets the next one. It never sleeps
    /// for long, since instants of requests may lie thousands of years ahead, beyond what timers can count.
    private func setTimer(_ at: Instant) -> Task<Void, Never> {
        let soon = min(at, clock.now + .seconds(3600))
        return Task { [inbox, clock] in
            do {
                try await Task.sleep(until: clock.moment(soon), clock: .continuous)
                inbox.post(.timerFired)
            } catch {
                // Replaced by another time.
            }
        }
    }

    private func carryOut(_ batch: EffectBatch) async {
        if !batch.writes.isEmpty || !batch.notes.isEmpty {
            await writer.enqueue(batch.writes, notes: batch.notes)
        }
        for (partition, count) in batch.reads {
            reader.demand(count, of: partition.topicPartition)
        }
        for order in batch.calls { start(order) }
        for (lane, isClean) in batch.releases { await keeper.released(lane, isClean: isClean) }
    }

    /// A short task per call; a job that waits is a record in the engine's timetable, never a suspended task.
    private func start(_ call: EffectBatch.Call) {
        Task { [inbox, provider] in
            switch call {
            case .submit(let order):
                inbox.post(
                    .submitted(Submitted(order: order, answer: await provider.submit(order))))
            case .query(let order):
                inbox.post(
                    .queried(
                        Queried(reference: order.reference, answer: await provider.query(order))))
            case .probe(let order):
                inbox.post(.probed(order.reference, aspectRatio: await provider.probe(order)))
            case .archive(let order):
                inbox.post(.archived(order.reference, await provider.archive(order)))
            }
        }
    }

    // MARK: The end

    /// In this order: what must still be written, the group (so that others take over at once), the rest. Each step
    /// is bounded: all in all some twenty seconds if nothing answers any more.
    ///
    /// - Returns: false if the writer waits for a transaction that does not end.
    private func shutDown(_ engine: inout Engine) async -> Bool {
        let isWriterDone = await writer.close(within: Self.farewell)
        await keeper.abandon()
        let last = engine.lastWords(after: inbox.takeAll(), at: clock.now)
        await writer.enqueue([], notes: last.notes)
        let memberOutcome = await member.close(within: Self.farewell)
        await salvageNotes()
        async let readerOutcome = reader.close(within: Self.farewell)
        async let producerOutcome = writer.closeProducer(within: Self.farewell)
        let outcomes = await (readerOutcome, producerOutcome)
        await provider.shutdown()
        logger.info(
            "worker stopped",
            metadata: [
                "member": "\(memberOutcome)", "reader": "\(outcomes.0)",
                "producer": "\(outcomes.1)",
            ])
        return isWriterDone
    }

    /// Late notes that the usual producer could not write any more, through a new one.
    private func salvageNotes() async {
        guard await writer.hasNotes else { return }
        do {
            let producer = try TransactionalProducer(
                settings.kafka, transactionalID: Self.transactionalID(settings.kafka),
                transactionTimeout: settings.transactionTimeout)
            try await producer.initialize(within: Self.farewell)
            await writer.salvage(through: producer)
            await producer.close(within: Self.farewell)
        } catch {
            logger.error("late notes could not be saved", metadata: ["error": "\(error)"])
        }
        await writer.reportLostNotes()
    }

    private func followDiagnostics() -> [Task<Void, Never>] {
        [("member", member.diagnostics), ("reader", reader.diagnostics)].map { name, stream in
            KafkaTalk.follow(stream, of: name, observation: observation, logger: logger)
        }
    }
}
