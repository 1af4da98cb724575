// `jimeng worker`: the real thing.

import ArgumentParser
import Dispatch
import JobEngine
import Kafka
import Logging
import Observability
import Synchronization
import WorkerRuntime

struct WorkerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker",
        abstract: "Turn requests on Kafka into results and failures; run as many as you like.",
        discussion: """
            Everything it needs to know comes from flags, the environment or a YAML file, in this order of \
            precedence; all mistakes are reported at once before the first connection.

            EXAMPLES
              export KAFKA_BOOTSTRAP_SERVERS=broker-1:9092,broker-2:9092
              export JIMENG_ACCESS_KEY_FILE=/run/secrets/access-key
              export JIMENG_SECRET_KEY_FILE=/run/secrets/secret-key
              jimeng worker --check                 what the configuration comes to
              jimeng worker --create-topics         make missing topics, then work
              jimeng worker --config worker.yaml

            A YAML file has the same names, nested at underscores as you like:
              kafka:
                bootstrap_servers: broker-1:9092
                properties: {security.protocol: SASL_SSL}
              jimeng: {concurrency: 2, submit_qps: 1}
              accounts:                             instead of JIMENG_ACCESS_KEY and the like
                - {name: main, access_key_file: /run/a, secret_key_file: /run/s, concurrency: 4}

            Limits, keys, tenants, budget and polling may change while it works: write them to the file, and the \
            worker takes them over within seconds, or at once on SIGHUP (JIMENG_RELOAD_INTERVAL).

            SIGTERM or Ctrl-C: no new submits, what is in the air is recorded, running tasks go to the \
            other workers; a second one ends it at once. http://127.0.0.1:9464 shows /metrics, /livez and \
            /readyz (JIMENG_ADMIN_ADDRESS; a second worker on the machine takes a free port and logs it). Exit code 0 after that, 69 if no broker is \
            reached, 70 if it cannot go on and 71 if a watchdog saw no progress for too long (start it again), 78 if configuration or topics do not fit.
            """)

    @OptionGroup var settings: ConnectionOptions

    @Flag(help: "Print what the configuration comes to, secrets redacted, and exit.")
    var check = false

    @Flag(help: "Print the page that lists every setting, as Markdown, and exit.")
    var configReference = false

    @Flag(help: "Create topics that are missing.")
    var createTopics = false

    @Option(help: ArgumentHelp("Consumer group (KAFKA_GROUP_ID).", valueName: "id"))
    var group: String?

    @Option(help: ArgumentHelp("The provider's address (JIMENG_ENDPOINT).", valueName: "url"))
    var endpoint: String?

    @Option(
        help: ArgumentHelp(
            "Unfinished tasks that the account allows (JIMENG_CONCURRENCY).", valueName: "number"))
    var concurrency: String?

    @Option(
        help: ArgumentHelp("Graveness from which on to log (JIMENG_LOG_LEVEL).", valueName: "level")
    )
    var logLevel: String?

    @Option(help: ArgumentHelp("human or json (JIMENG_LOG_FORMAT).", valueName: "format"))
    var logFormat: String?

    func run() async throws {
        if configReference { return Output.text(ConfigurationReference.markdown) }
        let flags: [(name: String, flag: String, text: String?)] = [
            ("KAFKA_GROUP_ID", "--group", group), ("JIMENG_ENDPOINT", "--endpoint", endpoint),
            ("JIMENG_CONCURRENCY", "--concurrency", concurrency),
            ("JIMENG_LOG_LEVEL", "--log-level", logLevel),
            ("JIMENG_LOG_FORMAT", "--log-format", logFormat),
        ]
        let sources = try settings.sources(flags)
        let configuration = try settings.configured(flags) {
            (sources) throws(ConfigurationMistakes) in try WorkerConfiguration(sources)
        }
        if check {
            show(EffectiveConfiguration(configuration, sources))
            for warning in configuration.warnings { Output.note("jimeng: warning: \(warning)") }
            return
        }
        try await work(configuration, sources)
    }

    private func show(_ configuration: EffectiveConfiguration) {
        let names = configuration.lines.map(\.name.count).max() ?? 0
        let values = configuration.lines.map(\.value.count).filter { $0 < 48 }.max() ?? 0
        for line in configuration.lines {
            Output.line(
                line.name.padded(to: names) + "  " + line.value.padded(to: values) + "  "
                    + line.origin)
        }
    }

    private func work(
        _ configuration: WorkerConfiguration, _ sources: ConfigurationSources
    ) async throws {
        let logger = configuration.connection.log.logger
        let registry = MetricsBackend.install()
        let desk: AdminDesk
        do throws(AdminError) {
            desk = try await AdminDesk.open(
                configuration.admin, registry: registry,
                version: JimengCommand.version, logger: logger)
        } catch {
            throw CommandFailure(.configuration, "JIMENG_ADMIN_ADDRESS: \(error)")
        }
        let stage = Stage(logger: logger)
        await Signals.onStop { signal, count in stage.stop(count, 128 + signal.number) }
        await Signals.onReload { stage.reload() }
        logger.notice(
            "starting",
            metadata: [
                "brokers": "\(configuration.connection.kafka.bootstrapServers)",
                "group": "\(configuration.connection.group)",
                "client": "\(configuration.connection.kafka.clientID)",
                "provider": "\(configuration.provider.endpoint)",
            ])
        for warning in configuration.warnings { logger.warning("\(warning)") }
        let lanes = try await lanes(configuration, logger)
        do throws(WorkerError) {
            let configured = try configuration.worker(
                lanes: lanes, logger: logger, health: desk.health, onHopeless: Self.endSoon)
            let watch = ConfigurationWatch(
                configuration, sources, lanes: lanes, registry: registry, logger: logger,
                adopt: configured.adopt)
            let looks = configuration.reloadInterval.map { interval in
                Task { await watch.run(every: interval) }
            }
            defer { looks?.cancel() }
            stage.begin(configured.worker, watch)
            logger.notice("working", metadata: ["lanes": "\(lanes)"])
            try await configured.worker.run()
            await desk.close()
        } catch .stalled(let watch, let time) {
            throw CommandFailure(.stalled, "\(WorkerError.stalled(watch, time))")
        } catch {
            throw CommandFailure(.internal, "\(error)")
        }
    }

    /// A worker that a watchdog has given up tries to end in order; one that cannot even do that is ended.
    private static func endSoon() {
        DispatchQueue.global().asyncAfter(deadline: .now() + .seconds(30)) {
            Signals.exitNow(ExitStatus.stalled.rawValue)
        }
    }

    private func lanes(_ configuration: WorkerConfiguration, _ logger: Logger) async throws -> Int {
        do throws(StartUpFailure) {
            return try await StartUp(configuration, createsTopics: createTopics, logger: logger)
                .lanes()
        } catch {
            switch error {
            case .unreachable: throw CommandFailure(.unavailable, "\(error)")
            case .topics, .configuration: throw CommandFailure(.configuration, "\(error)")
            case .refused(let cause) where cause.kind == .unsupportedByBroker:
                throw CommandFailure(
                    .configuration,
                    "this broker cannot create topics for us (no Admin API): create them with its own "
                        + "tools; `jimeng topics create --dry-run` shows which")
            case .refused: throw CommandFailure(.unavailable, "\(error)")
            }
        }
    }
}

/// How far the worker has come, for what a signal means.
private final class Stage: Sendable {
    private struct State {
        var worker: Worker?
        var watch: ConfigurationWatch?
        /// SIGHUP came before there was anything to take a change over.
        var isReloadWished = false
    }

    private let state = Mutex(State())
    private let logger: Logger

    init(logger: Logger) { self.logger = logger }

    func begin(_ worker: Worker, _ watch: ConfigurationWatch) {
        let isReloadWished = state.withLock { state in
            (state.worker, state.watch) = (worker, watch)
            return state.isReloadWished
        }
        if isReloadWished { reload() }
    }

    func reload() {
        let watch = state.withLock { state in
            state.isReloadWished = state.watch == nil
            return state.watch
        }
        guard let watch else { return }
        Task { await watch.reload() }
    }

    /// The first signal drains, the second ends; before there is a worker there is nothing to drain.
    func stop(_ count: Int, _ code: Int32) {
        guard let worker = state.withLock({ $0.worker }) else {
            logger.notice("stopped before it worked")
            Signals.exitNow(0)
        }
        guard count == 1 else {
            logger.warning("ended at once; other workers take over when the group notices")
            Signals.exitNow(code)
        }
        worker.drain()
    }
}

extension String {
    func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }
}
