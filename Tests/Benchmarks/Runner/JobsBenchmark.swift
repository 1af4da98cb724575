// c and d. Whole jobs against a provider that answers at once, beside a straightforward Python worker without a ledger.

import ArgumentParser
import Kafka

struct JobsBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jobs", abstract: "Whole jobs with a provider that answers at once.",
        discussion:
            "Needs jimeng beside this program; the Python worker needs BENCH_PYTHON, a Python with its packages."
    )

    @Option(help: "Jobs.")
    var jobs = 5000
    @Option(help: "Unfinished tasks at once.")
    var slots = 100
    @Option(help: "Milliseconds that a task takes at most.")
    var generation = 0
    @Option(help: "The Python to run the baseline with; without it there is none.")
    var python: String?
    @Option(help: "Where the Python worker is.")
    var baseline = "Tests/Benchmarks/Python/worker.py"

    func run() async throws {
        var table = Table(
            "jobs: \(jobs) of 0–\(generation) ms, \(slots) at once, one request partition per worker",
            ["worker", "jobs/s", "wall, s", "CPU, ms/job"])
        if let python {
            try await add("Python, no ledger", workers: 1, &table) { world in
                try ChildProcess(
                    "python", python, [baseline],
                    WorkerSettingsForBenchmarks.environment(of: world, slots: slots))
            }
        }
        for workers in [1, 2] {
            try await add("ours x \(workers)", workers: workers, &table) { world in
                try ChildProcess(
                    "worker", ChildProcess.jimeng, ["worker"],
                    WorkerSettingsForBenchmarks.environment(of: world, slots: slots).merging([
                        "JIMENG_ADMIN_ADDRESS": "off"
                    ]) { $1 })
            }
        }
        table.show()
    }

    private func add(
        _ name: String, workers: Int, _ table: inout Table,
        start: (BenchmarkWorld) throws -> ChildProcess
    ) async throws {
        let world = try BenchmarkWorld([
            "--slots", "\(slots)", "--generation", "\(generation)", "--lanes", "\(workers)",
            "--partitions", "\(workers)", "--instant",
        ])
        let traffic = Traffic(servers: world.servers)
        let fleet = try (0..<workers).map { _ in try start(world) }
        // Everybody has joined when a first few jobs are through.
        try await traffic.send(20 * workers, prefix: "warm")
        _ = try await traffic.wait(for: 20 * workers, in: Self.outcomes)
        let before = fleet.compactMap(\.cpu).reduce(0, +)
        let spent = try await Measure.of {
            async let seen = traffic.wait(for: jobs, in: Self.outcomes, where: Self.isCounted)
            try await traffic.send(jobs, prefix: "job")
            let count = try await seen
            if count < jobs { print("  \(name): only \(count) of \(jobs) came out") }
        }
        let cpu = fleet.compactMap(\.cpu).reduce(0, +) - before
        for process in fleet { process.stop() }
        world.process.stop()
        table.add(
            name, (Double(jobs) / spent.wall).text(0), spent.wall.text(2),
            (cpu / Double(jobs) * 1000).text(3))
    }

    private static func isCounted(_ record: Record) -> Bool {
        record.key?.starts(with: "job-".utf8) == true
    }

    private static let outcomes = [("jimeng.results", 4), ("jimeng.failures", 4)]
        .map { (name: $0.0, partitions: $0.1) }
}
