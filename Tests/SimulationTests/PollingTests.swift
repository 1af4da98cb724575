// Learned looks against fixed ticking and an oracle, in virtual time; `fleets polling` prints the whole table.

import JobEngine
import Simulation
import Testing

@Suite("Polling")
struct PollingTests {
    @Test("with a query a second per task, half of all slots are refilled within 0.6 s")
    func plenty() {
        let learned = PollingComparison(.steady, queries: nil, tasks: 300)
        var setting = PollingLab.Setting(.steady, queriesPerSecond: 1000, tasks: 300)
        setting.warmUp = 400
        let ticks = PollingComparison.ticks(every: .seconds(1), setting)
        #expect(learned.warm.medianIdle <= 0.6)
        #expect(learned.warm.queriesPerJob <= 0.45 * ticks.queriesPerJob)
        #expect(ticks.medianIdle > 0.5, "the tick is what it should be")
    }

    @Test(
        "with twelve queries a job, idle slots come near the best plan there is, and below ticking",
        arguments: GenerationModel.all.map(\.name))
    func twelve(name: String) throws {
        let model = try #require(GenerationModel.all.first { $0.name == name })
        let comparison = PollingComparison(model, queries: 12, warmUp: 300, tasks: 500)
        #expect(comparison.warm.queriesPerJob <= 12.5)
        #expect(comparison.warm.meanIdle <= 1.2 * comparison.oracle.meanIdle)
        #expect(comparison.warm.meanIdle < comparison.sameTicks.meanIdle)
        #expect(comparison.cold.meanIdle < comparison.sameTicks.meanIdle)
    }
}
