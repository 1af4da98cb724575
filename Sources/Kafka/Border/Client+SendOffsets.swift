// Sends a group's offsets into the running transaction.

internal import CRDKafka

extension Client {
    /// Blocks until both coordinators have answered; `milliseconds` is heeded between requests only.
    func sendOffsets(
        _ offsets: [TopicPartition: Int64], _ metadata: GroupMetadata, _ milliseconds: Int32
    ) -> KafkaError? {
        let operation = "send the offsets to the transaction"
        var group: OpaquePointer?
        let read = metadata.bytes.withUnsafeBytes {
            rd_kafka_consumer_group_metadata_read(&group, $0.baseAddress, $0.count)
        }
        if let error = KafkaError(consuming: read, operation) { return error }
        defer { rd_kafka_consumer_group_metadata_destroy(group) }
        let list = PartitionList(offsets)
        let sent = rd_kafka_send_offsets_to_transaction(raw, list.raw, group, milliseconds)
        return KafkaError(consuming: sent, operation)
    }
}
