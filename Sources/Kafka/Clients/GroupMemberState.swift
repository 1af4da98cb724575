// The member's side of its thread: turns events into facts and answers rebalances when told.

internal import CRDKafka

struct GroupMemberState: ThreadState {
    /// An event that librdkafka waits for our answer to.
    enum Owed {
        case nothing
        case assignment
        case revocation
    }

    private let client: Client
    private let events: AsyncStream<GroupEvent>.Continuation
    private let diagnostics: DiagnosticStream
    private var owed = Owed.nothing

    init(
        client: Client, topic: String, events: AsyncStream<GroupEvent>.Continuation,
        diagnostics: DiagnosticStream
    ) {
        self.client = client
        self.events = events
        self.diagnostics = diagnostics
        let topics = PartitionList(topic: topic)
        if let error = KafkaError(rd_kafka_subscribe(client.raw, topics.raw), "join for \(topic)") {
            events.yield(.fatal(error))
        }
    }

    mutating func poll() {
        if let event = client.poll(milliseconds: 1000) { handle(event) }
    }

    private mutating func handle(_ event: ClientEvent) {
        guard let event = diagnostics.take(event) else { return }
        switch event {
        case .assignment(let partitions):
            owed = .assignment
            events.yield(.assigned(partitions))
        case .revocation(let partitions):
            owed = .revocation
            events.yield(.revoked(partitions, lost: rd_kafka_assignment_lost(client.raw) != 0))
        case .error(let error): events.yield(error.isFatal ? .fatal(error) : .error(error))
        case .partition(_, _, let error): events.yield(.error(error))
        case .record, .deliveries, .topicsCreated, .configurationsDescribed, .log, .statistics,
            .other:
            break
        }
    }

    /// Tells librdkafka to go on.
    mutating func answer(_ answer: Owed) throws(KafkaError) {
        guard owed == answer else {
            throw KafkaError(
                code: .localState, operation: "answer the \(answer)",
                message: "what waits for an answer is \(owed)")
        }
        owed = .nothing
        // An assignment is taken with an empty list: the membership, its generation and the next
        // revocation go by what the group assigned (`rkcg_group_assignment`), and no record of the
        // ledger is ever fetched by this client.
        let nothing = PartitionList([TopicPartition]())
        let code = rd_kafka_assign(client.raw, answer == .assignment ? nothing.raw : nil)
        if let error = KafkaError(code, "answer the \(answer)") { throw error }
    }

    func groupMetadata() throws(KafkaError) -> GroupMetadata {
        let operation = "read the group metadata"
        let noMember = KafkaError(
            .staleMember, code: .unknownMember, operation: operation,
            message: "not a member of the group at the moment")
        guard let metadata = rd_kafka_consumer_group_metadata(client.raw) else { throw noMember }
        defer { rd_kafka_consumer_group_metadata_destroy(metadata) }
        guard let value = GroupMetadata(copying: metadata)
        else {
            throw KafkaError(
                .other, operation: operation,
                message: "librdkafka \(LibraryVersion.current) writes it in an unknown layout")
        }
        guard value.fences else { throw noMember }
        return value
    }

    mutating func end(within limit: Duration) {
        let isClean = leave(Deadline(after: limit))
        events.yield(.closed)
        events.finish()
        diagnostics.finish(client)
        client.close(isClean ? .clean : .hasty)
    }

    /// Leaves the group; `false` if that took too long.
    private mutating func leave(_ deadline: Deadline) -> Bool {
        // A fatal error refuses the closing: there is no group left to leave.
        if let error = rd_kafka_consumer_close_queue(client.raw, client.queue) {
            rd_kafka_error_destroy(error)
            return false
        }
        if owed != .nothing { rd_kafka_assign(client.raw, nil) }
        while rd_kafka_consumer_closed(client.raw) == 0 {
            guard !deadline.hasPassed else { return false }
            switch client.poll(milliseconds: deadline.slice(atMost: .milliseconds(100))) {
            case .assignment, .revocation: rd_kafka_assign(client.raw, nil)
            case let event?: _ = diagnostics.take(event)
            case nil: break
            }
        }
        return true
    }
}
