// What the ledger leans on, seen from a worker; most of it only a real broker keeps.

import Jimeng
import JobEngine
import Kafka
import Sandbox
import Testing
import WorkerRuntime

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("What the ledger leans on")
struct LedgerContractTests {
    @Test("a worker whose group's offsets are gone goes on where its ledger says")
    func expiredOffsets() async throws {
        let world = try await World(lanes: 2) { $0.externalBrokers = RealBrokers.servers }
        let first = try world.worker("first", RealBrokers.wish())
        try await world.send((0..<8).map { World.request("old-\($0)") })
        #expect(await world.audience.outcomes(of: 8, within: RealBrokers.patience).count == 8)
        #expect(await first.drain() == "drained")
        // A group that nobody knows is a group whose offsets have expired.
        var wish = RealBrokers.wish()
        wish.group = "\(world.sandbox.group)-anew"
        let second = try world.worker("second", wish)
        try await world.send([World.request("new")])
        #expect(
            await world.audience.outcome(of: "new", within: RealBrokers.patience)?.status
                == "succeeded")
        #expect(
            second.worker.counts.duplicates == 0,
            "requests were read again: \(second.log.items.suffix(20))")
        #expect(second.worker.counts.accepted == 1)
        #expect(world.submissions().values.allSatisfy { $0.count == 1 })
        #expect(await second.drain() == "drained")
        await world.stop()
    }

    @Test(
        "compaction leaves open jobs restorable",
        .enabled(if: RealBrokers.servers != nil, RealBrokers.reason))
    func compaction() async throws {
        let world = try await World(lanes: 1, generation: .seconds(90)) {
            $0.externalBrokers = RealBrokers.servers
            $0.ledgerConfiguration = [
                "segment.ms": "1000", "min.cleanable.dirty.ratio": "0.001",
                "delete.retention.ms": "100", "max.compaction.lag.ms": "1000",
            ]
            $0.slots = 2
        }
        let first = try world.worker("first", RealBrokers.wish())
        try await world.send((0..<2).map { World.request("open-\($0)") }, partition: 0)
        // Refused at once: traffic that moves the log on and gives the cleaner something to do.
        let compacted = try await world.isLedgerCompacted(within: RealBrokers.patience) { round in
            try await world.send([World.request("noise-\(round)", prompt: "")], partition: 0)
        }
        #expect(compacted, "the broker has not compacted the ledger within the time given")
        #expect(await first.drain() == "drained")
        let second = try world.worker("second", RealBrokers.wish())
        for number in 0..<2 {
            let outcome = await world.audience.outcome(
                of: "open-\(number)", within: RealBrokers.patience)
            #expect(outcome?.status == "succeeded")
            #expect(outcome?.taskID == world.submissions()["open-\(number)"]?.first)
            #expect(world.submissions()["open-\(number)"]?.count == 1)
        }
        #expect(await second.drain() == "drained")
        await world.stop()
    }

    @Test(
        "entries behind somebody's open transaction are not overlooked by a take-over, aborted ones are",
        .enabled(if: RealBrokers.servers != nil, RealBrokers.reason))
    func pendingTransaction() async throws {
        let world = try await World(lanes: 1) { $0.externalBrokers = RealBrokers.servers }
        // Two records fill a batch and are written; the third lingers, and the transaction stays open with it.
        var hanging = world.sandbox.kafka(clientID: "hanging")
        hanging.properties.merge(["linger.ms": "20000", "batch.num.messages": "2"]) { $1 }
        let id = "\(world.sandbox.group)-hanging"
        let pending = try TransactionalProducer(hanging, transactionalID: id)
        try await pending.initialize()
        async let outcome = pending.commit(
            Transaction(records: Array(repeating: world.entry("ghost", .accepted), count: 3)),
            within: .seconds(50))
        #expect(try await world.ledgerGrows(to: 2), "the open transaction has written nothing")
        let writer = try TransactionalProducer(
            world.sandbox.kafka(clientID: "writer"),
            transactionalID: "\(world.sandbox.group)-writer")
        try await writer.initialize()
        let committed = await writer.commit(
            Transaction(records: [world.entry("behind", .accepted)]))
        guard case .committed = committed else {
            Issue.record("\(committed)")
            return
        }
        let running = try world.worker("successor", RealBrokers.wish())
        // Takes the transactional id over, which aborts what is open.
        let successor = try TransactionalProducer(
            world.sandbox.kafka(clientID: "successor"), transactionalID: id)
        try await successor.initialize()
        #expect(
            await world.audience.outcome(of: "behind", within: RealBrokers.patience)?.status
                == "succeeded")
        #expect(world.submissions()["ghost"] == nil)
        if case .committed = await outcome { Issue.record("the ghost was committed") }
        #expect(await running.drain() == "drained")
        await pending.close()
        await successor.close()
        await writer.close()
        await world.stop()
    }
}

/// A cluster of real brokers, if there is one to test against.
enum RealBrokers {
    private static let environment = ProcessInfo.processInfo.environment
    static var servers: String? { environment["KAFKA_BOOTSTRAP_SERVERS"] }
    static let reason: Comment =
        "needs a real broker: set KAFKA_BOOTSTRAP_SERVERS (the embedded one isolates nothing)"

    /// How long a slow cluster may take for one step: `CONTRACT_SECONDS`, 180 if it is not set.
    static var patience: Duration {
        .seconds(environment["CONTRACT_SECONDS"].flatMap(Int.init) ?? 180)
    }

    /// Sessions that a real broker grants.
    static func wish() -> World.Wish {
        servers == nil
            ? World.Wish()
            : World.Wish(properties: [
                "session.timeout.ms": "6000", "heartbeat.interval.ms": "500",
            ])
    }
}

extension World {
    /// Whether records have vanished from the ledger below others: asked again and again, with traffic in between.
    func isLedgerCompacted(
        within limit: Duration, _ traffic: (Int) async throws -> Void
    ) async throws -> Bool {
        let end = ContinuousClock.now + limit
        var round = 0
        while ContinuousClock.now < end {
            round += 1
            try await traffic(round)
            _ = await audience.outcome(of: "noise-\(round)", within: .seconds(10))
            let (count, span) = try await ledgerRecords()
            // Markers take offsets too: at most one for each record that was committed.
            if count > 0, span > 2 * count + 16 { return true }
        }
        return false
    }

    /// Whether the ledger's first partition gets so long, open transactions included, within half a minute.
    func ledgerGrows(to length: Int64) async throws -> Bool {
        let member = try GroupMember(
            sandbox.kafka(clientID: "peek"), group: "\(sandbox.group)-peek",
            topic: sandbox.topics.ledger)
        defer { Task { await member.close() } }
        let partition = TopicPartition(sandbox.topics.ledger, 0)
        let end = ContinuousClock.now + .seconds(30)
        while ContinuousClock.now < end {
            if try await member.highWatermark(of: partition, within: .seconds(5)) >= length {
                return true
            }
        }
        return false
    }

    /// How many records the ledger's first partition holds, and how many offsets they span.
    private func ledgerRecords() async throws -> (count: Int, span: Int) {
        let partition = TopicPartition(sandbox.topics.ledger, 0)
        let reader = try Reader(sandbox.kafka(clientID: "census"), group: "\(sandbox.group)-census")
        defer { Task { await reader.close() } }
        _ = try await reader.start(partition, from: .beginning)
        reader.demand(.max, of: partition)
        var count = 0
        for await event in reader.events {
            switch event {
            case .records(let batch): count += batch.records.count
            case .endOfPartition(_, _, let position): return (count, Int(position))
            case .error, .partitionError, .outOfRange: continue
            case .fatal, .closed: return (0, 0)
            }
        }
        return (0, 0)
    }
}
