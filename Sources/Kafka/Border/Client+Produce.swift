// One record into librdkafka's queue; its bytes are copied there.

internal import CRDKafka

extension Client {
    /// - Parameter index: comes back with the delivery report.
    /// - Returns: an `rd_kafka_error_t` that the caller frees, or `nil` for success.
    func produce(_ record: OutgoingRecord, index: Int) -> OpaquePointer? {
        // Headers of our own making: with single header fields, librdkafka before 2.12 frees them
        // twice when the partition does not exist (#4628).
        let headers = Self.makeHeaders(record.headers)
        let error = withUnsafeTemporaryAllocation(of: rd_kafka_vu_t.self, capacity: 8) { fields in
            record.topic.withCString { topic in
                withMemory(of: record.key) { key in
                    withMemory(of: record.value) { value in
                        Self.fill(fields, record, index)
                        fields[0].u.cstr = topic
                        fields[1].u.mem.ptr = key.baseAddress
                        fields[1].u.mem.size = key.count
                        fields[2].u.mem.ptr = value.baseAddress
                        fields[2].u.mem.size = value.count
                        fields[7].u.headers = headers
                        let count = headers == nil ? 7 : 8
                        return rd_kafka_produceva(raw, fields.baseAddress, count)
                    }
                }
            }
        }
        // On success the record took the headers over.
        if error != nil, let headers { rd_kafka_headers_destroy(headers) }
        return error
    }

    private static let types = [
        RD_KAFKA_VTYPE_TOPIC, RD_KAFKA_VTYPE_KEY, RD_KAFKA_VTYPE_VALUE,
        RD_KAFKA_VTYPE_PARTITION, RD_KAFKA_VTYPE_MSGFLAGS, RD_KAFKA_VTYPE_TIMESTAMP,
        RD_KAFKA_VTYPE_OPAQUE, RD_KAFKA_VTYPE_HEADERS,
    ]

    /// Sets the fields that need no pointer, and says which is which.
    private static func fill(
        _ fields: UnsafeMutableBufferPointer<rd_kafka_vu_t>, _ record: OutgoingRecord, _ index: Int
    ) {
        fields.initialize(repeating: rd_kafka_vu_t())
        for (index, type) in types.enumerated() { fields[index].vtype = type }
        fields[3].u.i32 = record.partition ?? RD_KAFKA_PARTITION_UA
        fields[4].u.i = RD_KAFKA_MSG_F_COPY
        fields[5].u.i64 = record.timestampMilliseconds ?? 0
        fields[6].u.ptr = UnsafeMutableRawPointer(bitPattern: index)
    }

    private static func makeHeaders(_ headers: [Header]) -> OpaquePointer? {
        guard !headers.isEmpty, let list = rd_kafka_headers_new(headers.count) else { return nil }
        for header in headers {
            withMemory(of: header.value) { value in
                _ = rd_kafka_header_add(
                    list, header.name, -1, UnsafeRawPointer(value.baseAddress), value.count)
            }
        }
        return list
    }
}

/// The bytes as C wants them: null for `nil`, and an address even for no bytes, as Kafka tells the two
/// apart. Writing through the pointer is not meant; C's declaration only lacks the `const`.
private func withMemory<Result>(
    of bytes: [UInt8]?, _ body: (UnsafeMutableRawBufferPointer) -> Result
) -> Result {
    guard let bytes else { return body(UnsafeMutableRawBufferPointer(start: nil, count: 0)) }
    guard !bytes.isEmpty else {
        return withUnsafeTemporaryAllocation(byteCount: 1, alignment: 1) {
            body(UnsafeMutableRawBufferPointer(start: $0.baseAddress, count: 0))
        }
    }
    return bytes.withUnsafeBytes { body(UnsafeMutableRawBufferPointer(mutating: $0)) }
}
