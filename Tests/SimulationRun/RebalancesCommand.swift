// `fleets rebalances`: a group that never comes to rest.

import ArgumentParser
import Simulation

struct RebalancesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rebalances",
        abstract: "Members come and go all the time, for so many generations of the group.",
        discussion: "Exit code 1 if a promise was broken, or something was kept for ever.")

    @Option(help: "How many rebalances.")
    var count = 10_000

    @Option(help: "The seed.")
    var seed: UInt64 = 1

    func run() async throws {
        let began = ContinuousClock.now
        var world = World(restlessFor: count, seed: seed)
        let violation = world.run()
        print(
            "simulation: \(world.rebalances) rebalances, \(world.requestsAnswered) requests answered, "
                + "at most \(world.mostAlarms) alarms in a worker, "
                + "\(Progress.rate(world.rebalances, since: began)) rebalances per second")
        if let violation {
            print("seed \(seed): \(violation)")
            throw ExitCode(1)
        }
    }
}
