// Seeds in, verdicts out: runs worlds, and makes the smallest history of one that went wrong.

import JobEngine

/// What many seeds showed.
package struct SimulationReport: Sendable {
    package var seeds = 0
    package var transitions: Set<Transition> = []
    package var failures: [SimulationFailure] = []

    package init() {}
}

/// A seed that broke a promise.
package struct SimulationFailure: Sendable, CustomStringConvertible {
    package var seed: UInt64
    package var violation: Violation
    /// The faults that are needed for it.
    package var faults: [String]
    package var history: [String]

    package var description: String {
        """
        seed \(seed): \(violation)
        needs \(faults.isEmpty ? "no fault at all" : faults.joined(separator: ", "))
        \(history.joined(separator: "\n"))
        """
    }
}

package enum Simulation {
    /// Runs the seeds one by one; stops after `failureLimit` failures.
    package static func run(_ seeds: Range<UInt64>, failureLimit: Int = 3) -> SimulationReport {
        var report = SimulationReport()
        for seed in seeds {
            var world = World(weather: Weather(seed: seed), seed: seed)
            let violation = world.run()
            report.seeds += 1
            report.transitions.formUnion(world.auditor.transitions)
            if violation != nil {
                report.failures.append(shrink(seed))
                if report.failures.count >= failureLimit { break }
            }
        }
        return report
    }

    /// The first seed that catches a mutant, and the promise that it broke.
    package static func firstCatch(of mutant: Mutant, in seeds: Range<UInt64>)
        -> (seed: UInt64, violation: Violation)?
    {
        for seed in seeds {
            var world = World(weather: Weather(seed: seed), seed: seed, mutant: mutant)
            if let violation = world.run() { return (seed, violation) }
        }
        return nil
    }

    /// Switches faults off and takes requests away as long as some promise is still broken, then tells the story.
    ///
    /// - Parameter everything: tells all that happened, not only what concerns the violation.
    package static func shrink(_ seed: UInt64, everything: Bool = false) -> SimulationFailure {
        var weather = Weather(seed: seed)
        for fault in Weather.Fault.allCases where weather.rates[fault] != nil {
            var calmer = weather
            calmer.rates[fault] = nil
            if fails(calmer, seed) { weather = calmer }
        }
        while weather.requests > 1 {
            var fewer = weather
            fewer.requests -= 1
            guard fails(fewer, seed) else { break }
            weather = fewer
        }
        var world = World(weather: weather, seed: seed, recordsHistory: true)
        let violation =
            world.run()
            ?? Violation(rule: .leftBehind, detail: "the failure did not replay", at: 0)
        return SimulationFailure(
            seed: seed, violation: violation,
            faults: weather.rates.keys.map(\.rawValue).sorted(),
            history: everything ? world.history.lines : tell(world.history.lines, about: violation))
    }

    /// The lines about the job that the violation names, and those about no job at all.
    private static func tell(_ lines: [String], about violation: Violation) -> [String] {
        guard
            let subject = violation.detail.split(separator: " ").first(where: { $0.contains("-") })
        else { return lines.suffix(120) }
        return lines.filter { $0.contains(subject) || !$0.contains("job-") }.suffix(150)
    }

    private static func fails(_ weather: Weather, _ seed: UInt64) -> Bool {
        var world = World(weather: weather, seed: seed)
        return world.run() != nil
    }
}
