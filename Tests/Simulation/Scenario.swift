// A world that is made to measure something: how busy the account was, how long who waited.

import JobEngine

/// A fleet under load without faults, and what came of it.
package struct Scenario: Sendable {
    package let name: String
    var weather = Weather(scenario: ())
    /// Utilisation counts while somebody waits: from here until the last submit, in milliseconds.
    var warmUp: Int64 = 60_000

    init(_ name: String, _ change: (inout Weather) -> Void) {
        self.name = name
        change(&weather)
    }

    /// One account with so many slots on as many lanes, fed from as many partitions.
    init(_ name: String, workers: Int, lanes: Int, slots: Int, _ change: (inout Weather) -> Void) {
        self.init(name) { weather in
            weather.workers = workers
            weather.partitions = lanes
            weather.policy.lanes = lanes
            weather.policy.accounts = [
                AccountLimits(
                    name: "main", concurrency: slots, submitsPerSecond: Double(slots),
                    queriesPerSecond: Double(slots))
            ]
            change(&weather)
        }
    }

    package func run() -> ScenarioResult {
        var world = World(weather: weather, seed: 1)
        let violation = world.run()
        return ScenarioResult(self, world, violation)
    }
}

extension Weather {
    /// No faults; tasks of one to three minutes; enough queries for one per second and task.
    init(scenario: Void) {
        self.init(seed: 0)
        rates = [:]
        storm = 1000
        skew = 0
        shortestTask = 60_000
        longestTask = 120_000
        tenants = [nil]
        requests = 0
        horizon = 400_000_000
        policy = Policy()
        policy.polling.shortest = .seconds(1)
        policy.polling.longest = .seconds(1)
        policy.dedupWindow = .seconds(60)
    }

    /// So many requests from the beginning on, spread over all partitions.
    mutating func flood(_ count: Int, tenant: String? = nil, at: Int64 = 0) {
        for number in 0..<count {
            traffic.append(Traffic(at: at, partition: number % partitions, tenant: tenant))
        }
    }
}
