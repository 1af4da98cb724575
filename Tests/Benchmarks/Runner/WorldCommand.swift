// A broker and a provider in a process of their own, so that what they cost is not counted.

import ArgumentParser
import CInstantProvider
import CPromptSockets
import JimengSimulator
import Kafka
import Sandbox

/// Run by the other benchmarks: prints what a worker's environment needs, and ends with its standard input.
struct WorldCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "world", abstract: "A broker and a provider for the other benchmarks.",
        shouldDisplay: false)

    @Option var lanes = 1
    @Option var partitions = 1
    @Option var slots = 100
    /// Milliseconds that tasks take at most.
    @Option var generation = 0
    /// Partitions of a plain topic for the benchmark of the wrapper.
    @Option var plain = 0

    /// A provider that costs next to nothing, instead of the simulator that checks everything.
    @Flag var instant = false

    private func endpoint(_ sandbox: Sandbox) throws -> String {
        guard instant else { return sandbox.simulator.address.baseURL }
        let port = instant_provider_start(Int32(generation))
        guard port > 0 else { throw ValidationError("the provider could not be started") }
        return "http://127.0.0.1:\(port)"
    }

    func run() async throws {
        _ = prompt_sockets()
        var options = SandboxOptions()
        options.lanes = lanes
        options.requestPartitions = partitions
        options.slots = slots
        options.submitsPerSecond = 1_000_000
        options.queriesPerSecond = 1_000_000
        options.generation = .uniform(.zero ... .milliseconds(generation))
        let sandbox = try await Sandbox(options)
        if plain > 0 { try sandbox.broker?.createTopic("plain", partitions: plain) }
        print("KAFKA_BOOTSTRAP_SERVERS=\(sandbox.bootstrapServers)")
        print("JIMENG_ENDPOINT=\(try endpoint(sandbox))")
        print("ready")
        Flush.standardOutput()
        while readLine() != nil {}
        await sandbox.stop()
    }
}
