// `jimeng sandbox`: a broker and a provider to play with, left running.

import ArgumentParser
import FoundationEssentials
import JimengSimulator
import Kafka
import Logging
import Sandbox
import WorkerRuntime

struct SandboxCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sandbox",
        abstract: "Leave a broker and a simulated provider running, for kcat, workers and you.",
        discussion: """
            Everything is in memory and on this machine. Paste the environment that it prints into other \
            terminals (or let --env write it to a file), and run workers, submits and kcat there.

            The dial of the provider's faults is at /_sim/dial, as with 'jimeng simulate'. The broker has one, too:
              curl -X PUT $JIMENG_ENDPOINT/_sim/broker -d '{"abort": 20}'    20 transactions are aborted

            EXAMPLES
              jimeng sandbox --env .sandbox        then elsewhere: . ./.sandbox; jimeng worker
              jimeng sandbox --workers 2           workers inside: only submit is left to you
              jimeng sandbox --dial rough --generation 10s-30s
            """)

    @Option(help: "Lanes (ledger partitions), 1 to 32; at most --slots.")
    var lanes = 4
    @Option(help: "Partitions of the requests topic; at least --lanes.")
    var requestPartitions = 8
    @Option(help: "Unfinished tasks that the simulated account allows.")
    var slots = 8
    @Option(help: "How long a task takes: 20s always, or 2s-6s spread.")
    var generation = "2s-6s"
    @Option(help: "How badly the provider behaves: off, light, rough or outage.")
    var dial = "off"
    @Option(
        help: ArgumentHelp(
            "A single fault, such as slow_answers=0.1. May be repeated.", valueName: "fault=value"))
    var set: [String] = []
    @Option(help: "Seed of all chance on the provider's side.")
    var seed: UInt64 = 1
    @Option(help: "Port of the simulated provider; 0 for any free one.")
    var port = 0
    @Option(help: "Workers to run inside, 0 to 16.")
    var workers = 0
    @Option(help: ArgumentHelp("Also write the environment to this file.", valueName: "file"))
    var env: String?
    @Option(help: ArgumentHelp("What the workers inside log, and graver.", valueName: "level"))
    var logLevel = "info"

    func validate() throws {
        try check("--lanes", lanes, 1...32)
        try check("--slots", slots, lanes...10_000)
        try check("--request-partitions", requestPartitions, lanes...256)
        try check("--port", port, 0...65_535)
        try check("--workers", workers, 0...16)
        guard Logger.Level(rawValue: logLevel) != nil else {
            throw ValidationError("--log-level is '\(logLevel)'; try info or debug")
        }
        _ = try GenerationOption.time(generation)
        _ = try FaultOptions.dial(preset: dial, settings: set)
    }

    private func check(_ name: String, _ value: Int, _ range: ClosedRange<Int>) throws {
        guard range.contains(value) else {
            throw ValidationError(
                "\(name) is \(value); allowed are \(range.lowerBound) to \(range.upperBound)")
        }
    }

    func run() async throws {
        let sandbox = try await make()
        let running = try startWorkers(sandbox)
        let environment = environment(of: sandbox)
        try write(environment)
        greet(sandbox, environment)
        await Signals.firstStop()
        for (worker, _) in running { worker.drain() }
        for (_, task) in running { await task.value }
        InvoiceSummary.show(sandbox.simulator.invoice())
        await sandbox.stop()
    }

    private func make() async throws -> Sandbox {
        var options = SandboxOptions()
        options.lanes = lanes
        options.requestPartitions = requestPartitions
        options.slots = slots
        options.generation = try GenerationOption.time(generation)
        options.dial = try FaultOptions.dial(preset: dial, settings: set)
        options.seed = seed
        options.simulatorPort = port
        do {
            return try await Sandbox(options)
        } catch {
            throw CommandFailure(.unavailable, "\(error)")
        }
    }

    // MARK: Workers inside

    private func startWorkers(_ sandbox: Sandbox) throws -> [(Worker, Task<Void, Never>)] {
        var log = LogSettings()
        log.level = Logger.Level(rawValue: logLevel) ?? .info
        return try (0..<workers).map { number in
            var logger = log.logger
            logger[metadataKey: "worker"] = "worker-\(number + 1)"
            let worker: Worker
            do {
                worker = try sandbox.worker(
                    named: "worker-\(number + 1)", policy: sandbox.policy(scale: .seconds(4)),
                    logger: logger)
            } catch {
                throw CommandFailure(.internal, "\(error)")
            }
            let task = Task { [logger] in
                do throws(WorkerError) {
                    try await worker.run()
                } catch {
                    logger.critical("\(error)")
                }
            }
            return (worker, task)
        }
    }

    // MARK: What to paste

    private func environment(of sandbox: Sandbox) -> [String] {
        let kafka = sandbox.kafka(clientID: "")
        let properties = kafka.properties.merging(["heartbeat.interval.ms": "1000"]) { own, _ in own
        }
        .map { "\($0.key)=\($0.value)" }.sorted().joined(separator: ",")
        return [
            "export KAFKA_BOOTSTRAP_SERVERS=\(kafka.bootstrapServers)",
            "export KAFKA_PROPERTIES=\(properties)",
            "export JIMENG_ENDPOINT=\(sandbox.simulator.address.baseURL)",
            "export JIMENG_ACCESS_KEY=\(Sandbox.accessKey) JIMENG_SECRET_KEY='\(Sandbox.secretKey)'",
            "export JIMENG_ACCOUNT=sandbox JIMENG_CONCURRENCY=\(slots)",
            "export JIMENG_SUBMIT_QPS=\(sandbox.options.submitsPerSecond * 4 / 5) "
                + "JIMENG_QUERY_QPS=\(sandbox.options.queriesPerSecond * 4 / 5)",
            "export JIMENG_PROGRESS_TOPIC=\(sandbox.topics.progress ?? "jimeng.progress")",
            "export JIMENG_SEND_WINDOW=4s JIMENG_SUBMIT_TIMEOUT=12s JIMENG_UNKNOWN_HOLD=20s",
            "export JIMENG_POLL_FIRST=500ms JIMENG_POLL_SHORTEST=200ms JIMENG_POLL_LONGEST=1s "
                + "JIMENG_POLL_USUAL=4s",
            "export JIMENG_IMAGE_NETWORKS=127.0.0.0/8 "
                + "JIMENG_IMAGE_PORTS=\(sandbox.simulator.address.port)",
        ]
    }

    private func write(_ environment: [String]) throws {
        guard let env else { return }
        let text = environment.joined(separator: "\n") + "\n"
        do {
            try Data(text.utf8).write(to: URL(filePath: env))
        } catch {
            throw CommandFailure(
                .unavailable, "the environment cannot be written to \(env): check the path")
        }
    }

    private func greet(_ sandbox: Sandbox, _ environment: [String]) {
        let servers = sandbox.bootstrapServers
        let image = sandbox.imageURL("jpeg-16x9.jpg")
        Output.text(
            """
            embedded broker      \(servers)
            simulated provider   \(sandbox.simulator.address.baseURL)   (/_sim/invoice, /_sim/dial, /_sim/broker)

            In other terminals\(env.map { ", `. \($0.hasPrefix("/") ? $0 : "./" + $0)`, or paste:" } ?? ", paste:")

            \(environment.joined(separator: "\n"))

            Then, for example:

              jimeng worker
              jimeng submit --prompt "A cat turns its head" --image \(image) --wait
              jimeng results --from-beginning

              kcat -b \(servers) -P -t jimeng.requests -K '|' <<'END'
              hello-1|{"id":"hello-1","image_urls":["\(image)"],"prompt":"A cat turns its head"}
              hello-2|{"id":"hello-2","model":"jimeng_t2v_v30","prompt":"Clouds over the sea","aspect_ratio":"21:9"}
              hello-3|{"id":"hello-3","seed":"none"}
              END
              kcat -b \(servers) -C -t jimeng.results -o beginning -q
              kcat -b \(servers) -C -t jimeng.failures -o beginning -q

            Ctrl-C stops it and shows the invoice.

            """)
    }
}
