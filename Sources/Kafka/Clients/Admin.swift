// Creates and describes topics.

/// Requests run one after another on the client's own thread.
package final class Admin: Sendable {
    /// Log lines, statistics and errors that pass; for one listener, or none.
    package let diagnostics: AsyncStream<Diagnostic>

    private let client: Client
    private let thread: ClientThread<AdminState>

    package init(_ configuration: ClientConfiguration) throws(KafkaError) {
        let client = try Client(configuration, .admin)
        let diagnostics = DiagnosticStream()
        self.client = client
        self.diagnostics = diagnostics.stream
        thread = ClientThread("kafka-admin", gone: client.gone, wake: { client.wake() }) {
            AdminState(client: client, diagnostics: diagnostics)
        }
    }

    deinit { thread.end(within: .seconds(5)) }

    /// Creates topics; each has its own result. Throws when the request as a whole failed; the
    /// embedded broker has no Admin API, the error is then `unsupportedByBroker`.
    package func create(
        _ topics: [NewTopic], within limit: Duration = .seconds(30)
    ) async throws(KafkaError) -> [TopicResult] {
        try await thread.perform("create topics") { state throws(KafkaError) in
            try state.create(topics, within: limit)
        }
    }

    /// The configurations of topics, such as `cleanup.policy`; each topic has its own result.
    package func configurations(
        of topics: [String], within limit: Duration = .seconds(30)
    ) async throws(KafkaError) -> [TopicConfigurationResult] {
        try await thread.perform("describe topics") { state throws(KafkaError) in
            try state.describe(topics, within: limit)
        }
    }

    /// The number of partitions of a topic; never creates it. An `unknownTopic` error if it is not
    /// there.
    package func partitionCount(
        of topic: String, within limit: Duration = .seconds(10)
    ) async throws(KafkaError) -> Int {
        try await client.call("ask for the metadata of \(topic)") { client throws(KafkaError) in
            try client.partitionCount(of: topic, within: limit)
        }
    }

    /// Brokers and the partitions of topics, with leaders and replicas; never creates a topic.
    package func cluster(
        _ topics: [String], within limit: Duration = .seconds(10)
    ) async throws(KafkaError) -> ClusterView {
        try await client.call("look at the cluster") { client throws(KafkaError) in
            try client.cluster(topics, within: limit)
        }
    }

    /// State and members of a group; nil if nobody knows it. The embedded broker cannot tell: do not ask it.
    package func group(
        _ name: String, within limit: Duration = .seconds(10)
    ) async throws(KafkaError) -> GroupView? {
        try await client.call("describe the group \(name)") { client throws(KafkaError) in
            try client.group(name, within: limit)
        }
    }

    /// Frees everything. Returns after `limit` at the latest.
    @discardableResult
    package func close(within limit: Duration = .seconds(10)) async -> CloseOutcome {
        await thread.close(within: limit)
    }
}
