// A group that never comes to rest: ten thousand rebalances must leave nothing behind.

import JobEngine

extension World {
    /// A world in which members come and go without a pause until the group has seen `rebalances` generations; then
    /// it is calm, and everything must end as in any other world.
    package init(restlessFor rebalances: Int, seed: UInt64) {
        self.init(weather: Weather(restless: seed), seed: seed)
        self.wantedRebalances = rebalances
        schedule(.unrest(1), in: 5000)
    }

    /// Generations that the group has seen.
    package var rebalances: Int { group.epoch }
    package var requestsAnswered: Int { auditor.outcomeCount }

    /// One more disturbance, and now and then a request.
    mutating func unrest(_ number: Int) {
        mostAlarms = max(mostAlarms, workers.map(\.scheduler.alarmCount).max() ?? 0)
        guard rebalances < wantedRebalances else {
            weather.storm = Int(now)
            schedule(.calm, in: 1)
            return schedule(.check, in: 5000)
        }
        if number.isMultiple(of: 8) { produce(number / 8) }
        chance.happens(300) ? deploy() : kick()
        schedule(.unrest(number + 1), in: Int64(chance.from(300...2500)))
    }
}

extension Weather {
    /// Three workers, three lanes and some of the usual faults, without an end of its own. No id comes twice: the world lives
    /// for longer than the dedup window.
    init(restless seed: UInt64) {
        self.init(seed: seed)
        workers = 3
        partitions = 3
        requests = 0
        ends = false
        skew = 0
        policy.lanes = 3
        policy.accounts = [
            AccountLimits(
                name: "main", concurrency: 6, submitsPerSecond: 20, queriesPerSecond: 20)
        ]
        // A world without an end in sight asks for more than short days pay for.
        policy.budget = Budget()
        policy.tenants = [:]
        policy.otherTenants = TenantPolicy()
        rates = [
            .lostTwice: 100, .abort: 20, .lostAnswer: 20, .slowAnswer: 50, .cancel: 50,
            .failedTask: 20,
        ]
    }
}
