// Owns an `rd_kafka_topic_partition_list_t`.

internal import CRDKafka

struct PartitionList: ~Copyable {
    let raw: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>

    init(_ partitions: some Collection<TopicPartition>) {
        raw = rd_kafka_topic_partition_list_new(Int32(partitions.count))
        for partition in partitions {
            rd_kafka_topic_partition_list_add(raw, partition.topic, partition.partition)
        }
    }

    /// Partitions with an offset each.
    init(_ offsets: [TopicPartition: Int64]) {
        raw = rd_kafka_topic_partition_list_new(Int32(offsets.count))
        for (partition, offset) in offsets {
            let added = rd_kafka_topic_partition_list_add(
                raw, partition.topic, partition.partition)
            added?.pointee.offset = offset
        }
    }

    /// Topics, for a subscription.
    init(topic: String) {
        raw = rd_kafka_topic_partition_list_new(1)
        rd_kafka_topic_partition_list_add(raw, topic, RD_KAFKA_PARTITION_UA)
    }

    deinit { rd_kafka_topic_partition_list_destroy(raw) }

    /// Calls `body` with each partition of a list that belongs to somebody else, its offset and its own
    /// error.
    static func forEach(
        in list: UnsafePointer<rd_kafka_topic_partition_list_t>,
        _ body: (TopicPartition, Int64, ErrorCode) -> Void
    ) {
        for index in 0..<Int(list.pointee.cnt) {
            let element = list.pointee.elems[index]
            body(
                TopicPartition(String(cString: element.topic), element.partition),
                element.offset, ErrorCode(element.err))
        }
    }

    /// The partitions of a list that belongs to somebody else.
    static func partitions(
        of list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>
    ) -> [TopicPartition] {
        (0..<Int(list.pointee.cnt)).map { index in
            let element = list.pointee.elems[index]
            return TopicPartition(String(cString: element.topic), element.partition)
        }
    }
}
