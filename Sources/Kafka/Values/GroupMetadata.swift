// Who a group member is, and in which generation: what fences a transaction (KIP-447).

internal import CRDKafka

/// A snapshot of a member's place in its group. Read it fresh for every transaction, never after
/// answering a revocation for work that belongs to the revoked partitions.
package struct GroupMetadata: Hashable, Sendable {
    /// What `rd_kafka_consumer_group_metadata_write` wrote: opaque to all but librdkafka.
    let bytes: [UInt8]
    /// The group's generation; called epoch outside of this target.
    package let generation: Int32

    /// The layout (`CGMDv2:`, then the generation as a native 32-bit integer) is the same in every
    /// librdkafka from 1.6 up to 2.15; one with another layout is refused and not guessed at, as a
    /// snapshot without a generation would fence nothing.
    init?(bytes: [UInt8]) {
        let magic = Array("CGMDv2:".utf8)
        guard bytes.starts(with: magic), bytes.count >= magic.count + 4 else { return nil }
        self.bytes = bytes
        generation = bytes.withUnsafeBytes {
            $0.loadUnaligned(fromByteOffset: magic.count, as: Int32.self)
        }
    }

    /// Metadata as a member of that name and generation would have it; for tests.
    package init?(group: String, generation: Int32, member: String) {
        guard
            let metadata = rd_kafka_consumer_group_metadata_new_with_genid(
                group, generation, member, nil)
        else { return nil }
        defer { rd_kafka_consumer_group_metadata_destroy(metadata) }
        self.init(copying: metadata)
    }

    init?(copying metadata: OpaquePointer) {
        var buffer: UnsafeMutableRawPointer?
        var size = 0
        if let error = rd_kafka_consumer_group_metadata_write(metadata, &buffer, &size) {
            rd_kafka_error_destroy(error)
            return nil
        }
        defer { rd_kafka_mem_free(nil, buffer) }
        guard let bytes = [UInt8](copying: buffer, size) else { return nil }
        self.init(bytes: bytes)
    }
}
