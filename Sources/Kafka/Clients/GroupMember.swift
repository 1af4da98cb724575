// A member of a consumer group that never reads a record: it is there for what the group hands out.

internal import CRDKafka

/// What happens to a member. Assignments and revocations wait for their answer, for as long as the
/// owner needs (bounded by `max.poll.interval.ms` on the broker, as the rebalance timeout); the
/// member stays alive meanwhile.
package enum GroupEvent: Sendable {
    /// The partitions are this member's from now on; answer with `answerAssigned`. Without partitions
    /// no revocation follows: the next event is another assignment.
    case assigned([TopicPartition])
    /// The partitions are to be given up; answer with `answerRevoked` when that is done. `lost`: they
    /// may be another's already, as the group went on without this member.
    case revoked([TopicPartition], lost: Bool)
    /// Trouble that the client works on: an unknown topic, brokers out of reach.
    case error(KafkaError)
    /// This member is of no use any more: make a new one, or exit.
    case fatal(KafkaError)
    /// The last event.
    case closed
}

/// Joins with the eager `range` assignor and is polled all the time by its own thread.
package final class GroupMember: Sendable {
    /// Everything that happens to the member, in order; for one listener.
    package let events: AsyncStream<GroupEvent>
    /// Log lines and statistics; for one listener, or none.
    package let diagnostics: AsyncStream<Diagnostic>

    private let client: Client
    private let thread: ClientThread<GroupMemberState>

    /// Joins `group` for the partitions of `topic`; the topic may come to be later.
    package init(
        _ configuration: ClientConfiguration, group: String, topic: String
    ) throws(KafkaError) {
        let client = try Client(configuration, .groupMember(group: group))
        let (events, continuation) = AsyncStream.makeStream(of: GroupEvent.self)
        let diagnostics = DiagnosticStream()
        self.client = client
        self.events = events
        self.diagnostics = diagnostics.stream
        thread = ClientThread("kafka-member", gone: client.gone, wake: { client.wake() }) {
            GroupMemberState(
                client: client, topic: topic, events: continuation, diagnostics: diagnostics)
        }
    }

    deinit { thread.end(within: .seconds(5)) }

    /// Moves on with every poll, once a second at least; standing still, it tells a watchdog that the member is stuck.
    package var turns: UInt64 { thread.turns }

    /// Accepts the last assignment. Throws if none waits for an answer.
    package func answerAssigned() async throws(KafkaError) {
        try await thread.perform("answer the assignment") { state throws(KafkaError) in
            try state.answer(.assignment)
        }
    }

    /// Gives up what the last revocation named; the member joins again by itself. From here on
    /// `groupMetadata` may belong to a later generation.
    package func answerRevoked() async throws(KafkaError) {
        try await thread.perform("answer the revocation") { state throws(KafkaError) in
            try state.answer(.revocation)
        }
    }

    /// The member's place in the group at this moment, for a transaction's fence.
    ///
    /// Throws a `staleMember` error while the group does not know the member: such metadata would
    /// fence nothing.
    package func groupMetadata() async throws(KafkaError) -> GroupMetadata {
        try await thread.perform("read the group metadata") { state throws(KafkaError) in
            try state.groupMetadata()
        }
    }

    /// The offset after the last record of a partition, committed or not: how far a log must be read
    /// to have seen everything that any predecessor wrote.
    package func highWatermark(
        of partition: TopicPartition, within limit: Duration = .seconds(10)
    ) async throws(KafkaError) -> Int64 {
        try await client.call("ask for the high watermark of \(partition)") {
            client throws(KafkaError) in
            try client.watermarks(of: partition, within: limit).high
        }
    }

    /// Leaves the group and frees everything; a revocation is answered by itself on the way and not
    /// reported. Returns after `limit` at the latest.
    @discardableResult
    package func close(within limit: Duration = .seconds(10)) async -> CloseOutcome {
        await thread.close(within: limit)
    }
}
