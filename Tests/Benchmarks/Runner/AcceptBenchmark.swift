// b. Durable acceptance: from a requests topic into the ledger, with nothing submitted.

import ArgumentParser

struct AcceptBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "accept",
        abstract: "Requests accepted into the ledger per second, and CPU of each.")

    @Option(help: "Requests.")
    var requests = 5000

    func run() async throws {
        // Tasks that take longer than the benchmark fill the few slots at once; everything else waits in the ledger.
        let world = try BenchmarkWorld(["--slots", "1", "--generation", "600000"])
        let traffic = Traffic(servers: world.servers)
        try await traffic.send(requests, prefix: "accept")
        let worker = try ChildProcess(
            "worker", ChildProcess.jimeng, ["worker"],
            WorkerSettingsForBenchmarks.environment(of: world, slots: 1))
        // The first entry starts the clock: joining the group takes the embedded broker three seconds.
        _ = try await traffic.wait(for: 1, in: [("jimeng.ledger", 1)], where: isEntry)
        let before = worker.cpu
        let spent = try await Measure.of {
            let seen = try await traffic.wait(
                for:
                    requests, in: [("jimeng.ledger", 1)], where: isEntry)
            if seen < requests { print("  only \(seen) of \(requests) were accepted") }
        }
        let cpu = zip(worker.cpu, before).map { $0 - $1 }
        worker.stop()
        world.process.stop()
        var table = Table(
            "accept: \(requests) requests into the ledger, one lane", ["what", "value"])
        table.add("accepted per second", (Double(requests) / spent.wall).text(0))
        table.add(
            "worker's CPU, µs per request", (cpu.map { $0 / Double(requests) * 1e6 } ?? -1).text(1))
        table.show()
    }
}

private func zip<A, B>(_ a: A?, _ b: B?) -> (A, B)? {
    if let a, let b { (a, b) } else { nil }
}
