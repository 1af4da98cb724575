// What only a real broker keeps: fencing, isolation, stable offsets, topic configurations.

import Kafka
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

private let realBrokers = ProcessInfo.processInfo.environment["KAFKA_BOOTSTRAP_SERVERS"]

@Suite(
    "Contract with a real broker", .timeLimit(.minutes(3)),
    .enabled(
        if: realBrokers != nil,
        "the embedded broker neither isolates nor fences: set KAFKA_BOOTSTRAP_SERVERS"))
struct ContractTests {
    /// Different for each test of each run.
    private let name = "contract-\(UInt64.random(in: 0...UInt64.max))"
    private var partition: TopicPartition { TopicPartition(name, 0) }
    private var input: TopicPartition { TopicPartition("\(name)-in", 0) }

    private func configuration(_ properties: [String: String] = [:]) -> ClientConfiguration {
        ClientConfiguration(
            bootstrapServers: realBrokers ?? "", clientID: "contract", properties: properties)
    }

    private func createTopics() async throws {
        let admin = try Admin(configuration())
        let results = try await admin.create([
            NewTopic(name: name, partitions: 2), NewTopic(name: input.topic, partitions: 1),
        ])
        for result in results where result.outcome != .created { Issue.record("\(result)") }
        await admin.close()
    }

    private func makeProducer(_ id: String) async throws -> TransactionalProducer {
        let producer = try TransactionalProducer(configuration(), transactionalID: "\(name)-\(id)")
        try await producer.initialize()
        return producer
    }

    private func transaction(
        _ text: String, offset: Int64, _ metadata: GroupMetadata
    ) -> Transaction {
        Transaction(
            records: [
                OutgoingRecord(
                    topic: name, partition: 0, key: [UInt8](text), value: [UInt8](text))
            ], offsets: [input: offset], groupMetadata: metadata)
    }

    @Test("topics are created with their configuration, once, and described")
    func topics() async throws {
        let admin = try Admin(configuration())
        let topic = NewTopic(
            name: name, partitions: 3, replicationFactor: 1,
            configuration: ["cleanup.policy": "compact"])
        let wrong = NewTopic(
            name: "\(name)-wrong", partitions: 1, configuration: ["no.such.config": "1"])
        let created = try await admin.create([topic, wrong])
        #expect(created.first { $0.topic == name }?.outcome == .created)
        guard case .failed(let error) = created.first(where: { $0.topic != name })?.outcome else {
            Issue.record("a wrong configuration was taken")
            return
        }
        #expect(error.description.contains("no.such.config"))
        #expect(try await admin.create([topic]).map(\.outcome) == [.alreadyExists])
        let described = try await admin.configurations(of: [name])
        #expect(try described[0].configuration.get()["cleanup.policy"] == "compact")
        #expect(try await admin.partitionCount(of: name) == 3)
        let unknown = try await #require(throws: KafkaError.self) {
            _ = try await admin.partitionCount(of: "\(name)-none")
        }
        #expect(unknown.kind == .unknownTopic)
        #expect(await admin.close() == .clean)
    }

    @Test("a transaction of a stale generation is aborted; the same in the present one commits")
    func fencing() async throws {
        try await createTopics()
        let member = try GroupMember(
            configuration(["session.timeout.ms": "6000"]), group: name, topic: name)
        let events = Listener(member.events)
        _ = try await events.next(\.assigned)
        try await member.answerAssigned()
        let stale = try await member.groupMetadata()
        let producer = try await makeProducer("fencing")
        #expect(await producer.commit(transaction("a", offset: 1, stale)).name == "committed")

        let other = try GroupMember(
            configuration(["session.timeout.ms": "6000"]), group: name, topic: name)
        _ = try await events.next(\.revoked)
        try await member.answerRevoked()
        let others = Listener(other.events)
        async let mine = events.next(\.assigned)
        async let theirs = others.next(\.assigned)
        _ = try await (mine, theirs)
        try await member.answerAssigned()
        try await other.answerAssigned()

        let refused = await producer.commit(transaction("b", offset: 2, stale))
        #expect(refused.abortion?.isStaleMember == true)
        let fresh = try await member.groupMetadata()
        #expect(fresh.generation > stale.generation)
        #expect(await producer.commit(transaction("c", offset: 3, fresh)).name == "committed")

        let reader = try Reader(configuration(), group: name)
        let offsets = try await reader.committedOffsets(of: [input], within: .seconds(10))
        #expect(offsets == [input: 3])
        _ = try await reader.start(partition, from: .beginning)
        reader.demand(.max, of: partition)
        var reading = Reading(reader)
        let end = await reading.readToEnd(of: partition)
        #expect(reading.records.compactMap(\.text) == ["a", "c"])
        // Everything up to the end was seen, the aborted record and three markers included.
        #expect(try await member.highWatermark(of: partition) == end)
        await reader.close()
        await producer.close()
        #expect(await other.close() == .clean)
        #expect(await member.close() == .clean)
    }

    @Test("a second producer with the same id fences the first, and ends what it left pending")
    func producerFencing() async throws {
        try await createTopics()
        let first = try await makeProducer("one")
        let record = OutgoingRecord(topic: name, partition: 0, key: nil, value: [UInt8]("first"))
        #expect(await first.commit(Transaction(records: [record])).name == "committed")
        let second = try await makeProducer("one")
        let refused = await first.commit(Transaction(records: [record]))
        #expect(refused.fatality?.kind == .fenced)
        #expect(await second.commit(Transaction(records: [record])).name == "committed")
        await first.close()
        #expect(await second.close() == .clean)
    }

    @Test("stable offsets wait for a pending transaction, and a successor ends it")
    func stableOffsets() async throws {
        try await createTopics()
        let nobody = GroupMetadata(group: name, generation: -1, member: "")
        let metadata = try #require(nobody)
        let producer = try await makeProducer("stable")
        let first = await producer.commit(transaction("a", offset: 1, metadata))
        #expect(first.name == "committed")
        // The offsets are sent at once, the record lingers: so long the transaction is pending.
        let pending = try TransactionalProducer(
            configuration(["linger.ms": "20000"]), transactionalID: "\(name)-pending")
        try await pending.initialize()
        async let outcome = pending.commit(
            transaction("b", offset: 7, metadata), within: .seconds(60))
        let reader = try Reader(configuration(), group: name)
        let error = await firstError {
            _ = try await reader.committedOffsets(of: [input], within: .milliseconds(500))
        }
        #expect(error?.kind == .unstableOffsets)
        let successor = try await makeProducer("pending")
        let offsets = try await reader.committedOffsets(of: [input], within: .seconds(30))
        #expect(offsets == [input: 1])
        #expect(await outcome.fatality?.kind == .fenced)
        await pending.close()
        await successor.close()
        await producer.close()
        #expect(await reader.close() == .clean)
    }

    /// Asks until an error comes, for ten seconds at most.
    private func firstError(_ ask: () async throws -> Void) async -> KafkaError? {
        let deadline = ContinuousClock.now + .seconds(10)
        while ContinuousClock.now < deadline {
            do { try await ask() } catch { return error as? KafkaError }
        }
        return nil
    }
}
