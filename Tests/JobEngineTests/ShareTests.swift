// Slots and rates of one account, shared over lanes without a word between them.

import JobEngine
import Testing

@Suite("Shares")
struct ShareTests {
    @Test("the slots of all lanes add up to the limit, for every limit and number of lanes")
    func exact() {
        for lanes in 1...40 {
            for limit in 0...60 {
                let shares = (0..<lanes).map {
                    SlotPool.share(of: limit, lane: LaneID($0), lanes: lanes)
                }
                #expect(shares.reduce(0, +) == limit)
                let (least, most) = (shares.min() ?? 0, shares.max() ?? 0)
                #expect(most - least <= 1)
            }
        }
    }

    /// Intents that a fleet of one worker mints at once, per account and model class.
    private func grants(
        lanes: Int, _ account: AccountLimits, model: String = "model", jobs: Int = 10
    ) -> Int {
        var talk = Conversation(
            Samples.policy {
                $0.lanes = lanes
                $0.accounts = [account]
            })
        var grants = 0
        for lane in 0..<lanes {
            talk.acquires(lane: lane, partitions: [Int32(lane)])
            for number in 0..<jobs {
                talk.reads("\(lane)-\(number)", lane: lane, partition: Int32(lane)) {
                    $0.model = model
                }
            }
            grants += talk.commits().filter { $0.contains("intent") }.count
        }
        while talk.now < Samples.at(20), talk.wakeAt != nil {
            grants += talk.wakes().filter { $0.contains("intent") }.count
        }
        return grants
    }

    @Test("a fleet's jobs in flight never exceed the account", arguments: 1...9, [1, 2, 7, 12])
    func fleet(lanes: Int, limit: Int) {
        let account = Samples.account(slots: limit, submits: 1000)
        #expect(grants(lanes: lanes, account) == min(limit, lanes * 10))
    }

    @Test("slots of a model of its own are usable where the lane has none of the others")
    func modelShare() {
        let account = Samples.account(slots: 1, models: ["pro": 4], submits: 1000)
        #expect(grants(lanes: 4, account, model: "pro") == 4)
    }

    @Test("the submit rates of all lanes add up to the account's", arguments: [1, 3, 4])
    func rates(lanes: Int) {
        let account = Samples.account(slots: 1000, submits: 2)
        let grants = grants(lanes: lanes, account, jobs: 90)
        // One token per lane to begin with.
        #expect((38...(41 + lanes)).contains(grants))
    }
}
