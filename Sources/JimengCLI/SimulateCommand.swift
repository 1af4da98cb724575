// `jimeng simulate`: the simulated provider in the foreground.

import ArgumentParser
import FoundationEssentials
import JimengSimulator
import WorkerRuntime

struct SimulateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract:
            "Play the provider: its API with signatures, limits, an invoice, and faults on order.",
        discussion: """
            Any client of the provider works against it with nothing changed but the address.

            EXAMPLES
              jimeng simulate --port 8080
              jimeng simulate --speed-up 30 --dial rough
              jimeng simulate --account one=2 --account two=1
              jimeng simulate --set submit_refusals='{"50430":0.2}' --set slow_answers=0.1
              curl -s localhost:8080/_sim/invoice | jq .
              curl -s -X PUT localhost:8080/_sim/dial -d '{"preset":"light"}'

            \(SimulatedProvider.markersHelp)
            """)

    @Option(help: "Port to listen on; 0 for any free one.")
    var port = 8080
    @Option(help: "Address to listen on; plain http, so mind who can reach it.")
    var host = "127.0.0.1"
    @Option(
        help: ArgumentHelp(
            "An account and its concurrency, such as main=2; its key is AKLTsimulator for the first and AKLTname for others. May be repeated.",
            valueName: "name=slots"))
    var account: [String] = []
    @Option(help: "Unfinished tasks of an account that does not say.")
    var concurrency = 2
    @Option(help: "Submits per second and account.")
    var submitQps = 5
    @Option(help: "Queries per second and account.")
    var queryQps = 20
    @Option(help: "Makes the whole provider faster: 60 turns minutes into seconds.")
    var speedUp = 1.0
    @Option(
        help: ArgumentHelp(
            "How long a task takes: 20s always, or 10s-60s spread; without it minutes as clients report them.",
            valueName: "time"))
    var generation: String?
    @Option(help: "Seed of all chance.")
    var seed: UInt64 = 1
    @Option(help: "How badly it behaves: off, light, rough or outage.")
    var dial = "off"
    @Option(
        help: ArgumentHelp(
            "A single fault by its name in GET /_sim/dial, such as slow_answers=0.1. May be repeated.",
            valueName: "fault=value"))
    var set: [String] = []

    func validate() throws {
        guard (0...65_535).contains(port) else {
            throw ValidationError("--port is \(port); allowed are 0 to 65535")
        }
        guard speedUp > 0 else { throw ValidationError("--speed-up must be above 0") }
        for (name, value) in [
            ("--concurrency", concurrency), ("--submit-qps", submitQps), ("--query-qps", queryQps),
        ] where value < 1 { throw ValidationError("\(name) must be 1 or more") }
        _ = try accounts()
        _ = try times()
        _ = try faults()
    }

    func run() async throws {
        let provider = SimulatedProvider(
            ProviderOptions(accounts: try accounts(), times: try times(), seed: seed),
            dial: try faults())
        let server: SimulatorServer
        do {
            server = try await SimulatorServer.start(host: host, port: port, provider: provider)
        } catch {
            throw CommandFailure(.unavailable, "\(error)")
        }
        greet(server)
        await Signals.firstStop()
        InvoiceSummary.show(server.invoice())
        await server.stop()
    }

    private func greet(_ server: SimulatorServer) {
        let url = server.address.baseURL
        Output.line("the simulated provider listens at \(url)")
        Output.line("")
        Output.line("  export JIMENG_ENDPOINT=\(url)")
        Output.line("  export JIMENG_ACCESS_KEY=AKLTsimulator JIMENG_SECRET_KEY='\(Self.secret)'")
        Output.line("")
        Output.line("  jimeng generate --image \(url)/images/jpeg-16x9.jpg --download cat.mp4")
        Output.line("  curl -s \(url)/_sim/invoice        what was accepted, and what it costs")
        Output.line("  curl -s \(url)/_sim/dial           the fault dial; PUT changes it")
        Output.line("")
        Output.line("Markers such as [sim:refuse=50430x3] in a prompt order faults: see --help.")
        Output.line("Ctrl-C stops it and shows the invoice.")
    }

    static let secret = "c2ltdWxhdG9yLXNlY3JldA=="

    // MARK: Options

    private func accounts() throws -> [SimulatedAccount] {
        let named = account.isEmpty ? ["demo"] : account
        var accounts: [SimulatedAccount] = []
        for (index, text) in named.enumerated() {
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            guard let name = parts.first, !name.isEmpty,
                let slots = parts.count > 1 ? Int(parts[1]) : concurrency, slots > 0
            else {
                throw ValidationError("--account takes name=slots, such as main=2; got '\(text)'")
            }
            let key = index == 0 ? "AKLTsimulator" : "AKLT\(name)"
            accounts.append(
                SimulatedAccount(
                    name: name, keys: [.init(accessKeyID: key, secret: Self.secret)],
                    concurrency: slots, submitsPerSecond: submitQps, queriesPerSecond: queryQps))
        }
        guard Set(accounts.map(\.name)).count == accounts.count else {
            throw ValidationError("--account names an account twice")
        }
        return accounts
    }

    private func times() throws -> GenerationTimes {
        try GenerationOption.times(generation, speedUp: speedUp)
    }

    private func faults() throws -> FaultDial {
        try FaultOptions.dial(preset: dial, settings: set)
    }
}
