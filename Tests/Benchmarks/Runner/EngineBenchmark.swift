// g. The engine alone: events a second, and how that changes with the number of open jobs.

import ArgumentParser
import JobEngine

struct EngineBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "engine", abstract: "The engine alone, from 100 to 1,000,000 open jobs.")

    @Flag(help: "Up to 100,000 jobs only.")
    var quick = false

    func run() async throws {
        var table = Table(
            "engine: looks at running tasks, one event each for the timer and for the answer",
            [
                "open jobs", "events/s", "µs/event", "growth", "log n growth", "allocations/event",
            ])
        var first: (cost: Double, jobs: Double)?
        var most = 0.0
        for jobs in quick ? [100, 1000, 10_000, 100_000] : [100, 1000, 10_000, 100_000, 1_000_000] {
            var life = EngineLife(jobs: jobs)
            life.live(events: jobs)
            let events = max(200_000, jobs)
            let spent = Measure.of { life.live(events: events) }
            let cost = spent.cpu / Double(events)
            let allocations = Double(spent.allocations) / Double(events)
            most = max(most, allocations)
            let base = first ?? (cost, Double(jobs))
            first = base
            table.add(
                "\(jobs)", (Double(events) / spent.wall).text(0), (cost * 1e6).text(2),
                "\((cost / base.cost).text(2)) x",
                "\((log2(Double(jobs)) / log2(base.jobs)).text(2)) x",
                allocations.text(2))
        }
        table.show()
        try Gate.check("allocations per event", most, atMost: 5)
    }
}

private func log2(_ value: Double) -> Double {
    var (value, result) = (value, 0.0)
    while value >= 2 {
        value /= 2
        result += 1
    }
    return result + (value - 1)
}
