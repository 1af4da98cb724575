// `fleets transitions`: which seed is the first to take each transition; rare ones become kept seeds.

import ArgumentParser
import Simulation

struct TransitionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "transitions",
        abstract: "Every transition of a job with the first seed that takes it.")

    @Option(help: "How many seeds.")
    var count: UInt64 = 2000

    func run() async throws {
        var seen: Set<Transition> = []
        for seed in 0..<count {
            let report = Simulation.run(seed..<seed + 1)
            for transition in report.transitions.subtracting(seen).sorted() {
                print("seed \(seed): \(transition)")
            }
            seen.formUnion(report.transitions)
        }
    }
}
