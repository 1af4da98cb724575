// Demand per partition, ends, positions, and what is asked of the broker in between.

import Kafka
import Testing

@Suite("Reader", .timeLimit(.minutes(1)))
struct ReaderTests {
    let idle = TopicPartition("t", 0)
    let busy = TopicPartition("t", 1)

    @Test("a partition without demand stays silent while another flows, then loses nothing")
    func demand() async throws {
        let broker = try EmbeddedBroker()
        try broker.createTopic("t", partitions: 2)
        let texts = (0..<2000).map { "\($0)" }
        try await write(texts, to: idle, of: broker)
        try await write(texts, to: busy, of: broker)
        let reader = try Reader(broker.configuration(), group: "g")
        _ = try await reader.start(idle, from: .offset(0))
        _ = try await reader.start(busy, from: .offset(0))
        reader.demand(.max, of: busy)
        var reading = Reading(reader)
        #expect(await reading.readToEnd(of: busy) == 2000)
        #expect(reading.records.allSatisfy { $0.topicPartition == busy })
        #expect(reading.records.compactMap(\.text) == texts)

        // Demand is exact: seven come, and not one more before the end of the other is seen again.
        reader.demand(7, of: idle)
        await reading.read { $0.count == 2007 }
        try await write(["last"], to: busy, of: broker)
        #expect(await reading.readToEnd(of: busy) == 2001)
        #expect(reading.records.count { $0.topicPartition == idle } == 7)

        reader.demand(1993, of: idle)
        await reading.read { $0.count == 4001 }
        let late = reading.records.filter { $0.topicPartition == idle }
        #expect(late.compactMap(\.text) == texts)
        #expect(late.map(\.offset) == Array(0..<2000))
        #expect(await reader.close() == .clean)
        await broker.stop()
    }

    @Test("a partition that is stopped and started again begins where it is told, in a new reading")
    func restart() async throws {
        let broker = try EmbeddedBroker()
        try broker.createTopic("t", partitions: 2)
        try await write((0..<10).map { "\($0)" }, to: idle, of: broker)
        let reader = try Reader(broker.configuration(), group: "g")
        let first = try await reader.start(idle, from: .offset(0))
        reader.demand(4, of: idle)
        var reading = Reading(reader)
        await reading.read { $0.count == 4 }
        try await reader.stop(idle)
        try await reader.stop(idle)
        let second = try await reader.start(idle, from: .offset(8))
        #expect(second != first)
        let error = try await #require(throws: KafkaError.self) {
            _ = try await reader.start(TopicPartition("t", 0), from: .offset(0))
        }
        #expect(error.code == .localConflict)
        reader.demand(.max, of: idle)
        // In one batch or in two, as they come.
        var offsets: [Int64] = []
        var event = await reading.next()
        while case .records(let batch)? = event {
            #expect(batch.reading == second)
            offsets += batch.records.map(\.offset)
            #expect(batch.nextOffset == (offsets.last ?? 0) + 1)
            event = await reading.next()
        }
        #expect(offsets == [8, 9])
        guard case .endOfPartition(idle, second, position: 10)? = event else {
            Issue.record("no end")
            return
        }
        #expect(await reader.close() == .clean)
        await broker.stop()
    }

    @Test("an offset that is not there is told, and the partition can begin elsewhere")
    func outOfRange() async throws {
        let broker = try EmbeddedBroker()
        try broker.createTopic("t", partitions: 2)
        try await write(["a"], to: idle, of: broker)
        let reader = try Reader(broker.configuration(), group: "g")
        let events = Listener(reader.events)
        let reading = try await reader.start(idle, from: .offset(77))
        reader.demand(1, of: idle)
        let told = try await events.next { event -> ReadingID? in
            if case .outOfRange(_, let id, let error) = event, error.kind == .offsetOutOfRange {
                id
            } else {
                nil
            }
        }
        #expect(told == reading)
        try await reader.stop(idle)
        _ = try await reader.start(idle, from: .beginning)
        reader.demand(1, of: idle)
        let batch = try await events.next(\.batch)
        #expect(batch.records.map(\.text) == ["a"])
        #expect(await reader.close() == .clean)
        await broker.stop()
    }

    @Test("watermarks and partition counts are told")
    func watermarks() async throws {
        let broker = try EmbeddedBroker()
        try broker.createTopic("t", partitions: 2)
        try await write(["a", "b", "c"], to: busy, of: broker)
        let reader = try Reader(broker.configuration(), group: "g")
        #expect(try await reader.watermarks(of: busy).high == 3)
        #expect(try await reader.watermarks(of: idle).high == 0)
        #expect(try await reader.watermarks(of: busy).low == 0)
        #expect(try await reader.partitionCount(of: "t") == 2)
        try broker.setTopicError("gone", .unknownTopicOrPartition)
        let error = try await #require(throws: KafkaError.self) {
            _ = try await reader.partitionCount(of: "gone")
        }
        #expect(error.kind == .unknownTopic)
        #expect(await reader.close() == .clean)
        await broker.stop()
    }

    @Test("committed offsets wait for a pending transaction, and say so if it takes too long")
    func unstable() async throws {
        let broker = try EmbeddedBroker()
        try broker.createTopic("t", partitions: 2)
        let reader = try Reader(broker.configuration(), group: "g")
        let partitions: Set = [idle, busy]
        try broker.failNext(.offsetFetch, with: [.unstableOffsetCommit, .notCoordinator])
        let offsets = try await reader.committedOffsets(of: partitions, within: .seconds(10))
        #expect(offsets == [idle: nil, busy: nil])
        // Slow answers let the deadline pass in the middle of an ask, which must not hide the reason.
        try broker.failNext(
            .offsetFetch, with: Array(repeating: .unstableOffsetCommit, count: 1000))
        try broker.setRoundTrip(.milliseconds(300))
        let error = try await #require(throws: KafkaError.self) {
            _ = try await reader.committedOffsets(of: partitions, within: .seconds(1))
        }
        #expect(error.kind == .unstableOffsets)
        #expect(await reader.close() == .clean)
        await broker.stop()
    }

    @Test("a broker that goes away and comes back costs no record")
    func outage() async throws {
        let broker = try EmbeddedBroker()
        try broker.createTopic("t", partitions: 2)
        try await write((0..<100).map { "\($0)" }, to: idle, of: broker)
        let reader = try Reader(
            broker.configuration(["reconnect.backoff.max.ms": "100"]), group: "g")
        _ = try await reader.start(idle, from: .offset(0))
        reader.demand(50, of: idle)
        var reading = Reading(reader)
        await reading.read { $0.count == 50 }
        try broker.takeDown()
        while let event = await reading.next() {
            if case .error(let error) = event, error.kind == .unreachable { break }
        }
        try broker.bringUp()
        try await write((100..<200).map { "\($0)" }, to: idle, of: broker)
        reader.demand(150, of: idle)
        await reading.read { $0.count == 200 }
        #expect(reading.records.map(\.offset) == Array(0..<200))
        #expect(await reader.close() == .clean)
        await broker.stop()
    }
}

extension ReaderEvent {
    var batch: RecordBatch? { if case .records(let batch) = self { batch } else { nil } }
}
