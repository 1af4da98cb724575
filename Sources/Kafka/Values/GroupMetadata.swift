// Who a group member is, and in which generation: what fences a transaction (KIP-447).

internal import CRDKafka

/// A snapshot of a member's place in its group. Read it fresh for every transaction, never after
/// answering a revocation for work that belongs to the revoked partitions.
package struct GroupMetadata: Hashable, Sendable {
    /// What `rd_kafka_consumer_group_metadata_write` wrote: opaque to all but librdkafka.
    let bytes: [UInt8]
    /// The group's generation; called epoch outside of this target.
    package let generation: Int32

    /// The member's id in the group; empty before the first join and after the group forgot it.
    package let member: String

    /// Whether a broker checks anything: it lets generation -1 pass, and librdkafka 2.0.2 keeps the
    /// generation, without a member, after the group forgot it (measured).
    package var fences: Bool { generation >= 0 && !member.isEmpty }

    /// The layout is the same in every librdkafka from 1.6 up to 2.15: `CGMDv2:`, the generation as a
    /// native 32-bit integer, the group's id and the member's, each with a NUL. Another one is refused
    /// and not guessed at.
    init?(bytes: [UInt8]) {
        let magic = Array("CGMDv2:".utf8)
        guard bytes.starts(with: magic), bytes.count >= magic.count + 4 else { return nil }
        let texts = bytes[(magic.count + 4)...].split(
            separator: 0, maxSplits: 2, omittingEmptySubsequences: false)
        guard texts.count == 3 else { return nil }
        self.bytes = bytes
        generation = bytes.withUnsafeBytes {
            $0.loadUnaligned(fromByteOffset: magic.count, as: Int32.self)
        }
        member = String(decoding: texts[1], as: UTF8.self)
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
