// The shell around the engine: one inbox, one consumer, effects as short tasks.

import JobEngine
import Kafka
package import Logging
import Synchronization

/// One worker: joins the group, takes over lanes, drives their jobs to an outcome.
package final class Worker: Sendable {
    private let settings: WorkerSettings
    private let provider: ProviderEnds
    private let clock: SteadyClock
    private let logger: Logger
    private let inbox = Inbox()
    private let member: GroupMember
    private let reader: Reader
    private let producer: TransactionalProducer
    private let writer: LedgerWriter
    private let keeper: LaneKeeper
    private let observer: ReportObserver
    private let failure = Mutex<WorkerError?>(nil)

    /// Makes the clients; nothing is sent to a broker before `run`.
    ///
    /// - Throws: what librdkafka refuses of the configuration.
    package init(
        settings: WorkerSettings, intake: RequestIntake, provider: ProviderEnds,
        clock: SteadyClock, logger: Logger
    ) throws(WorkerError) {
        self.settings = settings
        self.provider = provider
        self.clock = clock
        self.logger = logger
        let kafka = settings.kafka
        let committedInbox = inbox
        do {
            member = try GroupMember(kafka, group: settings.group, topic: settings.topics.ledger)
            reader = try Reader(kafka, group: settings.group)
            producer = try TransactionalProducer(
                kafka, transactionalID: settings.transactionalID ?? Self.transactionalID(kafka),
                transactionTimeout: settings.transactionTimeout)
        } catch {
            throw .setup("a Kafka client could not be made: \(error)")
        }
        writer = LedgerWriter(
            member: member, producer: producer, topics: settings.topics,
            codec: LedgerCodec(worker: kafka.clientID),
            outcomes: OutcomeEncoder(worker: kafka.clientID, intake: intake), clock: clock,
            logger: logger, committed: { committedInbox.post(.committed($0)) })
        keeper = LaneKeeper(
            member: member, reader: reader, writer: writer, topics: settings.topics,
            intake: intake, lanesInAll: settings.policy.lanes, inbox: inbox, clock: clock,
            logger: logger)
        observer = ReportObserver(logger: logger)
    }

    /// Unique for each process: generations fence lanes, so the id need not be stable.
    private static func transactionalID(_ kafka: ClientConfiguration) -> String {
        "\(kafka.clientID)-\(String(UInt64.random(in: .min ... .max), radix: 36))"
    }

    /// What it has done so far.
    package var counts: WorkerCounts { observer.counts }

    /// Gives up all lanes in order and makes `run` return; running tasks are left to their next owner.
    package func drain() {
        logger.notice("draining: no new submits; waiting for those in the air")
        inbox.post(.drainRequested)
    }

    /// Works until drained. Throws when it cannot go on; whoever started it should start it again.
    package func run() async throws(WorkerError) {
        try await prepare()
        let tasks = [
            follow { worker throws(WorkerError) in try await worker.writer.run() },
            follow { worker throws(WorkerError) in try await worker.keeper.followGroup() },
            follow { worker throws(WorkerError) in try await worker.keeper.followReader() },
            Task { [keeper, settings] in
                await keeper.watchPartitions(every: settings.partitionWatch)
            },
        ]
        let diagnostics = followDiagnostics()
        await decide()
        await shutDown()
        for task in tasks + diagnostics {
            task.cancel()
            await task.value
        }
        if let error = failure.withLock({ $0 }) { throw error }
    }

    private func prepare() async throws(WorkerError) {
        do {
            try await producer.initialize()
            try await producer.prepare(topics: settings.topics.all)
        } catch {
            throw .setup(
                "the transactional producer could not be initialised: \(error); "
                    + "check the broker's address and that the topics exist (jimeng topics check)")
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
                self.failure.withLock { $0 = $0 ?? error }
                self.inbox.finish()
            }
        }
    }

    // MARK: Deciding and doing

    /// The loop that owns the engine. Returns when drained, or when a loop beside it has failed.
    private func decide() async {
        var scheduler = Scheduler(policy: settings.policy)
        var timer: Task<Void, Never>?
        loop: for await _ in inbox.signals {
            var batch = EffectBatch()
            for event in inbox.takeAll() {
                for effect in scheduler.handle(event, at: clock.now) { batch.add(effect) }
            }
            for report in batch.reports { observer.take(report) }
            if let wake = batch.wake {
                timer?.cancel()
                timer = setTimer(wake)
            }
            await carryOut(batch)
            if batch.isStopped { break loop }
        }
        timer?.cancel()
    }

    private func setTimer(_ at: Instant) -> Task<Void, Never> {
        Task { [inbox, clock] in
            do {
                try await Task.sleep(until: clock.moment(at), clock: .continuous)
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

    /// In this order: what must still be written, the group (so that others take over at once), the rest.
    private func shutDown() async {
        await writer.close()
        let memberOutcome = await member.close()
        let readerOutcome = await reader.close()
        let producerOutcome = await producer.close()
        await provider.shutdown()
        logger.info(
            "worker stopped",
            metadata: [
                "member": "\(memberOutcome)", "reader": "\(readerOutcome)",
                "producer": "\(producerOutcome)",
            ])
    }

    private func followDiagnostics() -> [Task<Void, Never>] {
        [
            ("member", member.diagnostics), ("reader", reader.diagnostics),
            ("producer", producer.diagnostics),
        ]
        .map { name, stream in
            Task { [logger] in
                for await diagnostic in stream {
                    KafkaLog.write(diagnostic, of: name, to: logger)
                }
            }
        }
    }
}
