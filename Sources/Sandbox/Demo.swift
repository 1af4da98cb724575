// The demonstration: everything in one process, from requests on Kafka to outcomes on Kafka.

import JSON
import JimengSimulator
import JobEngine
import Kafka
package import Logging
import WorkerRuntime

/// Runs a sandbox with workers and a producer until every request has its outcome.
package struct Demo: Sendable {
    package let options: DemoOptions
    private let logger: Logger

    package init(_ options: DemoOptions, logger: Logger) {
        self.options = options
        self.logger = logger
    }

    /// What happens, as it happens.
    package enum Event: Sendable {
        case started(brokers: String, simulator: String, generation: Duration)
        case news(DemoBoard.News, DemoBoard)
        /// Now and then, so that a live table moves.
        case tick(DemoBoard)
        case workerFailed(String)
    }

    /// No outcome for so long: something is broken, and the audit will say what is missing.
    static let patience: Duration = .seconds(90)

    /// Runs to the end. `show` is called from one task at a time.
    package func run(show: @escaping @Sendable (Event) async -> Void) async throws(SandboxError)
        -> DemoAudit
    {
        let sandbox = try await Sandbox(sandboxOptions)
        await show(
            .started(
                brokers: sandbox.bootstrapServers,
                simulator: sandbox.simulator.address.baseURL, generation: options.generation))
        let workers = try makeWorkers(sandbox)
        let running = workers.map { worker in
            Task {
                do {
                    try await worker.run()
                } catch {
                    await show(.workerFailed("\(error)"))
                }
            }
        }
        let ids = (1...max(1, options.jobs)).map(Self.id)
        let board: DemoBoard
        do {
            try await produce(ids, sandbox)
            board = try await follow(ids, sandbox, show: show)
        } catch {
            throw .broker(error)
        }
        for worker in workers { worker.drain() }
        for task in running { await task.value }
        let audit = DemoAudit(
            requests: ids, board: board, invoice: sandbox.simulator.invoice(),
            slots: options.slots)
        await sandbox.stop()
        return audit
    }

    private var sandboxOptions: SandboxOptions {
        var sandbox = SandboxOptions()
        sandbox.lanes = options.lanes
        sandbox.requestPartitions = options.lanes * 2
        sandbox.slots = options.slots
        sandbox.generation = .logNormal(median: options.generation, sigma: 0.35)
        sandbox.dial = options.faults.dial
        // A demonstration has no twenty minutes for a straggler.
        sandbox.dial.lateSuccessBy = options.generation * 5
        sandbox.seed = options.seed
        return sandbox
    }

    private func makeWorkers(_ sandbox: Sandbox) throws(SandboxError) -> [Worker] {
        var workers: [Worker] = []
        let policy = sandbox.policy(scale: options.generation)
        for number in 1...max(1, options.workers) {
            workers.append(
                try sandbox.worker(named: "worker-\(number)", policy: policy, logger: logger))
        }
        return workers
    }

    // MARK: Requests

    private static func id(_ number: Int) -> String {
        let digits = String(number)
        return "demo-" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }

    private func produce(_ ids: [String], _ sandbox: Sandbox) async throws(KafkaError) {
        let producer = try Producer(sandbox.kafka(clientID: "demo-producer"))
        let records = ids.enumerated().map { number, id in
            OutgoingRecord(
                topic: sandbox.topics.requests, key: Array(id.utf8),
                value: request(id, number: number, sandbox).serialized())
        }
        let results = try await producer.write(records)
        await producer.close()
        for result in results { _ = try result.get() }
    }

    /// Mostly pictures set in motion, with the ratio read off the picture; some from words alone.
    private func request(_ id: String, number: Int, _ sandbox: Sandbox) -> JSON {
        if number % 5 == 4 {
            return [
                "id": JSON(id), "model": "jimeng_t2v_v30", "prompt": JSON("\(id) waves at dusk"),
                "aspect_ratio": "16:9", "tenant": "words",
            ]
        }
        let images = SampleImage.all
        let image = images[number % images.count]
        return [
            "id": JSON(id), "prompt": JSON("\(id) the camera pulls back slowly"),
            "image_urls": [JSON(sandbox.imageURL(image.name))], "aspect_ratio": "auto",
            "metadata": ["number": JSON(number)], "tenant": "pictures",
        ]
    }

    // MARK: Outcomes

    private func follow(
        _ ids: [String], _ sandbox: Sandbox, show: @escaping @Sendable (Event) async -> Void
    ) async throws(KafkaError) -> DemoBoard {
        let reader = try Reader(sandbox.kafka(clientID: "demo-audience"), group: "demo-audience")
        for topic in [sandbox.topics.results, sandbox.topics.failures, "jimeng.progress"] {
            for number in 0..<4 {
                let partition = TopicPartition(topic, Int32(number))
                _ = try await reader.start(partition, from: .beginning)
                reader.demand(1_000_000, of: partition)
            }
        }
        let ticker = Ticker(reader: reader)
        ticker.start()
        var board = DemoBoard(ids: ids)
        var lastProgress = ContinuousClock.now
        for await event in ticker.events {
            switch event {
            case .records(let records):
                for record in records {
                    guard let news = board.take(record, at: .now) else { continue }
                    lastProgress = .now
                    await show(.news(news, board))
                }
            case .tick:
                await show(.tick(board))
            }
            if board.finished >= ids.count || ContinuousClock.now - lastProgress > Self.patience {
                break
            }
        }
        ticker.stop()
        await reader.close()
        return board
    }
}

/// Joins a reader's records and a regular beat in one stream.
private final class Ticker: Sendable {
    enum Event: Sendable {
        case records([Record])
        case tick
    }

    let events: AsyncStream<Event>
    private let continuation: AsyncStream<Event>.Continuation
    private let reader: Reader

    init(reader: Reader) {
        self.reader = reader
        (events, continuation) = AsyncStream.makeStream()
    }

    func start() {
        let (reader, continuation) = (reader, continuation)
        Task {
            for await event in reader.events {
                if case .records(let batch) = event { continuation.yield(.records(batch.records)) }
            }
            continuation.finish()
        }
        Task {
            let end = ContinuousClock.now + .seconds(3600)
            while ContinuousClock.now < end {
                try? await Task.sleep(for: .milliseconds(250))
                if case .terminated = continuation.yield(.tick) { return }
            }
        }
    }

    func stop() { continuation.finish() }
}
