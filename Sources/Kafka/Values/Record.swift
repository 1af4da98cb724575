// Records as Swift values: what was read, and what is to be written.

/// A record header. Names may repeat; order is kept.
package struct Header: Hashable, Sendable {
    package var name: String
    /// `nil` is Kafka's null, which is not the same as no bytes.
    package var value: [UInt8]?

    package init(_ name: String, _ value: [UInt8]?) {
        self.name = name
        self.value = value
    }
}

/// A record that was read. Its bytes are a copy: nothing of the client's memory is held.
package struct Record: Hashable, Sendable {
    package let topic: String
    package let partition: Int32
    package let offset: Int64
    /// Milliseconds since 1970 as the record carries it (create or append time), or `nil`.
    package let timestampMilliseconds: Int64?
    /// `nil` is Kafka's null, which is not the same as no bytes.
    package let key: [UInt8]?
    /// `nil` is Kafka's null: a tombstone in a compacted topic.
    package let value: [UInt8]?
    package let headers: [Header]

    package init(
        topic: String, partition: Int32, offset: Int64, timestampMilliseconds: Int64? = nil,
        key: [UInt8]? = nil, value: [UInt8]? = nil, headers: [Header] = []
    ) {
        self.topic = topic
        self.partition = partition
        self.offset = offset
        self.timestampMilliseconds = timestampMilliseconds
        self.key = key
        self.value = value
        self.headers = headers
    }

    package var topicPartition: TopicPartition { TopicPartition(topic, partition) }
}

/// A record to be written.
package struct OutgoingRecord: Hashable, Sendable {
    package var topic: String
    /// `nil`: chosen from the key as Java's default partitioner does (murmur2; random without a key).
    package var partition: Int32?
    package var key: [UInt8]?
    package var value: [UInt8]?
    package var headers: [Header]
    /// Milliseconds since 1970; `nil` means the moment of the call.
    package var timestampMilliseconds: Int64?

    package init(
        topic: String, partition: Int32? = nil, key: [UInt8]?, value: [UInt8]?,
        headers: [Header] = [], timestampMilliseconds: Int64? = nil
    ) {
        self.topic = topic
        self.partition = partition
        self.key = key
        self.value = value
        self.headers = headers
        self.timestampMilliseconds = timestampMilliseconds
    }
}
