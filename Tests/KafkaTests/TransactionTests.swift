// Transactions and what can become of them.

import Kafka
import Testing

@Suite("Transactions", .timeLimit(.minutes(1)))
struct TransactionTests {
    @Test("a committed transaction's records are there")
    func commit() async throws {
        let broker = try EmbeddedBroker()
        try broker.createTopic("t", partitions: 1)
        let producer = try TransactionalProducer(broker.configuration(), transactionalID: "tx")
        try await producer.initialize()
        let outcome = await producer.commit(
            Transaction(
                records: (0..<300).map {
                    OutgoingRecord(topic: "t", partition: 0, key: nil, value: [UInt8]("\($0)"))
                }))
        guard case .committed = outcome else {
            Issue.record("\(outcome)")
            return
        }
        let reader = try Reader(broker.configuration(), group: "g")
        let partition = TopicPartition("t", 0)
        _ = try await reader.start(partition, from: .beginning)
        reader.demand(.max, of: partition)
        var reading = Reading(reader)
        await reading.read { $0.count == 300 }
        #expect(reading.records.compactMap(\.text) == (0..<300).map { "\($0)" })
        #expect(await reader.close() == .clean)
        #expect(await producer.close() == .clean)
        await broker.stop()
    }
}
