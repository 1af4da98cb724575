// The reader's side of its thread: one queue per partition, drained as far as there is demand.

internal import CRDKafka

struct ReaderState: ThreadState {
    private let client: Client
    private let pipe: WakeupPipe
    private let events: AsyncStream<ReaderEvent>.Continuation
    private let diagnostics: DiagnosticStream
    private var partitions: [TopicPartition: PartitionReading] = [:]
    private var readings: UInt64 = 0

    init(
        client: Client, pipe: WakeupPipe, events: AsyncStream<ReaderEvent>.Continuation,
        diagnostics: DiagnosticStream
    ) {
        self.client = client
        self.pipe = pipe
        self.events = events
        self.diagnostics = diagnostics
        Self.signal(pipe, on: client.queue)
    }

    /// Makes librdkafka write to the pipe when something enters a queue that was looked at since.
    private static func signal(_ pipe: WakeupPipe, on queue: OpaquePointer) {
        var byte: UInt8 = 1
        rd_kafka_queue_io_event_enable(queue, pipe.writeEnd, &byte, 1)
    }

    /// Stops that: librdkafka writes nothing after this call.
    private static func silence(_ queue: OpaquePointer) {
        rd_kafka_queue_io_event_enable(queue, -1, nil, 0)
    }

    mutating func start(
        _ partition: TopicPartition, from start: StartOffset
    ) throws(KafkaError) -> ReadingID {
        let operation = "start reading \(partition)"
        guard partitions[partition] == nil else {
            throw KafkaError(
                code: .localConflict, operation: operation, message: "it is being read already")
        }
        guard
            let queue = rd_kafka_queue_get_partition(
                client.raw, partition.topic, partition.partition)
        else { throw KafkaError(code: .localUnknownPartition, operation: operation) }
        // Without this the assignment forwards the queue to the common one.
        rd_kafka_queue_forward(queue, nil)
        Self.signal(pipe, on: queue)
        let list = PartitionList([partition: start.raw])
        let result = rd_kafka_incremental_assign(client.raw, list.raw)
        if let error = KafkaError(consuming: result, operation) {
            release(queue)
            throw error
        }
        readings += 1
        let reading = ReadingID(number: readings)
        partitions[partition] = PartitionReading(id: reading, partition: partition, queue: queue)
        return reading
    }

    mutating func stop(_ partition: TopicPartition) throws(KafkaError) {
        guard let reading = partitions.removeValue(forKey: partition) else { return }
        let list = PartitionList([partition])
        let result = rd_kafka_incremental_unassign(client.raw, list.raw)
        release(reading.queue)
        if let error = KafkaError(consuming: result, "stop reading \(partition)") { throw error }
    }

    mutating func demand(_ count: Int, of partition: TopicPartition) {
        partitions[partition]?.demand.add(count)
    }

    private func release(_ queue: OpaquePointer) {
        Self.silence(queue)
        rd_kafka_queue_destroy(queue)
    }

    mutating func poll() {
        while let event = client.poll(milliseconds: 0) { handle(event) }
        var hasMore = false
        let client = client
        for index in partitions.values.indices {
            let batch = partitions.values[index].drain(client)
            for event in batch.events { events.yield(event) }
            hasMore = hasMore || batch.hasMore
        }
        // Whatever arrived since a queue was looked at has left a byte in the pipe.
        if !hasMore { pipe.wait(milliseconds: 1000) }
    }

    private func handle(_ event: ClientEvent) {
        guard let event = diagnostics.take(event) else { return }
        switch event {
        case .error(let error): events.yield(error.isFatal ? .fatal(error) : .error(error))
        case .partition(let partition, _, let error):
            let reading = partitions[partition]?.id
            events.yield(reading.map { .partitionError(partition, $0, error) } ?? .error(error))
        case .record, .deliveries, .assignment, .revocation, .topicsCreated,
            .configurationsDescribed, .log, .statistics, .other:
            break
        }
    }

    mutating func end(within limit: Duration) {
        for partition in Array(partitions.keys) { try? stop(partition) }
        let isClean = leave(Deadline(after: limit))
        Self.silence(client.queue)
        events.yield(.closed)
        events.finish()
        diagnostics.finish(client)
        client.close(isClean ? .clean : .hasty)
    }

    private func leave(_ deadline: Deadline) -> Bool {
        if let error = rd_kafka_consumer_close_queue(client.raw, client.queue) {
            rd_kafka_error_destroy(error)
            return false
        }
        while rd_kafka_consumer_closed(client.raw) == 0 {
            guard !deadline.hasPassed else { return false }
            if let event = client.poll(milliseconds: deadline.slice(atMost: .milliseconds(100))) {
                _ = diagnostics.take(event)
            }
        }
        return true
    }
}

extension StartOffset {
    var raw: Int64 {
        switch self {
        case .offset(let offset): offset
        case .beginning: Int64(RD_KAFKA_OFFSET_BEGINNING)
        case .end: Int64(RD_KAFKA_OFFSET_END)
        }
    }
}
