// `fleets polling`: what looking at tasks costs and finds, by every rule.

import ArgumentParser
import Simulation

struct PollingCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "polling",
        abstract: "Idle slots, queries and delays: learned looks, fixed ticking and an oracle.",
        discussion: "Times in seconds, of virtual time: equal arguments give an equal table.")

    @Option(help: "How many tasks each row measures.")
    var tasks = 2000

    func validate() throws {
        guard (100...1_000_000).contains(tasks) else {
            throw ValidationError("--tasks must be from 100 to 1000000")
        }
    }

    func run() async throws {
        for line in PollingReport.lines(tasks: tasks) { print(line) }
    }
}
