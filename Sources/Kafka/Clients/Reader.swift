// Reads partitions that it is told to, committed records only, as many as are asked for.

/// Each partition has its own queue in librdkafka and its own demand here: back-pressure is simply
/// not asking. A partition without demand keeps a bounded read-ahead (`queued.max.messages.kbytes`)
/// and holds nobody else up. What lies in `events` is bounded by the demand that was given.
package final class Reader: Sendable {
    /// Everything that is read, in order per partition; for one listener.
    package let events: AsyncStream<ReaderEvent>
    /// Log lines and statistics; for one listener, or none.
    package let diagnostics: AsyncStream<Diagnostic>

    private let group: String
    private let client: Client
    private let thread: ClientThread<ReaderState>

    /// - Parameter group: whose committed offsets are asked for; the reader never joins it.
    package init(_ configuration: ClientConfiguration, group: String) throws(KafkaError) {
        let pipe = try WakeupPipe()
        let client = try Client(configuration, .reader(group: group))
        let (events, continuation) = AsyncStream.makeStream(of: ReaderEvent.self)
        let diagnostics = DiagnosticStream()
        self.group = group
        self.client = client
        self.events = events
        self.diagnostics = diagnostics.stream
        thread = ClientThread("kafka-reader", gone: client.gone, wake: { pipe.signal() }) {
            ReaderState(
                client: client, pipe: pipe, events: continuation, diagnostics: diagnostics)
        }
    }

    deinit { thread.end(within: .seconds(5)) }

    /// Begins to read a partition; nothing comes before there is `demand` for it. An unknown topic is
    /// waited for. `.beginning` and `.end` cost half a second more if this reader has not asked for
    /// anything of the topic before (librdkafka's timer); an offset does not.
    package func start(
        _ partition: TopicPartition, from offset: StartOffset
    ) async throws(KafkaError) -> ReadingID {
        try await thread.perform("start reading \(partition)") { state throws(KafkaError) in
            try state.start(partition, from: offset)
        }
    }

    /// Stops reading a partition, if it is being read. When this returns, nothing more of it enters
    /// `events`; what is there already carries the old `ReadingID`.
    package func stop(_ partition: TopicPartition) async throws(KafkaError) {
        try await thread.perform("stop reading \(partition)") { state throws(KafkaError) in
            try state.stop(partition)
        }
    }

    /// Asks for `count` more records of a partition; demands add up. Without effect on a partition
    /// that is not being read.
    package func demand(_ count: Int, of partition: TopicPartition) {
        thread.post { $0.demand(count, of: partition) }
    }

    /// The group's committed offsets, `nil` for partitions without one. Stable: waits for pending
    /// transactions that would change them, at most for `limit`; the error is then
    /// `unstableOffsets`.
    package func committedOffsets(
        of partitions: Set<TopicPartition>, within limit: Duration
    ) async throws(KafkaError) -> [TopicPartition: Int64?] {
        let group = group
        return try await client.call("read the committed offsets of \(group)") {
            client throws(KafkaError) in
            try client.committedOffsets(of: group, partitions, within: limit)
        }
    }

    /// Where the log begins and where committed reads end: `high` is the last stable offset.
    package func watermarks(
        of partition: TopicPartition, within limit: Duration = .seconds(10)
    ) async throws(KafkaError) -> Watermarks {
        try await client.call("ask for the watermarks of \(partition)") {
            client throws(KafkaError) in
            try client.watermarks(of: partition, within: limit)
        }
    }

    /// The number of partitions that the cluster says a topic has.
    package func partitionCount(
        of topic: String, within limit: Duration = .seconds(10)
    ) async throws(KafkaError) -> Int {
        try await client.call("ask for the metadata of \(topic)") { client throws(KafkaError) in
            try client.partitionCount(of: topic, within: limit)
        }
    }

    /// Stops everything and frees it. Returns after `limit` at the latest.
    @discardableResult
    package func close(within limit: Duration = .seconds(10)) async -> CloseOutcome {
        await thread.close(within: limit)
    }
}
