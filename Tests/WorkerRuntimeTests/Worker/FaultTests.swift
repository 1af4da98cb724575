// Each kind of broker trouble once, while jobs run.

import Foundation
import JimengSimulator
import JobEngine
import Kafka
import Observability
import Sandbox
import Testing
import WorkerRuntime

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

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

    @Test("transactions that the sandbox is asked to spoil are aborted, counted, and written again")
    func spoiledTransactions() async throws {
        let world = try await World(lanes: 1)
        let running = try world.worker("tough")
        let put = "/_sim/broker"
        #expect(try await world.put(put, #"{"abort":-1}"#) == 400)
        #expect(try await world.put(put, #"{"abort":2}"#) == 200)
        try await world.send([World.request("spoiled")], partition: 0)
        #expect(await world.audience.outcome(of: "spoiled")?.status == "succeeded")
        #expect(
            await running.logs("a ledger transaction was aborted and is written again", times: 2))
        #expect(
            running.registry.exposition()
                .contains(#"jimeng_ledger_transactions_total{result="aborted"} 2"#))
        #expect(try await world.put(put, #"{"abort":1000}"#) == 200)
        #expect(try await world.put(put, #"{"abort":0}"#) == 200)
        try await world.send([World.request("healed")], partition: 0)
        #expect(await world.audience.outcome(of: "healed")?.status == "succeeded")
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

    /// What a worker asks for while it starts and takes lanes over, refused twice each.
    static let faultsOfTheStart: [(BrokerAPI, ErrorCode)] = [
        (.initProducerID, .coordinatorNotAvailable), (.findCoordinator, .coordinatorNotAvailable),
        (.joinGroup, .coordinatorLoading), (.syncGroup, .coordinatorNotAvailable),
        (.offsetFetch, .coordinatorLoading), (.listOffsets, .notLeader), (.fetch, .notLeader),
        (.metadata, .localTransport), (.apiVersions, .localTransport),
    ]

    @Test("a worker starts and stops, whatever a broker refuses twice meanwhile")
    func start() async throws {
        let world = try await World(lanes: 2)
        let broker = try #require(world.sandbox.broker)
        for (api, error) in Self.faultsOfTheStart {
            try broker.failNext(api, with: [error, error])
        }
        let running = try world.worker("starting")
        try await world.send((0..<4).map { World.request("start-\($0)") })
        let outcomes = await world.audience.outcomes(of: 4, within: .seconds(90))
        #expect(outcomes.count == 4)
        #expect(outcomes.values.allSatisfy { $0.map(\.status) == ["succeeded"] })
        try broker.failNext(.leaveGroup, with: [.coordinatorNotAvailable])
        #expect(await running.drain(within: .seconds(40)) == "drained")
        await world.stop()
    }

    /// Errors that brokers answer in passing; each kind of request meets them at random.
    static let passing: [ErrorCode] = [
        .localTransport, .coordinatorNotAvailable, .coordinatorLoading, .notCoordinator, .notLeader,
        .requestTimedOut,
    ]

    @Test(
        "two workers end every job once, whatever their brokers refuse at random",
        arguments: [1, 2] as [UInt64])
    func random(seed: UInt64) async throws {
        let world = try await World(lanes: 2)
        let broker = try #require(world.sandbox.broker)
        let fleet = try ["one", "two"].map { try world.worker($0) }
        var dice = SplitMix64(seed: seed)
        let apis = BrokerAPI.allCases.filter { $0 != .apiVersions }
        var ids: [String] = []
        for round in 0..<12 {
            let batch = (0..<4).map { "random-\(seed)-\(round)-\($0)" }
            ids += batch
            for _ in 0..<3 {
                let api = apis[Int(dice.next() % UInt64(apis.count))]
                let error = Self.passing[Int(dice.next() % UInt64(Self.passing.count))]
                try broker.failNext(api, with: [error])
            }
            try await world.send(batch.map { World.request($0) })
            let count = ids.count
            let done = await world.audience.board.wait { Set($0.map(\.id)).count >= count }
            #expect(done, "no outcome in round \(round)")
            if !done { break }
        }
        // Errors that nobody has met yet would hit the audience's goodbye.
        for api in apis { try broker.heal(api) }
        let outcomes = await world.audience.outcomes(of: ids.count, within: .seconds(1))
        for id in ids {
            // This broker shows what was aborted: an outcome that was written again may be there twice, but not two
            // different ones.
            let verdicts = Set((outcomes[id] ?? []).map { "\($0.status) \($0.taskID ?? "-")" })
            #expect(verdicts.count == 1, "\(id): \(verdicts)")
            // Whoever loses its lanes with an intent on the way ends as unknown; nothing is paid without a result.
            let known = outcomes[id]?.first?.status == "succeeded"
            #expect(known || outcomes[id]?.first?.kind == "submission_unknown", "\(id)")
            #expect((world.submissions()[id] ?? []).count <= 1)
        }
        for running in fleet { #expect(await running.drain(within: .seconds(40)) == "drained") }
        await world.stop()
    }
}

extension World {
    /// Asks the sandbox's desk for something; the status of its answer.
    fileprivate func put(_ path: String, _ body: String) async throws -> Int? {
        let url = try #require(URL(string: sandbox.simulator.address.baseURL + path))
        var request = URLRequest(url: url)
        request.httpMethod = "PUT"
        request.httpBody = Data(body.utf8)
        let (_, response) = try await URLSession.shared.data(for: request)
        return (response as? HTTPURLResponse)?.statusCode
    }
}
