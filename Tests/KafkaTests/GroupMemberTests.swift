// Membership: assignments as events, answers when the owner is ready.

import Kafka
import Synchronization
import Testing

@Suite("Group members", .timeLimit(.minutes(2)))
struct GroupMemberTests {
    @Test("two members share the partitions, and a late answer keeps the membership")
    func sharing() async throws {
        let broker = try EmbeddedBroker()
        try broker.createTopic("ledger", partitions: 4)
        // The embedded broker gives a rebalance as long as the session lasts, less a second: enough of it for the wait
        // below on a busy machine.
        let configuration = broker.configuration([
            "session.timeout.ms": "15000", "heartbeat.interval.ms": "300", "debug": "cgrp",
        ])
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
        // The answer waits for five heartbeats, 1.5 seconds; the membership goes on meanwhile.
        let log = Listener(first.diagnostics)
        for _ in 0..<5 { try await log.next(\.heartbeat) }
        #expect(try await first.groupMetadata() == before)
        try await first.answerRevoked()

        let shares = try await shares([(first, events), (second, Listener(second.events))])
        #expect(shares.flatMap(\.partitions).sorted() == all.sorted())
        #expect(shares.map(\.partitions.count) == [2, 2])
        #expect(shares.allSatisfy { $0.generation > before.generation })
        #expect(await second.close() == .clean)
        #expect(await first.close() == .clean)
        await broker.stop()
    }

    private struct Share: Sendable {
        var partitions: [TopicPartition]
        var generation: Int32
    }

    /// By the member's index.
    private final class Shares: Sendable {
        let held = Mutex<[Int: Share]>([:])
    }

    /// What members hold when the group has come to rest, each of them with something and in one generation. That may
    /// take several rounds: on a busy machine one that joins again late is left out of the first, and the other has all.
    private func shares(_ members: [(GroupMember, Listener<GroupEvent>)]) async throws -> [Share] {
        let shares = Shares()
        await withTaskGroup { group in
            for (index, (member, events)) in members.enumerated() {
                group.addTask {
                    while let partitions = try? await events.next(\.assigned), !Task.isCancelled {
                        _ = try? await member.answerAssigned()
                        let generation = try? await member.groupMetadata().generation
                        let isAtRest = shares.held.withLock {
                            $0[index] = generation.map {
                                Share(partitions: partitions, generation: $0)
                            }
                            return $0.count == members.count
                                && Set($0.values.map(\.generation)).count == 1
                        }
                        if isAtRest { return }
                        // What has nothing is not asked to give it up.
                        if partitions.isEmpty { continue }
                        guard (try? await events.next(\.revoked)) != nil else { return }
                        shares.held.withLock { $0[index] = nil }
                        _ = try? await member.answerRevoked()
                    }
                }
            }
            await group.next()
            group.cancelAll()
        }
        return shares.held.withLock { held in members.indices.compactMap { held[$0] } }
    }

    @Test("a member that the group forgot loses its partitions, has no metadata, and joins again")
    func lost() async throws {
        let broker = try EmbeddedBroker()
        try broker.createTopic("ledger", partitions: 2)
        let member = try GroupMember(
            broker.configuration(quickSessions), group: "g", topic: "ledger")
        let events = Listener(member.events)
        _ = try await events.next(\.assigned)
        try await member.answerAssigned()
        #expect(try await member.groupMetadata().generation >= 0)
        try broker.failNext(.heartbeat, with: [.unknownMember])
        let revoked = try await events.next(\.revoked)
        #expect(revoked.lost)
        #expect(revoked.partitions.count == 2)
        let error = try await #require(throws: KafkaError.self) {
            _ = try await member.groupMetadata()
        }
        #expect(error.isStaleMember)
        try await member.answerRevoked()
        #expect(try await events.next(\.assigned).count == 2)
        try await member.answerAssigned()
        #expect(try await member.groupMetadata().generation >= 0)
        #expect(await member.close() == .clean)
        await broker.stop()
    }

    @Test("an answer that nobody waits for is refused, and metadata before joining as well")
    func tooEarly() async throws {
        let broker = try EmbeddedBroker()
        try broker.takeDown()
        let member = try GroupMember(
            broker.configuration(quickSessions), group: "g", topic: "ledger")
        var error = try await #require(throws: KafkaError.self) {
            try await member.answerAssigned()
        }
        #expect(error.code == .localState)
        error = try await #require(throws: KafkaError.self) {
            try await member.answerRevoked()
        }
        #expect(error.code == .localState)
        error = try await #require(throws: KafkaError.self) {
            _ = try await member.groupMetadata()
        }
        #expect(error.isStaleMember)
        #expect(await member.close() == .clean)
        await broker.stop()
    }

    @Test(
        "closing answers what is owed, leaves the group and ends the events",
        arguments: ["assignment", "revocation"])
    func closing(owed: String) async throws {
        let broker = try EmbeddedBroker()
        try broker.createTopic("ledger", partitions: 2)
        let member = try GroupMember(
            broker.configuration(quickSessions), group: "g", topic: "ledger")
        let events = Listener(member.events)
        _ = try await events.next(\.assigned)
        if owed == "revocation" {
            try await member.answerAssigned()
            try broker.failNext(.heartbeat, with: [.rebalanceInProgress])
            _ = try await events.next(\.revoked)
        }
        #expect(await member.close() == .clean)
        try await events.next { if case .closed = $0 { () } else { nil } }
        await #expect(throws: StreamEnded.self) { try await events.next { _ in () } }
        await broker.stop()
    }

    @Test("an unknown topic is an event that names it")
    func unknownTopic() async throws {
        let broker = try EmbeddedBroker()
        try broker.setTopicError("nowhere", .unknownTopicOrPartition)
        let member = try GroupMember(
            broker.configuration(quickSessions), group: "g", topic: "nowhere")
        let error = try await Listener(member.events).next(\.error)
        #expect(error.kind == .unknownTopic)
        #expect(error.description.contains("nowhere"))
        #expect(await member.close() == .clean)
        await broker.stop()
    }

    @Test("the high watermark is the end of the log")
    func highWatermark() async throws {
        let broker = try EmbeddedBroker()
        try broker.createTopic("ledger", partitions: 2)
        try await write(["a", "b"], to: TopicPartition("ledger", 1), of: broker)
        let member = try GroupMember(
            broker.configuration(quickSessions), group: "g", topic: "ledger")
        #expect(try await member.highWatermark(of: TopicPartition("ledger", 1)) == 2)
        #expect(try await member.highWatermark(of: TopicPartition("ledger", 0)) == 0)
        #expect(await member.close() == .clean)
        await broker.stop()
    }

    @Test("closing is bounded when the broker is gone")
    func brokerGone() async throws {
        let broker = try EmbeddedBroker()
        try broker.createTopic("ledger", partitions: 2)
        let member = try GroupMember(
            broker.configuration(quickSessions), group: "g", topic: "ledger")
        _ = try await Listener(member.events).next(\.assigned)
        try await member.answerAssigned()
        try broker.takeDown()
        let time = await ContinuousClock().measure {
            #expect(await member.close(within: .seconds(8)) != .abandoned)
        }
        #expect(time < .seconds(8))
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

    var error: KafkaError? { if case .error(let error) = self { error } else { nil } }
}

extension Diagnostic {
    fileprivate var heartbeat: Void? { facility == "HEARTBEAT" ? () : nil }
}
