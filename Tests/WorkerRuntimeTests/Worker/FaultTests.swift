// Each kind of broker trouble once, while jobs run.

import JobEngine
import Kafka
import Sandbox
import Testing
import WorkerRuntime

@Suite("Trouble with the broker")
struct FaultTests {
    /// A request that is refused, and how; each strikes once.
    static let faults: [(BrokerAPI, ErrorCode)] = [
        (.produce, .localTransport), (.produce, .notLeader), (.fetch, .localTransport),
        (.fetch, .notLeader), (.listOffsets, .localTransport), (.metadata, .localTransport),
        (.offsetFetch, .coordinatorNotAvailable), (.findCoordinator, .coordinatorNotAvailable),
        (.heartbeat, .localTransport), (.addPartitionsToTransaction, .concurrentTransactions),
        (.addPartitionsToTransaction, .topicAuthorizationFailed),
        (.addOffsetsToTransaction, .coordinatorNotAvailable),
        (.transactionOffsetCommit, .illegalGeneration), (.transactionOffsetCommit, .localTransport),
        (.endTransaction, .coordinatorLoading), (.endTransaction, .localTransport),
    ]

    /// Trouble in the midst of which the group goes on without its only member.
    static let losses: [(BrokerAPI, ErrorCode)] = [
        (.heartbeat, .unknownMember), (.heartbeat, .illegalGeneration),
    ]

    @Test("every job ends once, whatever request a broker refuses once")
    func everyKindOnce() async throws {
        let world = try await World(lanes: 2)
        let running = try world.worker("tough")
        var ids: [String] = []
        for (number, fault) in Self.faults.enumerated() {
            // Two jobs meet each fault: one that is under way, and one that comes with it.
            let pair = ["fault-\(number)-a", "fault-\(number)-b"]
            ids += pair
            try await world.send([World.request(pair[0])])
            try #require(world.sandbox.broker).failNext(fault.0, with: [fault.1])
            try await world.send([World.request(pair[1])])
            let count = ids.count
            let done = await world.audience.board.wait {
                Set($0.map(\.id)).count >= count
            }
            #expect(done, "no outcome after \(fault)")
            if !done { break }
        }
        let outcomes = await world.audience.outcomes(of: ids.count, within: .seconds(1))
        for id in ids {
            #expect(
                outcomes[id]?.map(\.status) == ["succeeded"],
                "\(id): \(outcomes[id]?.map { String(describing: $0.record) } ?? [])")
            #expect(world.submissions()[id]?.count == 1)
        }
        #expect(await running.drain() == "drained")
        await world.stop()
    }

    @Test(
        "a worker that the group lost comes back, and every job ends once or says that it may be paid"
    )
    func lostLanes() async throws {
        let world = try await World(lanes: 2)
        let running = try world.worker("lost")
        var ids: [String] = []
        for (number, fault) in Self.losses.enumerated() {
            try #require(world.sandbox.broker).failNext(
                .joinGroup, with: [.coordinatorNotAvailable])
            try await world.send([World.request("loss-\(number)-a")])
            try #require(world.sandbox.broker).failNext(fault.0, with: [fault.1])
            try await world.send([World.request("loss-\(number)-b")])
            ids += ["loss-\(number)-a", "loss-\(number)-b"]
            let count = ids.count
            #expect(
                await world.audience.board.wait { Set($0.map(\.id)).count >= count },
                "no outcome after \(fault)")
        }
        #expect(await running.logs("lanes lost", times: 1))
        let outcomes = await world.audience.outcomes(of: ids.count, within: .seconds(1))
        for id in ids {
            #expect(outcomes[id]?.count == 1)
            // An intent that commits while the group goes on is nobody's to submit any more: a real broker fences most
            // of them, and what is left is unknown rather than submitted twice.
            let known = outcomes[id]?.first?.status == "succeeded"
            #expect(known || outcomes[id]?.first?.kind == "submission_unknown")
            #expect((world.submissions()[id] ?? []).count == (known ? 1 : 0))
        }
        #expect(await running.drain() == "drained")
        await world.stop()
    }

    @Test(
        "a worker that loses its broker for longer than its session goes on by itself, and loses no task"
    )
    func outage() async throws {
        let world = try await World(lanes: 2)
        let (door, asked) = (Door(), Board<String>())
        let running = try world.worker(
            "patient", .init(ends: { $0.holdingSubmits(behind: door, telling: asked) }))
        try await world.send([World.request("paid")])
        #expect(await asked.wait { !$0.isEmpty })
        let broker = try #require(world.sandbox.broker)
        try broker.takeDown()
        // The answer comes when nothing can be written.
        door.open()
        #expect(await running.logs("lanes lost", within: .seconds(30)))
        try broker.bringUp()
        try await world.send([World.request("after")])
        let outcomes = await world.audience.outcomes(of: 2, within: .seconds(60))
        #expect(outcomes["paid"]?.map(\.taskID) == world.submissions()["paid"])
        #expect(outcomes["paid"]?.map(\.status) == ["succeeded"])
        #expect(outcomes["after"]?.map(\.status) == ["succeeded"])
        #expect(await running.drain() == "drained")
        await world.stop()
    }
}
