// The admin client's side of its thread: sends a request and waits for its result event.

internal import CRDKafka

struct AdminState: ThreadState {
    let client: Client
    let diagnostics: DiagnosticStream

    func poll() {
        if let event = client.poll(milliseconds: 1000) { handle(event) }
    }

    private func handle(_ event: ClientEvent) {
        guard let event = diagnostics.take(event) else { return }
        if case .error(let error) = event { diagnostics.report(error) }
    }

    func create(_ topics: [NewTopic], within limit: Duration) throws(KafkaError) -> [TopicResult] {
        guard !topics.isEmpty else { return [] }
        try requireAdmin("create topics")
        let options = try client.makeOptions(RD_KAFKA_ADMIN_OP_CREATETOPICS, within: limit)
        defer { rd_kafka_AdminOptions_destroy(options) }
        var requests: [OpaquePointer?] = []
        defer { for request in requests { rd_kafka_NewTopic_destroy(request) } }
        for topic in topics { requests.append(try topic.makeRequest()) }
        rd_kafka_CreateTopics(client.raw, &requests, requests.count, options, client.queue)
        return try awaitResult("create topics", limit) {
            if case .topicsCreated(let result) = $0 { result } else { nil }
        }
    }

    func describe(
        _ topics: [String], within limit: Duration
    ) throws(KafkaError) -> [TopicConfigurationResult] {
        guard !topics.isEmpty else { return [] }
        try requireAdmin("describe topics")
        let options = try client.makeOptions(RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, within: limit)
        defer { rd_kafka_AdminOptions_destroy(options) }
        var requests = topics.map { rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, $0) }
        defer { for request in requests { rd_kafka_ConfigResource_destroy(request) } }
        rd_kafka_DescribeConfigs(client.raw, &requests, requests.count, options, client.queue)
        return try awaitResult("describe topics", limit) {
            if case .configurationsDescribed(let result) = $0 { result } else { nil }
        }
    }

    /// The embedded broker names no controller, so librdkafka would wait for one until the time is up.
    private func requireAdmin(_ operation: String) throws(KafkaError) {
        guard let id = rd_kafka_clusterid(client.raw, 5000) else { return }
        defer { rd_kafka_mem_free(client.raw, id) }
        guard String(cString: id).hasPrefix("mockCluster") else { return }
        throw KafkaError(
            code: .localUnsupportedFeature, operation: operation,
            message: "this is the embedded broker")
    }

    /// librdkafka always answers, at the latest when the request's own time-out has passed; the
    /// deadline here is a second belt.
    private func awaitResult<Answer>(
        _ operation: String, _ limit: Duration,
        _ find: (ClientEvent) -> Result<Answer, KafkaError>?
    ) throws(KafkaError) -> Answer {
        let deadline = Deadline(after: limit + .seconds(2))
        while !deadline.hasPassed {
            guard let event = client.poll(milliseconds: deadline.slice(atMost: .seconds(1)))
            else { continue }
            if let result = find(event) { return try result.get() }
            handle(event)
        }
        throw KafkaError(code: .localTimedOut, operation: operation)
    }

    func end(within limit: Duration) {
        diagnostics.finish(client)
        client.close(.clean)
    }
}
