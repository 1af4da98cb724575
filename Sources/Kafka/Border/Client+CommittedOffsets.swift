// The committed offsets of a group, waited for until they are stable.

internal import CRDKafka

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

extension Client {
    /// With `read_committed` the broker answers "unstable" while a transaction is pending. librdkafka
    /// asks again a few times by itself; we do so until `limit` has passed.
    func committedOffsets(
        of partitions: Set<TopicPartition>, within limit: Duration
    ) throws(KafkaError) -> [TopicPartition: Int64?] {
        let deadline = Deadline(after: limit)
        while true {
            do {
                return try committedOffsetsOnce(of: partitions, deadline)
            } catch {
                guard error.kind == .unstableOffsets, !deadline.hasPassed else { throw error }
            }
            // This thread is the call's own; the pause keeps a pending transaction from a storm.
            usleep(useconds_t(deadline.slice(atMost: .milliseconds(100))) * 1000)
        }
    }

    private func committedOffsetsOnce(
        of partitions: Set<TopicPartition>, _ deadline: Deadline
    ) throws(KafkaError) -> [TopicPartition: Int64?] {
        let operation = "read the committed offsets"
        let list = PartitionList(partitions)
        let code = rd_kafka_committed(raw, list.raw, deadline.remaining.milliseconds)
        if let error = KafkaError(code, operation) { throw error }
        var offsets: [TopicPartition: Int64?] = [:]
        var failure: KafkaError?
        list.forEach { partition, offset, code in
            offsets[partition] = offset >= 0 ? offset : .some(nil)
            if code != .none {
                failure = KafkaError(code: code, operation: "\(operation) of \(partition)")
            }
        }
        if let failure { throw failure }
        return offsets
    }
}
