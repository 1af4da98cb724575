// Copies librdkafka's events into Swift values; nothing of the event is kept.

internal import CRDKafka

extension ClientEvent {
    /// The event mask of every client: each kind that `init(copying:)` knows.
    static let all =
        RD_KAFKA_EVENT_DR | RD_KAFKA_EVENT_FETCH | RD_KAFKA_EVENT_LOG | RD_KAFKA_EVENT_ERROR
        | RD_KAFKA_EVENT_REBALANCE | RD_KAFKA_EVENT_STATS

    /// - Parameters:
    ///   - event: stays with the caller, who destroys it next.
    ///   - client: asked for the reason when the event says no more than "fatal".
    init(copying event: OpaquePointer, of client: OpaquePointer) {
        switch rd_kafka_event_type(event) {
        case RD_KAFKA_EVENT_FETCH:
            self = rd_kafka_event_message_next(event).map { .record(Record(copying: $0)) } ?? .other
        case RD_KAFKA_EVENT_DR: self = .deliveries(Self.deliveries(event))
        case RD_KAFKA_EVENT_REBALANCE: self = Self.rebalance(event)
        case RD_KAFKA_EVENT_ERROR: self = Self.error(event, client)
        case RD_KAFKA_EVENT_LOG: self = Self.log(event)
        case RD_KAFKA_EVENT_STATS:
            self = .statistics(
                rd_kafka_event_stats(event).map { Array(String(cString: $0).utf8) } ?? [])
        case RD_KAFKA_EVENT_CREATETOPICS_RESULT: self = .topicsCreated(TopicResult.copy(event))
        case RD_KAFKA_EVENT_DESCRIBECONFIGS_RESULT:
            self = .configurationsDescribed(TopicConfigurationResult.copy(event))
        default: self = .other
        }
    }

    private static func deliveries(_ event: OpaquePointer) -> [Delivery] {
        var deliveries: [Delivery] = []
        deliveries.reserveCapacity(rd_kafka_event_message_count(event))
        while let message = rd_kafka_event_message_next(event) {
            deliveries.append(
                Delivery(
                    index: Int(bitPattern: message.pointee._private),
                    partition: message.pointee.partition, offset: message.pointee.offset,
                    code: ErrorCode(message.pointee.err),
                    topic: String(cString: rd_kafka_topic_name(message.pointee.rkt))))
        }
        return deliveries
    }

    private static func rebalance(_ event: OpaquePointer) -> ClientEvent {
        let list = rd_kafka_event_topic_partition_list(event)
        let partitions = list.map { PartitionList.partitions(of: $0) } ?? []
        return rd_kafka_event_error(event) == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS
            ? .assignment(partitions) : .revocation(partitions)
    }

    private static func error(_ event: OpaquePointer, _ client: OpaquePointer) -> ClientEvent {
        let error = KafkaError(
            code: ErrorCode(rd_kafka_event_error(event)), operation: "talk to the cluster",
            message: rd_kafka_event_error_string(event).map { String(cString: $0) },
            isFatal: rd_kafka_event_error_is_fatal(event) != 0)
        guard let partition = rd_kafka_event_topic_partition(event) else {
            return .error(error.code == .localFatal ? .fatal(of: client) ?? error : error)
        }
        defer { rd_kafka_topic_partition_destroy(partition) }
        let name = TopicPartition(
            String(cString: partition.pointee.topic), partition.pointee.partition)
        return .partition(
            name, offset: partition.pointee.offset,
            KafkaError(code: error.code, operation: "read \(name)", message: error.message))
    }

    private static func log(_ event: OpaquePointer) -> ClientEvent {
        var facility: UnsafePointer<CChar>?
        var text: UnsafePointer<CChar>?
        var severity: Int32 = 0
        guard rd_kafka_event_log(event, &facility, &text, &severity) == 0, let facility, let text
        else { return .other }
        return .log(
            LogLine(
                severity: Int(severity), facility: String(cString: facility),
                message: String(cString: text)))
    }
}
