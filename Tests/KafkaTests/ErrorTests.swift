// Errors name the cause, the address and the remedy.

import Kafka
import Testing

@Suite("Errors", .timeLimit(.minutes(1)))
struct ErrorTests {
    @Test("a broker that cannot be reached is named by its address")
    func unreachable() async throws {
        let reader = try Reader(ClientConfiguration(bootstrapServers: "127.0.0.1:1"), group: "g")
        let error = try await Listener(reader.events).next { event -> KafkaError? in
            if case .error(let error) = event, error.code == .localTransport { error } else { nil }
        }
        #expect(error.kind == .unreachable)
        #expect(error.description.contains("127.0.0.1:1"))
        #expect(error.description.contains("bootstrap.servers"))
        #expect(await reader.close(within: .seconds(5)) != .abandoned)
    }

    @Test(
        "codes have the kind that tells what to do",
        arguments: [
            (ErrorCode.illegalGeneration, KafkaError.Kind.staleMember),
            (.unknownMember, .staleMember), (.staleMemberEpoch, .staleMember),
            (.topicAuthorizationFailed, .authorization),
            (.saslAuthenticationFailed, .authentication),
            (.unknownTopicOrPartition, .unknownTopic), (.unstableOffsetCommit, .unstableOffsets),
            (.localFenced, .fenced), (.messageTooLarge, .recordTooLarge), (.notLeader, .other),
        ])
    func kinds(code: ErrorCode, kind: KafkaError.Kind) {
        let error = KafkaError(code: code, operation: "do it")
        #expect(error.kind == kind)
        #expect(error.isStaleMember == (kind == .staleMember))
        #expect(error.description.contains(code.name))
        #expect(error.description.contains("do it"))
    }

    @Test("a client that was closed says so")
    func closed() async throws {
        let broker = try EmbeddedBroker()
        let reader = try Reader(broker.configuration(), group: "g")
        #expect(await reader.close() == .clean)
        let partition = TopicPartition("t", 0)
        var error = try await #require(throws: KafkaError.self) {
            _ = try await reader.start(partition, from: .beginning)
        }
        #expect(error.kind == .closed)
        error = try await #require(throws: KafkaError.self) {
            _ = try await reader.watermarks(of: partition)
        }
        #expect(error.kind == .closed)
        #expect(await reader.close() == .clean)
        await broker.stop()
        #expect(throws: KafkaError.self) { try broker.createTopic("t", partitions: 1) }
    }

    @Test("the embedded broker has no Admin API, and that is said at once")
    func admin() async throws {
        let broker = try EmbeddedBroker()
        try broker.createTopic("t", partitions: 3)
        let admin = try Admin(broker.configuration())
        var error = try await #require(throws: KafkaError.self) {
            _ = try await admin.create([NewTopic(name: "x", partitions: 1)])
        }
        #expect(error.kind == .unsupportedByBroker)
        error = try await #require(throws: KafkaError.self) {
            _ = try await admin.configurations(of: ["t"])
        }
        #expect(error.kind == .unsupportedByBroker)
        #expect(try await admin.partitionCount(of: "t") == 3)
        #expect(await admin.close() == .clean)
        await broker.stop()
    }
}
