// Whatever lies on the requests topic comes out once.

import JSON
import JobEngine
import Kafka
import Sandbox
import Synchronization
import Testing
import WorkerRuntime

@Suite("What a worker reads")
struct InputTests {
    @Test("garbage, nothing, too much and {} come out as one failure each, and block nobody")
    func hostile() async throws {
        let world = try await World(lanes: 1)
        let running = try world.worker("reader")
        let big = [UInt8](repeating: UInt8(ascii: "x"), count: 900_000)
        try await world.send([[0xFF, 0x00, 0x7B], [], nil, big, Array("{}".utf8)], partition: 1)
        try await world.send([World.request("after")], partition: 1)
        let outcomes = await world.audience.outcomes(of: 6)
        #expect(outcomes["after"]?.map(\.status) == ["succeeded"])
        let bad = (0..<5).map { outcomes["jimeng.requests-1-\($0)"] ?? [] }
        #expect(bad.map(\.count) == [1, 1, 1, 1, 1])
        #expect(bad.joined().allSatisfy { $0.kind == "invalid_request" })
        #expect(await running.drain() == "drained")
        #expect(world.audience.board.items.count == 6)
        await world.stop()
    }

    @Test("an id that comes twice has one outcome, and a waiting job can be cancelled")
    func duplicatesAndCancels() async throws {
        let world = try await World(lanes: 1)
        let running = try world.worker("reader")
        let later: [(String, JSON)] = [("not_before", "9999-12-31T23:59:59Z")]
        try await world.send(
            [
                World.request("twin"), World.request("twin", prompt: "again"),
                World.request("waits", more: later), Array(#"{"cancel":"waits"}"#.utf8),
                World.request("last"),
            ], partition: 0)
        let outcomes = await world.audience.outcomes(of: 3)
        #expect(outcomes["twin"]?.map(\.status) == ["succeeded"])
        #expect(outcomes["waits"]?.map(\.kind) == ["cancelled"])
        #expect(outcomes["last"]?.map(\.status) == ["succeeded"])
        #expect(await running.drain() == "drained")
        #expect(running.worker.counts.duplicates == 1)
        #expect(world.submissions()["twin"]?.count == 1)
        #expect(world.submissions()["waits"] == nil)
        await world.stop()
    }

    @Test(
        "a duplicate that waits for longer than the dedup window is one; when nothing waits the id is forgotten"
    )
    func waitingDuplicate() async throws {
        let world = try await World(lanes: 1)
        let (tombstones, ledger) = try await world.tombstones(of: 0)
        var wish = World.Wish()
        wish.policy = {
            $0.windowJobs = 1
            $0.dedupWindow = .milliseconds(100)
        }
        let running = try world.worker("reader", wish)
        let ids = ["twin", "other", "twin", "last"]
        try await world.send(ids.map { World.request($0) }, partition: 0)
        #expect(await world.audience.outcome(of: "last")?.status == "succeeded")
        #expect(running.worker.counts.duplicates == 1)
        #expect(world.submissions()["twin"]?.count == 1)
        #expect(await tombstones.wait { $0.contains("twin") })
        try await world.send([World.request("twin")], partition: 0)
        #expect(
            await world.audience.board.wait { $0.filter { $0.id == "twin" }.count == 2 },
            "an id that is forgotten is new")
        #expect(await running.drain() == "drained")
        await ledger.close()
        await world.stop()
    }

    @Test("request partitions that are added while workers run are read, without a restart")
    func growth() async throws {
        let world = try await World(lanes: 2)
        let seen = Atomic(2)
        var wish = World.Wish()
        wish.settings = {
            $0.partitionWatch = .milliseconds(100)
            $0.partitionsSeen = { told in min(told, seen.load(ordering: .acquiring)) }
        }
        let running = try world.worker("reader", wish)
        try await world.send([World.request("new-2")], partition: 2)
        try await world.send([World.request("new-3")], partition: 3)
        try await world.send([World.request("old-0"), World.request("old-1")])
        #expect(await world.audience.outcomes(of: 2).keys.sorted() == ["old-0", "old-1"])
        #expect(running.worker.counts.accepted == 2)
        seen.store(4, ordering: .releasing)
        #expect(await running.logs("a request partition was added", times: 2))
        let outcomes = await world.audience.outcomes(of: 4)
        #expect(outcomes.values.allSatisfy { $0.map(\.status) == ["succeeded"] })
        #expect(outcomes.count == 4)
        #expect(await running.drain() == "drained")
        await world.stop()
    }

    @Test("a record that the ledger refuses for its size fails one job and blocks no other")
    func poison() async throws {
        let world = try await World(lanes: 1)
        let running = try world.worker("writer", .init(properties: ["message.max.bytes": "20000"]))
        let much: [(String, JSON)] = [
            ("metadata", ["text": JSON(String(repeating: "m", count: 15_000))])
        ]
        try await world.send(
            [
                World.request("small-1"),
                World.request(
                    "large", prompt: String(repeating: "w", count: 700),
                    more: much
                        + [("parameters", ["filler": JSON(String(repeating: "p", count: 8_000))])]),
                World.request("small-2"),
            ], partition: 0)
        let outcomes = await world.audience.outcomes(of: 3)
        #expect(outcomes["small-1"]?.map(\.status) == ["succeeded"])
        #expect(outcomes["small-2"]?.map(\.status) == ["succeeded"])
        #expect(outcomes["large"]?.map(\.status) == ["failed"])
        #expect(outcomes["large"]?.map(\.kind) == ["invalid_request"])
        #expect(world.submissions()["large"] == nil)
        // The lane goes on with the same state.
        try await world.send([World.request("small-3")], partition: 0)
        #expect(await world.audience.outcome(of: "small-3")?.status == "succeeded")
        #expect(await running.drain() == "drained")
        await world.stop()
    }

    @Test("a failure record that is too large leaves the request out")
    func poisonedOutcome() async throws {
        let world = try await World(lanes: 1)
        let running = try world.worker("writer", .init(properties: ["message.max.bytes": "20000"]))
        try await world.send(
            [
                [UInt8](repeating: UInt8(ascii: "x"), count: 40_000), World.request("after"),
            ], partition: 0)
        let outcomes = await world.audience.outcomes(of: 2)
        let failure = outcomes["jimeng.requests-0-0"]?.first
        #expect(failure?.kind == "invalid_request")
        #expect(failure?.record["request_truncated"]?.bool == true)
        #expect(outcomes["after"]?.map(\.status) == ["succeeded"])
        #expect(await running.drain() == "drained")
        await world.stop()
    }
}

extension World {
    /// Ids whose entries get a tombstone in a lane's partition of the ledger, as they come.
    fileprivate func tombstones(of lane: Int32) async throws -> (Board<String>, Reader) {
        let board = Board<String>()
        let reader = try Reader(sandbox.kafka(clientID: "tombstones"), group: "tombstones")
        let partition = TopicPartition(sandbox.topics.ledger, lane)
        _ = try await reader.start(partition, from: .beginning)
        reader.demand(.max, of: partition)
        Task {
            for await case .records(let batch) in reader.events {
                for record in batch.records where record.value == nil {
                    board.add(String(decoding: record.key ?? [], as: UTF8.self))
                }
            }
        }
        return (board, reader)
    }
}
