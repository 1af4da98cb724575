// `jimeng demo`: the whole system in one process, with an audit at the end.

import ArgumentParser
import JimengSimulator
import Logging
import Sandbox

struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract:
            "See requests go through Kafka and the (simulated) provider, shared by several workers.",
        discussion: """
            Starts an embedded broker, a simulated provider and workers in this process, produces requests, \
            shows what becomes of them, and audits the end from the topics and the provider's invoice.

            EXAMPLES
              jimeng demo
              jimeng demo --jobs 200 --workers 3 --faults rough
              jimeng demo --json | jq .

            Exit code 0 only if every request has exactly one outcome and none was paid twice.
            """)

    @Option(help: "Requests to produce, 1 to 5000.")
    var jobs = 12
    @Option(help: "Workers that share the work, 1 to 16.")
    var workers = 3
    @Option(help: "Lanes (ledger partitions), 1 to 32; each brings two slots on the account.")
    var lanes = 4
    @Option(help: "Seed of all chance on the provider's side.")
    var seed: UInt64 = 1
    @Option(help: "How badly the provider behaves: off, light, rough or outage.")
    var faults = "off"
    @Flag(help: "Print each outcome as one JSON line, and the summary as the last.")
    var json = false
    @Flag(help: "Log what the workers do, to standard error.")
    var verbose = false

    func validate() throws {
        try check("--jobs", jobs, 1...5000)
        try check("--workers", workers, 1...16)
        try check("--lanes", lanes, 1...32)
        if FaultDial.Preset(rawValue: faults) == nil {
            let known = FaultDial.Preset.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("--faults is '\(faults)'; known are \(known)")
        }
    }

    private func check(_ name: String, _ value: Int, _ range: ClosedRange<Int>) throws {
        guard range.contains(value) else {
            throw ValidationError(
                "\(name) is \(value); allowed are \(range.lowerBound) to \(range.upperBound)")
        }
    }

    func run() async throws {
        var options = DemoOptions()
        options.jobs = jobs
        options.workers = workers
        options.lanes = lanes
        options.seed = seed
        options.faults = FaultDial.Preset(rawValue: faults) ?? .off
        var logger = Logger(label: "demo") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = verbose ? .debug : .error
        let view = DemoView(json: json)
        do {
            let audit = try await Demo(options, logger: logger).run { await view.show($0) }
            await view.summary(audit)
            if !audit.violations.isEmpty { throw ExitCode(1) }
        } catch let error as SandboxError {
            await view.fail("\(error)")
            throw ExitCode(70)
        }
    }
}
