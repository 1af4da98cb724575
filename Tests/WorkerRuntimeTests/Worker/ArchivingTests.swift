// A worker that archives: slow archives hold nobody up, and what one leaves the next one does.

import JobEngine
import Sandbox
import Testing
import WorkerRuntime

@Suite("A worker that archives")
struct ArchivingTests {
    @Test("slots are free while products are archived, however long that takes")
    func slotsAreFree() async throws {
        let world = try await World(lanes: 1)
        let (door, asked) = (Door(), Board<String>())
        let running = try world.worker(
            "archiving",
            .init(
                policy: { $0.archives = true },
                ends: { $0.holdingArchives(behind: door, telling: asked) }))
        // More jobs than the lane has slots, which is four.
        let ids = (1...7).map { "job-\($0)" }
        try await world.send(ids.map { World.request($0) }, partition: 0)
        #expect(await asked.wait { $0.count == ids.count })
        #expect(world.submissions().count == ids.count)
        door.open()
        let outcomes = await world.audience.outcomes(of: ids.count)
        #expect(ids.allSatisfy { outcomes[$0]?.map(\.status) == ["succeeded"] })
        #expect(await running.drain() == "drained")
        await world.stop()
    }

    @Test("a product that its worker did not get to archive is archived by the next, and paid once")
    func handOver() async throws {
        let world = try await World(lanes: 1)
        let (door, asked) = (Door(), Board<String>())
        let first = try world.worker(
            "first",
            .init(
                policy: { $0.archives = true },
                ends: { $0.holdingArchives(behind: door, telling: asked) }))
        try await world.send([World.request("held")], partition: 0)
        #expect(await asked.wait { !$0.isEmpty })
        #expect(await first.drain() == "drained")
        let open = Door()
        open.open()
        let second = try world.worker(
            "second",
            .init(
                policy: { $0.archives = true },
                ends: { $0.holdingArchives(behind: open, telling: asked) }))
        let outcome = await world.audience.outcome(of: "held")
        #expect(outcome?.status == "succeeded" && outcome?.worker == "second")
        #expect(asked.items == ["held", "held"])
        #expect(world.submissions()["held"]?.count == 1)
        door.open()
        #expect(await second.drain() == "drained")
        await world.stop()
    }
}

extension ProviderEnds {
    /// Says that it was asked to archive, and answers when the door opens.
    fileprivate func holdingArchives(behind door: Door, telling asked: Board<String>)
        -> ProviderEnds
    {
        var ends = self
        ends.archive = { order in
            asked.add(order.request.id.text)
            await door.pass()
            return .stored(url: "file:///x", bytes: 1, sha256: String(repeating: "0", count: 64))
        }
        return ends
    }
}
