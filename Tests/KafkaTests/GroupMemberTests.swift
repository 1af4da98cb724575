// Membership: assignments as events, answers when the owner is ready.

import Kafka
import Testing

@Suite("Group members", .timeLimit(.minutes(2)))
struct GroupMemberTests {
    @Test("two members share the partitions, and a late answer keeps the membership")
    func sharing() async throws {
        let broker = try EmbeddedBroker()
        try broker.createTopic("ledger", partitions: 4)
        let configuration = broker.configuration(quickSessions)
        let first = try GroupMember(configuration, group: "g", topic: "ledger")
        let events = Listener(first.events)
        let all = try await events.next(\.assigned)
        #expect(all.sorted() == (0..<4).map { TopicPartition("ledger", $0) })
        try await first.answerAssigned()
        let before = try await first.groupMetadata()

        let second = try GroupMember(configuration, group: "g", topic: "ledger")
        let revoked = try await events.next(\.revoked)
        #expect(revoked.partitions.sorted() == all.sorted())
        #expect(!revoked.lost)
        // While the answer is owed the membership goes on, in the old generation.
        #expect(try await first.groupMetadata() == before)
        try await first.answerRevoked()

        let others = Listener(second.events)
        async let mine = events.next(\.assigned)
        async let theirs = others.next(\.assigned)
        let shared = try await (mine, theirs)
        #expect((shared.0 + shared.1).sorted() == all.sorted())
        #expect(shared.0.count == 2)
        try await first.answerAssigned()
        try await second.answerAssigned()
        let after = try await first.groupMetadata()
        #expect(after.generation > before.generation)
        #expect(try await second.groupMetadata().generation == after.generation)
        #expect(await second.close() == .clean)
        #expect(await first.close() == .clean)
        await broker.stop()
    }
}

extension GroupEvent {
    var assigned: [TopicPartition]? {
        if case .assigned(let partitions) = self { partitions } else { nil }
    }

    var revoked: (partitions: [TopicPartition], lost: Bool)? {
        if case .revoked(let partitions, let lost) = self { (partitions, lost) } else { nil }
    }
}
