// The plain producer: each record has its own result.

import Kafka
import Testing

@Suite("Producer", .timeLimit(.minutes(1)))
struct ProducerTests {
    @Test("each record of a batch has its own result, in the order of the batch")
    func results() async throws {
        let broker = try EmbeddedBroker()
        try broker.createTopic("t", partitions: 2)
        let producer = try Producer(broker.configuration())
        func record(_ partition: Int32, _ size: Int) -> OutgoingRecord {
            OutgoingRecord(
                topic: "t", partition: partition, key: nil,
                value: [UInt8](repeating: 0, count: size), headers: [Header("h", nil)])
        }
        _ = try await producer.write([record(0, 1)])
        let results = try await producer.write([
            record(1, 1), record(9, 1), record(0, 2_000_000), record(1, 1),
        ])
        #expect(
            results.map { try? $0.get().partition.partition } == [1, nil, nil, 1])
        #expect(results.map { try? $0.get().offset } == [0, nil, nil, 1])
        #expect(results[1].failure?.kind == .unknownTopic)
        #expect(results[2].failure?.kind == .recordTooLarge)
        #expect(await producer.close() == .clean)
        await broker.stop()
    }

    @Test("the same key goes to the same partition, as Java's partitioner has it")
    func partitioner() async throws {
        let broker = try EmbeddedBroker()
        try broker.createTopic("t", partitions: 4)
        let producer = try Producer(broker.configuration())
        // murmur2("foobar") = -790332482 (Kafka's own UtilsTest); without the sign bit, modulo 4: 2.
        let results = try await producer.write(
            Array(
                repeating: OutgoingRecord(topic: "t", key: [UInt8]("foobar"), value: nil), count: 3)
        )
        #expect(try results.map { try $0.get().partition.partition } == [2, 2, 2])
        #expect(await producer.close() == .clean)
        await broker.stop()
    }

    @Test("what is not delivered in time is said so, and does not mix with the next batch")
    func undelivered() async throws {
        let broker = try EmbeddedBroker()
        try broker.createTopic("t", partitions: 1)
        let producer = try Producer(broker.configuration())
        try broker.takeDown()
        let results = try await producer.write(
            [OutgoingRecord(topic: "t", key: nil, value: nil)], within: .milliseconds(500))
        #expect(results[0].failure?.kind == .timedOut)
        try broker.bringUp()
        let next = try await producer.write(
            (0..<2).map { _ in
                OutgoingRecord(topic: "t", key: nil, value: nil)
            })
        // The late one was not lost either: it is before these.
        #expect(try next.map { try $0.get().offset } == [1, 2])
        #expect(await producer.close() == .clean)
        await broker.stop()
    }
}

extension Result {
    var failure: Failure? { if case .failure(let error) = self { error } else { nil } }
}
