// Records go in and come out as they were.

import Kafka
import Testing

@Suite("Writing and reading", .timeLimit(.minutes(1)))
struct RoundTripTests {
    @Test("keys, values, headers, nulls and empties come back as they were written")
    func roundTrip() async throws {
        let broker = try EmbeddedBroker()
        try broker.createTopic("t", partitions: 1)
        let written = [
            OutgoingRecord(
                topic: "t", partition: 0, key: [UInt8]("k"), value: [UInt8]("v"),
                headers: [Header("a", [1, 0, 2]), Header("a", nil), Header("b", [])],
                timestampMilliseconds: 1_234_567),
            OutgoingRecord(topic: "t", partition: 0, key: nil, value: []),
            OutgoingRecord(topic: "t", partition: 0, key: [], value: nil),
        ]
        let producer = try Producer(broker.configuration())
        let results = try await producer.write(written)
        #expect(try results.map { try $0.get().offset } == [0, 1, 2])
        let reader = try Reader(broker.configuration(), group: "g")
        let partition = TopicPartition("t", 0)
        _ = try await reader.start(partition, from: .beginning)
        reader.demand(3, of: partition)
        var reading = Reading(reader)
        await reading.read { $0.count == 3 }
        for (wrote, read) in zip(written, reading.records) {
            #expect(read.key == wrote.key)
            #expect(read.value == wrote.value)
            #expect(read.headers == wrote.headers)
        }
        #expect(reading.records.map(\.offset) == [0, 1, 2])
        #expect(reading.records[0].timestampMilliseconds == 1_234_567)
        #expect(await reader.close() == .clean)
        #expect(await producer.close() == .clean)
        await broker.stop()
    }
}
