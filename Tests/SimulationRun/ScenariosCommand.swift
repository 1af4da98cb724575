// `fleets scenarios`: the account under load, as a table.

import ArgumentParser
import Simulation

struct ScenariosCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scenarios",
        abstract:
            "Fleets without faults under load: is the account busy, never overrun, shared fairly?",
        discussion: """
            Utilisation is the share of the slots that were taken while jobs waited; refused/min is the \
            most submits that the provider refused within any minute. Time is virtual: the same each run. \
            Exit code 1 if a promise was broken.
            """)

    @Flag(help: "Without the large fleets.")
    var short = false

    func run() async throws {
        let results = await withTaskGroup(of: (Int, ScenarioResult).self) { group in
            for (index, scenario) in Scenario.all(isShort: short).enumerated() {
                group.addTask { (index, scenario.run()) }
            }
            var results: [(Int, ScenarioResult)] = []
            for await result in group { results.append(result) }
            return results.sorted { $0.0 < $1.0 }.map(\.1)
        }
        print(ScenarioResult.table(results))
        for result in results {
            if let violation = result.violation { print("\(result.name): \(violation)") }
        }
        if results.contains(where: { $0.violation != nil }) { throw ExitCode(1) }
    }
}
