// Writes records without transactions, idempotently: for those who hand in requests.

import Synchronization

/// One batch is in flight at a time; batches given meanwhile wait for their turn.
package final class Producer: Sendable {
    /// Log lines, statistics and errors that pass; for one listener, or none.
    package let diagnostics: AsyncStream<Diagnostic>

    private let client: Client
    private let thread: ClientThread<ProducerState>
    /// Topics whose metadata has been fetched.
    private let prepared = Mutex<Set<String>>([])

    package init(_ configuration: ClientConfiguration) throws(KafkaError) {
        let client = try Client(configuration, .producer)
        let diagnostics = DiagnosticStream()
        self.client = client
        self.diagnostics = diagnostics.stream
        thread = ClientThread("kafka-producer", gone: client.gone, wake: { client.wake() }) {
            ProducerState(writer: Writer(client: client, diagnostics: diagnostics))
        }
    }

    deinit { thread.end(within: .seconds(5)) }

    /// Writes a batch and waits until each record is delivered or is not.
    ///
    /// - Returns: per record, in their order, where it is now or why it is not. One that `timedOut` may
    ///   still arrive later (bounded by `message.timeout.ms`).
    package func write(
        _ records: [OutgoingRecord], within limit: Duration = .seconds(30)
    ) async throws(KafkaError) -> [Result<WrittenRecord, KafkaError>] {
        await prepare(Set(records.map(\.topic)), limit)
        return try await thread.perform("write records") { state throws(KafkaError) in
            state.write(records, Deadline(after: limit))
        }
    }

    /// Fetches metadata that librdkafka does not have: without it, it lets the first record of a topic wait for up to a
    /// second (#5032 of its issues, mended in 2.10.1). What fails here is told by the write itself.
    private func prepare(_ topics: Set<String>, _ limit: Duration) async {
        let new = prepared.withLock { prepared in
            defer { prepared.formUnion(topics) }
            return topics.subtracting(prepared)
        }
        guard !new.isEmpty else { return }
        try? await client.call("fetch metadata") { client throws(KafkaError) in
            for topic in new.sorted() {
                _ = try client.partitionCount(of: topic, within: min(limit, .seconds(5)))
            }
        }
    }

    /// Frees everything. Returns after `limit` at the latest.
    @discardableResult
    package func close(within limit: Duration = .seconds(10)) async -> CloseOutcome {
        await thread.close(within: limit)
    }
}

/// Where a record has been written to.
package struct WrittenRecord: Hashable, Sendable {
    package let partition: TopicPartition
    package let offset: Int64
}

/// The producer's side of its thread.
struct ProducerState: ThreadState {
    var writer: Writer

    mutating func poll() { writer.poll(milliseconds: 1000) }

    mutating func write(
        _ records: [OutgoingRecord], _ deadline: Deadline
    ) -> [Result<WrittenRecord, KafkaError>] {
        writer.begin()
        // Per record the number that the writer gave it, or why it did not take it.
        let numbers = records.map { record -> Result<Int, KafkaError> in
            writer.produce(record, deadline).map { .failure($0) }
                ?? .success(writer.batch.upperBound - 1)
        }
        writer.awaitAll(deadline)
        let first = writer.batch.lowerBound
        var deliveries = [Delivery?](repeating: nil, count: writer.batch.count)
        for delivery in writer.deliveries { deliveries[delivery.index - first] = delivery }
        return zip(records, numbers).map { record, number in
            number.flatMap { number in
                deliveries[number - first]?.result
                    ?? .failure(
                        KafkaError(
                            code: .localTimedOut, operation: "deliver a record to \(record.topic)"))
            }
        }
    }

    mutating func end(within limit: Duration) {
        writer.end(isClean: writer.hasAllReports)
    }
}

extension Delivery {
    var result: Result<WrittenRecord, KafkaError> {
        if code == .none {
            .success(
                WrittenRecord(partition: TopicPartition(topic, partition), offset: offset))
        } else {
            .failure(KafkaError(code: code, operation: "deliver a record to \(topic)"))
        }
    }
}
