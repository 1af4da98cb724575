// A worker that is told to stop, stops: in seconds, with everything recorded.

import JobEngine
import Kafka
import Sandbox
import Testing
import WorkerRuntime

@Suite("How a worker ends")
struct DrainTests {
    @Test("tasks of a drained worker go on at another one, with the same task ids, paid once")
    func handOver() async throws {
        let world = try await World(lanes: 2, generation: .seconds(6))
        let first = try world.worker("first")
        let ids = (1...6).map { "job-\($0)" }
        try await world.send(ids.map { World.request($0) })
        #expect(await first.logs("lane taken over", times: 2))
        let second = try world.worker("second")
        #expect(await second.logs("lane taken over"))
        // The lane that stays is not read again.
        #expect(await first.logs("lane resumed unchanged"))
        #expect(await first.drain() == "drained")
        let before = world.submissions()
        let outcomes = await world.audience.outcomes(of: ids.count)
        for id in ids {
            #expect(outcomes[id]?.map(\.status) == ["succeeded"])
            #expect(world.submissions()[id]?.count == 1)
            if let task = before[id]?.first { #expect(outcomes[id]?.first?.taskID == task) }
        }
        #expect(outcomes.values.joined().contains { $0.worker == "second" })
        #expect(await second.drain() == "drained")
        await world.stop()
    }

    @Test("a worker that is drained before it has a lane stops at once, and twice is once")
    func early() async throws {
        let world = try await World()
        let running = try world.worker("early")
        running.worker.drain()
        #expect(await running.drain(within: .seconds(10)) == "drained")
        await world.stop()
    }

    @Test("a worker that never reached a broker can be drained in seconds")
    func unreachable() async throws {
        let world = try await World()
        let running = try world.worker("lonely", .init(bootstrapServers: "127.0.0.1:9"))
        #expect(await running.drain(within: .seconds(12)) == "drained")
        await world.stop()
    }

    @Test("a worker whose broker is gone, with a task id to record, still stops in seconds")
    func brokerGone() async throws {
        let world = try await World(lanes: 1)
        let (door, asked) = (Door(), Board<String>())
        let running = try world.worker(
            "cut off", .init(ends: { $0.holdingSubmits(behind: door, telling: asked) }))
        try await world.send([World.request("held")])
        #expect(await asked.wait { !$0.isEmpty })
        try #require(world.sandbox.broker).takeDown()
        door.open()
        #expect(await running.drain(within: .seconds(30)) != nil)
        await world.stop()
    }

    @Test("a worker whose writes are refused for ever still stops in seconds")
    func refused() async throws {
        let world = try await World(lanes: 1)
        let (door, asked) = (Door(), Board<String>())
        let running = try world.worker(
            "refused", .init(ends: { $0.holdingSubmits(behind: door, telling: asked) }))
        try await world.send([World.request("held")])
        #expect(await asked.wait { !$0.isEmpty })
        let errors = [ErrorCode](repeating: .topicAuthorizationFailed, count: 1000)
        try #require(world.sandbox.broker).failNext(.addPartitionsToTransaction, with: errors)
        door.open()
        #expect(await running.logs("aborted"))
        #expect(await running.drain(within: .seconds(25)) != nil)
        await world.stop()
    }

    @Test("a lane that is revoked while its worker drains is answered, and the next one goes on")
    func revokedWhileDraining() async throws {
        let world = try await World(lanes: 2, generation: .seconds(1))
        let (door, asked) = (Door(), Board<String>())
        let first = try world.worker(
            "first",
            .init(
                policy: { $0.closingGrace = .seconds(20) },
                ends: { $0.holdingSubmits(behind: door, telling: asked) }))
        try await world.send([World.request("held")], partition: 0)
        #expect(await asked.wait { !$0.isEmpty })
        first.worker.drain()
        let second = try world.worker("second")
        #expect(await first.logs("lanes revoked"))
        door.open()
        #expect(await first.ending(within: .seconds(15)) == "drained")
        let outcome = await world.audience.outcome(of: "held")
        #expect(outcome?.status == "succeeded")
        #expect(outcome?.taskID == world.submissions()["held"]?.first)
        #expect(outcome?.worker == "second")
        #expect(await second.drain() == "drained")
        await world.stop()
    }
}

extension ProviderEnds {
    /// Submits at once, says so, and holds the answer back until the door opens.
    func holdingSubmits(behind door: Door, telling asked: Board<String>) -> ProviderEnds {
        var ends = self
        let submit = self.submit
        ends.submit = { order in
            let answer = await submit(order)
            asked.add(order.request.id.text)
            await door.pass()
            return answer
        }
        return ends
    }
}
