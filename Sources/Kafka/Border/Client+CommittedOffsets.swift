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
    /// The broker answers "unstable" while a transaction that touches the offsets is pending; we ask
    /// again until `limit` has passed. (`rd_kafka_committed` asks again as well, but says no more
    /// than "timed out" in the end, as if the broker were gone. This request does not ask again at
    /// all, so we do it for a moved or missing coordinator as well.)
    func committedOffsets(
        of group: String, _ partitions: Set<TopicPartition>, within limit: Duration
    ) throws(KafkaError) -> [TopicPartition: Int64?] {
        let deadline = Deadline(after: limit)
        var pending: KafkaError?
        while true {
            do {
                return try committedOffsetsOnce(of: group, partitions, deadline)
            } catch {
                // The last ask may run into the deadline: what was said before still holds then.
                if error.kind != .timedOut { pending = nil }
                if error.kind == .unstableOffsets { pending = error }
                guard error.isWorthAnotherTry, !deadline.hasPassed else { throw pending ?? error }
            }
            // This thread is the call's own; the pause keeps a pending transaction from a storm.
            usleep(useconds_t(deadline.slice(atMost: .milliseconds(100))) * 1000)
        }
    }

    private func committedOffsetsOnce(
        of group: String, _ partitions: Set<TopicPartition>, _ deadline: Deadline
    ) throws(KafkaError) -> [TopicPartition: Int64?] {
        let operation = "read the committed offsets of \(group)"
        let options = try makeOptions(
            RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPOFFSETS, within: deadline.remaining)
        defer { rd_kafka_AdminOptions_destroy(options) }
        let stable = rd_kafka_AdminOptions_set_require_stable_offsets(options, 1)
        if let error = KafkaError(consuming: stable, operation) { throw error }
        let list = PartitionList(partitions)
        var request = rd_kafka_ListConsumerGroupOffsets_new(group, list.raw)
        defer { rd_kafka_ListConsumerGroupOffsets_destroy(request) }
        // A queue of its own: the client's thread polls the common one.
        let answers = rd_kafka_queue_new(raw)
        defer { rd_kafka_queue_destroy(answers) }
        rd_kafka_ListConsumerGroupOffsets(raw, &request, 1, options, answers)
        let limit = deadline.remaining + .seconds(2)
        guard let event = rd_kafka_queue_poll(answers, limit.milliseconds) else {
            throw KafkaError(code: .localTimedOut, operation: operation)
        }
        defer { rd_kafka_event_destroy(event) }
        if let error = KafkaError(resultOf: event, operation) { throw error }
        return try Self.copyOffsets(event, operation)
    }

    private static func copyOffsets(
        _ event: OpaquePointer, _ operation: String
    ) throws(KafkaError) -> [TopicPartition: Int64?] {
        var count = 0
        guard let result = rd_kafka_event_ListConsumerGroupOffsets_result(event),
            let groups = rd_kafka_ListConsumerGroupOffsets_result_groups(result, &count),
            count == 1, let group = groups[0]
        else { throw KafkaError(operation: operation) }
        if let error = rd_kafka_group_result_error(group) {
            // Borrowed: it belongs to the event.
            let code = ErrorCode(rd_kafka_error_code(error))
            let message = String(cString: rd_kafka_error_string(error))
            throw KafkaError(code: code, operation: operation, message: message)
        }
        var offsets: [TopicPartition: Int64?] = [:]
        var failure: KafkaError?
        guard let list = rd_kafka_group_result_partitions(group) else { return offsets }
        PartitionList.forEach(in: list) { partition, offset, code in
            offsets[partition] = offset >= 0 ? offset : .some(nil)
            if code != .none { failure = KafkaError(code: code, operation: operation) }
        }
        if let failure { throw failure }
        return offsets
    }

    /// Options of an admin request, which the caller frees.
    func makeOptions(
        _ operation: rd_kafka_admin_op_t, within limit: Duration
    ) throws(KafkaError) -> OpaquePointer {
        var message = [CChar](repeating: 0, count: 256)
        guard let options = rd_kafka_AdminOptions_new(raw, operation) else {
            throw KafkaError(operation: "make an admin request")
        }
        let code = rd_kafka_AdminOptions_set_request_timeout(
            options, max(1, limit.milliseconds), &message, message.count)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
            rd_kafka_AdminOptions_destroy(options)
            throw KafkaError(
                code: ErrorCode(code), operation: "make an admin request",
                message: String(cText: message))
        }
        return options
    }
}

extension KafkaError {
    /// What passes when the coordinator is found, back or done with a transaction.
    fileprivate var isWorthAnotherTry: Bool {
        switch code {
        case .unstableOffsetCommit, .coordinatorNotAvailable, .notCoordinator, .coordinatorLoading,
            .requestTimedOut, .localTransport, .localWaitingForCoordinator:
            true
        default: false
        }
    }
}
