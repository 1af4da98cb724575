// `fleets mutants`: the table of deliberate faults and the seeds that catch them.

import ArgumentParser
import Simulation

struct MutantsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mutants",
        abstract:
            "Deliberate faults, each with the first seed that catches it and the promise it broke.",
        discussion: "Exit code 1 if one gets away.")

    @Option(help: "How many seeds each fault is given.")
    var seeds: UInt64 = 200

    func run() async throws {
        var missed = 0
        for mutant in Mutant.allCases {
            if let (seed, violation) = Simulation.firstCatch(of: mutant, in: 0..<seeds) {
                print("\(mutant.rawValue) | seed \(seed) | \(violation.rule.rawValue)")
            } else {
                missed += 1
                print("\(mutant.rawValue) | NOT CAUGHT by \(seeds) seeds")
            }
        }
        print("mutants: \(Mutant.allCases.count), not caught: \(missed)")
        if missed > 0 { throw ExitCode(1) }
    }
}
