// Calls that wait for a broker's answer: each on a thread of its own while the client is polled on.

internal import CRDKafka

extension Client {
    /// Runs `body` on a thread of its own and keeps the client alive meanwhile.
    ///
    /// A consumer's own thread must go on polling, and one call may wait for long (a pending
    /// transaction, a dead leader) while others must not: hence a thread each, not a queue.
    func call<Answer: Sendable>(
        _ operation: String,
        _ body: @escaping @Sendable (Client) throws(KafkaError) -> Answer
    ) async throws(KafkaError) -> Answer {
        guard enter() else { throw .closed(operation) }
        let result = await withCheckedContinuation { continuation in
            DedicatedThread.start("kafka-call") {
                let result = Result { () throws(KafkaError) in try body(self) }
                self.leave()
                continuation.resume(returning: result)
            }
        }
        return try result.get()
    }

    /// The offsets of the first record and after the last one. The client's isolation level decides
    /// what the latter means: the high watermark, or the last stable offset.
    func watermarks(
        of partition: TopicPartition, within limit: Duration
    ) throws(KafkaError) -> Watermarks {
        let operation = "ask for the watermarks of \(partition)"
        var low: Int64 = 0
        var high: Int64 = 0
        let code = rd_kafka_query_watermark_offsets(
            raw, partition.topic, partition.partition, &low, &high, limit.milliseconds)
        if let error = KafkaError(code, operation) { throw error }
        return Watermarks(low: low, high: high)
    }

    /// The number of partitions that the cluster says a topic has.
    func partitionCount(of topic: String, within limit: Duration) throws(KafkaError) -> Int {
        let operation = "ask for the metadata of \(topic)"
        guard let handle = rd_kafka_topic_new(raw, topic, nil) else {
            throw KafkaError(
                rd_kafka_last_error(), operation) ?? KafkaError(operation: operation)
        }
        defer { rd_kafka_topic_destroy(handle) }
        var answer: UnsafePointer<rd_kafka_metadata>?
        let code = rd_kafka_metadata(raw, 0, handle, &answer, limit.milliseconds)
        defer { if let answer { rd_kafka_metadata_destroy(answer) } }
        if let error = KafkaError(code, operation) { throw error }
        guard let answer, answer.pointee.topic_cnt == 1, let found = answer.pointee.topics?.pointee
        else { throw KafkaError(code: .unknownTopicOrPartition, operation: operation) }
        if let error = KafkaError(found.err, operation) { throw error }
        return Int(found.partition_cnt)
    }
}

/// Where a partition's log begins and ends.
package struct Watermarks: Hashable, Sendable {
    /// The offset of the first record that is still there.
    package let low: Int64
    /// The offset that follows the last record.
    package let high: Int64
}
