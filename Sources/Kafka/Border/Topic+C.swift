// Topics to and from librdkafka's admin structures.

internal import CRDKafka

extension NewTopic {
    /// An `rd_kafka_NewTopic_t` that the caller frees.
    func makeRequest() throws(KafkaError) -> OpaquePointer {
        let operation = "create \(name)"
        var message = [CChar](repeating: 0, count: 256)
        guard
            let request = rd_kafka_NewTopic_new(
                name, Int32(clamping: partitions), Int32(clamping: replicationFactor ?? -1),
                &message, message.count)
        else {
            throw KafkaError(
                code: .localInvalidArgument, operation: operation, message: String(cText: message))
        }
        for (property, value) in configuration {
            let code = rd_kafka_NewTopic_set_config(request, property, value)
            if let error = KafkaError(code, operation) {
                rd_kafka_NewTopic_destroy(request)
                throw error
            }
        }
        return request
    }
}

extension TopicResult {
    /// Copies the result event of a CreateTopics request.
    static func copy(_ event: OpaquePointer) -> Result<[TopicResult], KafkaError> {
        if let error = KafkaError(resultOf: event, "create topics") { return .failure(error) }
        var count = 0
        guard let topics = rd_kafka_CreateTopics_result_topics(event, &count) else {
            return .success([])
        }
        return .success((0..<count).compactMap { topics[$0].map(TopicResult.init(copying:)) })
    }

    private init(copying result: OpaquePointer) {
        topic = String(cString: rd_kafka_topic_result_name(result))
        let code = ErrorCode(rd_kafka_topic_result_error(result))
        outcome =
            switch code {
            case .none: .created
            case .topicAlreadyExists: .alreadyExists
            default:
                .failed(
                    KafkaError(
                        code: code, operation: "create \(topic)",
                        message: rd_kafka_topic_result_error_string(result)
                            .map { String(cString: $0) }))
            }
    }
}

extension TopicConfigurationResult {
    /// Copies the result event of a DescribeConfigs request.
    static func copy(_ event: OpaquePointer) -> Result<[Self], KafkaError> {
        if let error = KafkaError(resultOf: event, "describe topics") { return .failure(error) }
        var count = 0
        guard let resources = rd_kafka_DescribeConfigs_result_resources(event, &count) else {
            return .success([])
        }
        return .success((0..<count).compactMap { resources[$0].map(Self.init(copying:)) })
    }

    private init(copying resource: OpaquePointer) {
        topic = String(cString: rd_kafka_ConfigResource_name(resource))
        let code = ErrorCode(rd_kafka_ConfigResource_error(resource))
        guard code == .none else {
            configuration = .failure(
                KafkaError(
                    code: code, operation: "describe \(topic)",
                    message: rd_kafka_ConfigResource_error_string(resource)
                        .map { String(cString: $0) }))
            return
        }
        var count = 0
        var values: [String: String] = [:]
        let entries = rd_kafka_ConfigResource_configs(resource, &count)
        for index in 0..<count {
            guard let entry = entries?[index], let value = rd_kafka_ConfigEntry_value(entry)
            else { continue }
            values[String(cString: rd_kafka_ConfigEntry_name(entry))] = String(cString: value)
        }
        configuration = .success(values)
    }
}

extension KafkaError {
    /// The error that an admin result carries as a whole.
    init?(resultOf event: OpaquePointer, _ operation: String) {
        let code = rd_kafka_event_error(event)
        guard code != RD_KAFKA_RESP_ERR_NO_ERROR else { return nil }
        self.init(
            code: ErrorCode(code), operation: operation,
            message: rd_kafka_event_error_string(event).map { String(cString: $0) })
    }
}
