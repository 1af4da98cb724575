// The scenarios that are run and printed: what the fleet does with an account under load.

import JobEngine

extension Scenario {
    /// All of them; `isShort` leaves out the large fleets.
    package static func all(isShort: Bool = false) -> [Scenario] {
        fleets(isShort ? [1, 4] : [1, 2, 4, 8, 16]) + [
            noisyNeighbour, foreignTasks, changingLimits,
        ]
            + skewed
    }

    /// The same load per slot on fleets of all sizes.
    static func fleets(_ sizes: [Int]) -> [Scenario] {
        sizes.map { workers in
            Scenario("even load", workers: workers, lanes: workers, slots: 2 * workers) {
                $0.flood(40 * workers)
            }
        }
    }

    /// A thousand jobs of one tenant, and a minute later ten of another behind them in the same partition.
    package static var noisyNeighbour: Scenario {
        Scenario("noisy neighbour", workers: 1, lanes: 1, slots: 4) {
            $0.flood(1000, tenant: "thousand")
            $0.flood(10, tenant: "ten", at: 60_000)
        }
    }

    /// Half of the account is taken by somebody else for ten minutes of every twenty.
    package static var foreignTasks: Scenario {
        Scenario("foreign tasks on the account", workers: 2, lanes: 2, slots: 8) { weather in
            weather.flood(240)
            weather.foreign = (0..<30).map { round in
                Foreign(span: round * 1_200_000 + 300_000..<round * 1_200_000 + 900_000, tasks: 4)
            }
        }
    }

    /// The operator doubles the slots, halves them, and goes on so every twenty minutes.
    package static var changingLimits: Scenario {
        Scenario("limits change every 20 minutes", workers: 2, lanes: 2, slots: 4) { weather in
            weather.flood(240)
            weather.changes = (1..<12).map { round in
                var accounts = weather.policy.accounts
                let slots = round.isMultiple(of: 2) ? 4 : 8
                accounts[0].concurrency = slots
                accounts[0].submitsPerSecond = Double(slots)
                accounts[0].queriesPerSecond = Double(slots)
                return LimitChange(at: Int64(round) * 1_200_000, accounts: accounts)
            }
        }
    }

    /// Keys that are not spread: what slots that are not lent cost.
    package static var skewed: [Scenario] {
        [(50, "half of the load in one of four partitions"), (100, "all in one of four")].map {
            share, name in
            Scenario(name, workers: 4, lanes: 4, slots: 8) { weather in
                for number in 0..<320 {
                    let isHot = number * share / 100 != (number + 1) * share / 100
                    let partition = isHot ? 0 : 1 + number % 3
                    weather.traffic.append(Traffic(at: 0, partition: partition))
                }
            }
        }
    }
}
