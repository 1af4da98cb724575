// `fleets`: long runs of the simulation from the command line, as a small program that builds in seconds.

import ArgumentParser
import Simulation

@main
struct SimulationRun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fleets",
        abstract: "Fleets of workers with every fault that the simulation knows.",
        subcommands: [
            SeedsCommand.self, RebalancesCommand.self, MutantsCommand.self, TransitionsCommand.self,
            PollingCommand.self,
            ScenariosCommand.self,
        ],
        defaultSubcommand: SeedsCommand.self)
}
