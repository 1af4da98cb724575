// The account under load: never overrun, always busy, and shared fairly.

import Simulation
import Testing

@Suite("Scenarios")
struct ScenarioTests {
    @Test("the ten do not wait for the thousand")
    func noisyNeighbour() throws {
        let result = Scenario.noisyNeighbour.run()
        print("scenario: \(result.row.joined(separator: " | "))")
        #expect(result.violation == nil)
        let ten = try #require(result.waits["ten"])
        let thousand = try #require(result.waits["thousand"])
        #expect(ten.count == 10)
        #expect(thousand.count == 1000)
        // Half of four slots: the last of ten begins in the fifth round, after four of three minutes at most.
        #expect((ten.last ?? .infinity) < 4 * 180)
        #expect(ScenarioResult.median(thousand) > 3 * 3600)
        #expect(result.utilisation >= 0.95)
    }

    @Test(
        "limits that go up and down, and foreign tasks, neither overrun the account nor leave it idle"
    )
    func changing() {
        for scenario in [Scenario.changingLimits, .foreignTasks] {
            let result = scenario.run()
            print("scenario: \(result.row.joined(separator: " | "))")
            #expect(result.violation == nil)
            #expect(result.utilisation >= 0.95, "\(result.name)")
            #expect(result.refusalsPerMinute <= 10, "\(result.name)")
        }
    }
}
