// Copies a fetched message, once.

internal import CRDKafka

extension Record {
    init(copying pointer: UnsafePointer<rd_kafka_message_t>) {
        let message = pointer.pointee
        var kind = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE
        let time = rd_kafka_message_timestamp(pointer, &kind)
        self.init(
            topic: String(cString: rd_kafka_topic_name(message.rkt)), partition: message.partition,
            offset: message.offset,
            timestampMilliseconds: kind == RD_KAFKA_TIMESTAMP_NOT_AVAILABLE ? nil : time,
            key: [UInt8](copying: message.key, message.key_len),
            value: [UInt8](copying: message.payload, message.len),
            headers: Self.headers(of: pointer))
    }

    private static func headers(of message: UnsafePointer<rd_kafka_message_t>) -> [Header] {
        // The list stays the message's own; asking for it parses it.
        var list: OpaquePointer?
        guard rd_kafka_message_headers(message, &list) == RD_KAFKA_RESP_ERR_NO_ERROR, let list
        else { return [] }
        var headers: [Header] = []
        var name: UnsafePointer<CChar>?
        var value: UnsafeRawPointer?
        var size = 0
        while rd_kafka_header_get_all(list, headers.count, &name, &value, &size)
            == RD_KAFKA_RESP_ERR_NO_ERROR, let name
        {
            headers.append(Header(String(cString: name), [UInt8](copying: value, size)))
        }
        return headers
    }
}

extension [UInt8] {
    /// The bytes, or `nil` for a null pointer: Kafka tells null from empty.
    init?(copying pointer: UnsafeRawPointer?, _ count: Int) {
        guard let pointer else { return nil }
        self.init(UnsafeRawBufferPointer(start: pointer, count: count))
    }
}
