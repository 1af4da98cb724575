// A world in one process: an embedded broker, a simulated provider, and workers that know how to reach both.

import Jimeng
package import JimengSimulator
package import JobEngine
package import Kafka
package import Logging
import MediaAccess
package import WorkerRuntime

/// What can go wrong when a sandbox is made.
package enum SandboxError: Error, CustomStringConvertible {
    case broker(KafkaError)
    case simulator(SimulatorError)
    case worker(WorkerError)
    case settings(String)

    package var description: String {
        switch self {
        case .broker(let error): "the embedded broker did not start: \(error)"
        case .simulator(let error): "the simulator did not start: \(error)"
        case .worker(let error): "\(error)"
        case .settings(let text): text
        }
    }
}

/// Broker, topics and simulator, running until `stop()`.
package final class Sandbox: Sendable {
    package let options: SandboxOptions
    /// Nil on a real cluster.
    package let broker: EmbeddedBroker?
    package let bootstrapServers: String
    package let group: String
    package let simulator: SimulatorServer
    package let topics: Topics

    /// The key pair of the simulated account; public, as it opens nothing else.
    package static let accessKey = "AKLTsimulator"
    package static let secretKey = "c2ltdWxhdG9yLXNlY3JldA=="

    package init(_ options: SandboxOptions = SandboxOptions()) async throws(SandboxError) {
        self.options = options
        let run = options.externalBrokers.map { _ in
            "jimeng-test-\(String(UInt64.random(in: 0 ... .max), radix: 36))"
        }
        topics = Self.topics(prefix: run)
        group = run ?? "jimeng-workers"
        do {
            if let servers = options.externalBrokers {
                broker = nil
                bootstrapServers = servers
                try await Self.create(topics, options, on: servers)
            } else {
                let embedded = try EmbeddedBroker()
                broker = embedded
                bootstrapServers = embedded.bootstrapServers
                for planned in Self.plan(topics, options).topics {
                    try embedded.createTopic(planned.name, partitions: planned.topic.partitions)
                }
            }
        } catch {
            throw .broker(error)
        }
        do {
            simulator = try await SimulatorServer.start(
                port: options.simulatorPort, provider: Self.provider(options),
                controls: broker.map { ["/_sim/broker": BrokerControl($0).answer] } ?? [:])
        } catch {
            throw .simulator(error)
        }
    }

    private static func topics(prefix: String?) -> Topics {
        var topics = Topics()
        topics.progress = "jimeng.progress"
        guard let prefix else { return topics }
        topics.requests = "\(prefix).requests"
        topics.ledger = "\(prefix).ledger"
        topics.results = "\(prefix).results"
        topics.failures = "\(prefix).failures"
        topics.progress = "\(prefix).progress"
        return topics
    }

    private static func plan(_ topics: Topics, _ options: SandboxOptions) -> TopicPlan {
        TopicPlan(
            topics, lanes: options.lanes, requestPartitions: options.requestPartitions,
            outcomePartitions: 4, replication: options.replication)
    }

    private static func create(_ topics: Topics, _ options: SandboxOptions, on servers: String)
        async throws(KafkaError)
    {
        let admin = try Admin(ClientConfiguration(bootstrapServers: servers))
        let wanted = plan(topics, options).topics.map { planned in
            var topic = planned.topic
            if planned.role == .ledger {
                topic.configuration.merge(options.ledgerConfiguration) { $1 }
            }
            return topic
        }
        let results = try await admin.create(wanted)
        for result in results {
            if case .failed(let error) = result.outcome { throw error }
        }
        await admin.close()
    }

    private static func provider(_ options: SandboxOptions) -> SimulatedProvider {
        let account = SimulatedAccount(
            name: "sandbox",
            keys: [SimulatedAccount.Key(accessKeyID: accessKey, secret: secretKey)],
            concurrency: options.slots, submitsPerSecond: options.submitsPerSecond,
            queriesPerSecond: options.queriesPerSecond)
        return SimulatedProvider(
            ProviderOptions(
                accounts: [account], times: GenerationTimes(usual: options.generation),
                seed: options.seed),
            dial: options.dial)
    }

    package func stop() async {
        await simulator.stop()
        await broker?.stop()
    }

    /// How clients reach the embedded broker. Its fetches do not wake on new data, so they wait briefly.
    package func kafka(clientID: String) -> ClientConfiguration {
        ClientConfiguration(
            bootstrapServers: bootstrapServers, clientID: clientID,
            properties: ["fetch.wait.max.ms": "10", "session.timeout.ms": "6000"])
    }

    /// The address of a test image on the simulator.
    package func imageURL(_ name: String) -> String {
        "\(simulator.address.baseURL)/images/\(name)"
    }

    // MARK: Workers

    /// A policy in proportion to how fast the simulated provider is.
    package func policy(scale: Duration) -> Policy {
        var policy = Policy()
        policy.lanes = options.lanes
        policy.accounts = [
            AccountLimits(
                name: "sandbox", concurrency: options.slots,
                submitsPerSecond: Double(options.submitsPerSecond) * 0.8,
                queriesPerSecond: Double(options.queriesPerSecond) * 0.8)
        ]
        policy.polling.usual = scale
        policy.polling.firstLook = scale / 4
        policy.polling.shortest = max(scale / 20, .milliseconds(50))
        policy.polling.longest = max(scale / 4, .milliseconds(200))
        policy.doubtfulInterval = .milliseconds(400)
        policy.retry = Backoff(base: .milliseconds(200), cap: .seconds(2))
        policy.pause = Backoff(base: .milliseconds(200), cap: .seconds(2))
        policy.unknownHold = scale * 4
        policy.slotRecovery = scale
        policy.sendWindow = .seconds(3)
        policy.submitTimeout = .seconds(6)
        policy.lateNewsGrace = .seconds(2)
        policy.restoreSpread = .milliseconds(500)
        return policy
    }

    /// A worker on this sandbox; call `run()` on it.
    package func worker(named name: String, policy: Policy, logger: Logger)
        throws(SandboxError) -> Worker
    {
        let clock = SteadyClock()
        let intake = RequestIntake(catalogue: ModelCatalogue())
        var settings = WorkerSettings(kafka: kafka(clientID: name))
        settings.topics = topics
        settings.group = group
        settings.policy = policy
        let provider = try provider(intake: intake, clock: clock, logger: logger)
        do {
            return try Worker(
                settings: settings, intake: intake, provider: provider.ends, clock: clock,
                logger: logger)
        } catch {
            throw .worker(error)
        }
    }

    private func provider(intake: RequestIntake, clock: SteadyClock, logger: Logger)
        throws(SandboxError) -> JimengProvider
    {
        guard let loopback = IPNetwork("127.0.0.0/8") else {
            throw .settings("127.0.0.0/8 is no network")
        }
        let gate = FetchGuard(
            ports: [simulator.address.port], allowedNetworks: [loopback])
        do {
            let credentials = try Credentials(
                accessKeyID: Self.accessKey, secretAccessKey: Secret(Self.secretKey))
            var settings = ClientSettings()
            settings.endpoint = try Endpoint(simulator.address.baseURL)
            settings.connectTimeout = .seconds(2)
            settings.answerTimeout = .seconds(5)
            return JimengProvider(
                clients: AccountClients([
                    "sandbox": try JimengClient(credentials: credentials, settings: settings)
                ]),
                intake: intake, prober: ImageProbe(fetch: GuardedFetch(gate: gate)), clock: clock,
                logger: logger)
        } catch {
            throw .settings("\(error)")
        }
    }
}
