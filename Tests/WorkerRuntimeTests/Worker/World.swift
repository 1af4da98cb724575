// A sandbox with workers of which tests hold every end.

import JSON
import Jimeng
import JimengSimulator
import JobEngine
import Kafka
import Logging
import MediaAccess
import Observability
import Sandbox
import Tracing
import WorkerRuntime

/// Embedded broker, simulated provider, an audience, and as many workers as a test wants.
struct World {
    let sandbox: Sandbox
    let audience: Audience
    private let producer: Producer
    private let scale: Duration

    init(
        lanes: Int = 2, requestPartitions: Int = 4, generation: Duration = .milliseconds(300),
        _ change: (inout SandboxOptions) -> Void = { _ in }
    ) async throws {
        var options = SandboxOptions()
        options.lanes = lanes
        options.requestPartitions = requestPartitions
        options.slots = lanes * 4
        options.generation = .fixed(generation)
        change(&options)
        sandbox = try await Sandbox(options)
        scale = generation
        audience = try await Audience(sandbox.kafka(clientID: "audience"), sandbox.topics)
        producer = try Producer(sandbox.kafka(clientID: "requests"))
    }

    func stop() async {
        await audience.close()
        await producer.close()
        await sandbox.stop()
    }

    /// A policy with short times.
    var policy: Policy {
        var policy = sandbox.policy(scale: scale)
        policy.submitTimeout = .seconds(1)
        policy.lateNewsGrace = .seconds(1)
        policy.closingGrace = .seconds(2)
        return policy
    }

    // MARK: Workers

    /// How a worker differs from the usual one.
    struct Wish {
        var policy: (inout Policy) -> Void = { _ in }
        var properties: [String: String] = [:]
        var bootstrapServers: String?
        var group: String?
        var ends: (ProviderEnds) -> ProviderEnds = { $0 }
        var watch: (inout WatchSettings) -> Void = { _ in }
        var settings: (inout WorkerSettings) -> Void = { _ in }
        var callTimes = Observation.callTimes(submit: .seconds(30))
        var tracer: any Tracer = NoOpTracer()
        var logLevel = Logger.Level.info
    }

    /// Makes a worker and runs it.
    func worker(_ name: String, _ wish: Wish = Wish()) throws -> Running {
        let clock = SteadyClock()
        let intake = RequestIntake(catalogue: ModelCatalogue())
        let log = Board<String>()
        var logger = Logger(label: name) { _ in BoardLog(board: log) }
        logger.logLevel = wish.logLevel
        var kafka = sandbox.kafka(clientID: name)
        if let servers = wish.bootstrapServers { kafka.bootstrapServers = servers }
        // Short sessions: the embedded broker lets each rebalance wait for one.
        kafka.properties.merge(
            ["session.timeout.ms": "3500", "heartbeat.interval.ms": "300"]
        ) { $1 }
        kafka.properties.merge(wish.properties) { $1 }
        var settings = WorkerSettings(kafka: kafka)
        settings.topics = sandbox.topics
        settings.group = wish.group ?? sandbox.group
        settings.policy = policy
        wish.policy(&settings.policy)
        settings.requestsWatch = .milliseconds(200)
        wish.watch(&settings.watch)
        wish.settings(&settings)
        let registry = MetricCatalogue.registry()
        let observation = Observation(
            meters: Meters(registry), tracer: wish.tracer, clock: clock, callTimes: wish.callTimes)
        let provider = JimengProvider(
            clients: AccountClients(["sandbox": try client()]), intake: intake,
            prober: ImageProbe(fetch: GuardedFetch()),
            clock: clock, logger: logger)
        return Running(
            try Worker(
                settings: settings, intake: intake, provider: wish.ends(provider.ends),
                clock: clock, logger: logger, observation: observation), log: log,
            registry: registry)
    }

    func client() throws -> JimengClient {
        var settings = ClientSettings()
        settings.endpoint = try Endpoint(sandbox.simulator.address.baseURL)
        settings.connectTimeout = .seconds(2)
        settings.answerTimeout = .seconds(5)
        return try JimengClient(
            credentials: Credentials(
                accessKeyID: Sandbox.accessKey, secretAccessKey: Secret(Sandbox.secretKey)),
            settings: settings)
    }

    // MARK: Records

    /// A request that needs no image; its prompt begins with its id, so that the invoice tells it.
    static func request(_ id: String, prompt: String = "waves", more: [(String, JSON)] = [])
        -> [UInt8]
    {
        var object = JSONObject([
            ("id", JSON(id)), ("model", "jimeng_t2v_v30"), ("prompt", JSON("\(id) \(prompt)")),
            ("aspect_ratio", "16:9"),
        ])
        for (key, value) in more { object[key] = value }
        return JSON(object).serialized()
    }

    func send(_ values: [[UInt8]?], partition: Int32? = nil) async throws {
        try await write(
            values.enumerated().map {
                OutgoingRecord(
                    topic: sandbox.topics.requests, partition: partition ?? Int32($0 % 4),
                    key: nil, value: $1)
            })
    }

    func write(_ records: [OutgoingRecord]) async throws {
        for result in try await producer.write(records) { _ = try result.get() }
    }

    /// Submissions that the provider accepted, by the id that their prompt begins with.
    func submissions() -> [String: [String]] {
        Dictionary(grouping: sandbox.simulator.invoice().lines) {
            String($0.promptStart.prefix { $0 != " " })
        }
        .mapValues { $0.map(\.taskID) }
    }
}

/// A worker that runs, and how it ended.
struct Running: Sendable {
    let worker: Worker
    let log: Board<String>
    let registry: MetricRegistry
    private let endings = Board<String>()

    init(_ worker: Worker, log: Board<String>, registry: MetricRegistry) {
        self.worker = worker
        self.log = log
        self.registry = registry
        Task { [endings] in
            do {
                try await worker.run()
                endings.add("drained")
            } catch {
                endings.add("\(error)")
            }
        }
    }

    /// `drained`, the error, or nil if it still runs after `limit`.
    func ending(within limit: Duration) async -> String? {
        _ = await endings.wait(within: limit) { !$0.isEmpty }
        return endings.items.first
    }

    @discardableResult
    func drain(within limit: Duration = .seconds(20)) async -> String? {
        worker.drain()
        return await ending(within: limit)
    }

    func logs(_ text: String, times: Int = 1, within limit: Duration = .seconds(20)) async -> Bool {
        await log.wait(within: limit) { lines in
            lines.filter { $0.contains(text) }.count >= times
        }
    }
}

/// Log lines, as they are written.
struct BoardLog: LogHandler {
    let board: Board<String>
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let told = (event.metadata ?? [:]).map { "\($0)=\($1)" }.sorted().joined(separator: " ")
        board.add("\(event.message) \(told)")
    }
}
