// Topics of the embedded broker, and everything that can be made to go wrong in it.

internal import CRDKafka

extension EmbeddedBroker {
    package func createTopic(_ name: String, partitions: Int) throws(KafkaError) {
        try use("create \(name)") {
            rd_kafka_mock_topic_create($0, name, Int32(clamping: partitions), 1)
        }
    }

    /// Answers the next requests of a kind with these errors, one each. `localTransport` breaks the
    /// connection instead. A request that is refused this way has no effect.
    package func failNext(_ api: BrokerAPI, with errors: [ErrorCode]) throws(KafkaError) {
        let codes = errors.map(\.c)
        try use("inject errors") {
            rd_kafka_mock_push_request_errors_array($0, api.rawValue, codes.count, codes)
            return RD_KAFKA_RESP_ERR_NO_ERROR
        }
    }

    /// Forgets the errors that are still to be answered with.
    package func heal(_ api: BrokerAPI) throws(KafkaError) {
        try use("clear errors") {
            rd_kafka_mock_clear_request_errors($0, api.rawValue)
            return RD_KAFKA_RESP_ERR_NO_ERROR
        }
    }

    /// What metadata, and requests to add the topic to a transaction, say of a topic; `none` heals.
    package func setTopicError(_ topic: String, _ error: ErrorCode) throws(KafkaError) {
        try use("fail \(topic)") {
            rd_kafka_mock_topic_set_error($0, topic, error.c)
            return RD_KAFKA_RESP_ERR_NO_ERROR
        }
    }

    /// Breaks all connections to a broker and accepts none. `nil`: all brokers.
    package func takeDown(broker: Int32? = nil) throws(KafkaError) {
        try use("take a broker down") { rd_kafka_mock_broker_set_down($0, broker ?? -1) }
    }

    package func bringUp(broker: Int32? = nil) throws(KafkaError) {
        try use("bring a broker up") { rd_kafka_mock_broker_set_up($0, broker ?? -1) }
    }

    /// How long a broker takes to answer anything. `nil`: all brokers.
    package func setRoundTrip(_ duration: Duration, broker: Int32? = nil) throws(KafkaError) {
        try use("slow a broker down") {
            rd_kafka_mock_broker_set_rtt($0, broker ?? -1, duration.milliseconds)
        }
    }

    package func setCoordinator(ofGroup group: String, _ broker: Int32) throws(KafkaError) {
        try use("move a coordinator") {
            rd_kafka_mock_coordinator_set($0, "group", group, broker)
        }
    }

    package func setCoordinator(ofTransactionalID id: String, _ broker: Int32) throws(KafkaError) {
        try use("move a coordinator") {
            rd_kafka_mock_coordinator_set($0, "transaction", id, broker)
        }
    }

    /// `nil`: the partition has no leader.
    package func setLeader(of partition: TopicPartition, _ broker: Int32?) throws(KafkaError) {
        try use("move a leader") {
            rd_kafka_mock_partition_set_leader(
                $0, partition.topic, partition.partition, broker ?? -1)
        }
    }
}
