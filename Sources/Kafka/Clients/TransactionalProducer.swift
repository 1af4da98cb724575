// Writes records and offsets in transactions, one call each.

/// The transaction runs from begin to end on the producer's own thread; transactions given meanwhile
/// wait for their turn.
package final class TransactionalProducer: Sendable {
    /// Log lines, statistics and errors that pass; for one listener, or none.
    package let diagnostics: AsyncStream<Diagnostic>

    private let client: Client
    private let thread: ClientThread<TransactionState>

    /// - Parameters:
    ///   - transactionalID: each running producer needs its own; a second one with the same fences
    ///     the first.
    ///   - transactionTimeout: after which the broker aborts by itself; at most the broker's
    ///     `transaction.max.timeout.ms`.
    package init(
        _ configuration: ClientConfiguration, transactionalID: String,
        transactionTimeout: Duration = .seconds(60)
    ) throws(KafkaError) {
        let client = try Client(
            configuration, .transactionalProducer(id: transactionalID, timeout: transactionTimeout))
        let diagnostics = DiagnosticStream()
        self.client = client
        self.diagnostics = diagnostics.stream
        thread = ClientThread("kafka-writer", gone: client.gone, wake: { client.wake() }) {
            TransactionState(client: client, diagnostics: diagnostics)
        }
    }

    deinit { thread.end(within: .seconds(5)) }

    /// Takes the transactional id over: fences older producers and waits until what they left pending
    /// has ended. Once, before the first commit; may be called again after a retriable error.
    package func initialize(within limit: Duration = .seconds(60)) async throws(KafkaError) {
        try await thread.perform("take over the transactional id") { state throws(KafkaError) in
            try state.initialize(Deadline(after: limit))
        }
    }

    /// Fetches the metadata of topics, so that the first transaction does not wait for it.
    package func prepare(
        topics: [String], within limit: Duration = .seconds(10)
    ) async throws(KafkaError) {
        try await client.call("fetch metadata") { client throws(KafkaError) in
            for topic in topics { _ = try client.partitionCount(of: topic, within: limit) }
        }
    }

    /// Writes a whole transaction. `limit` bounds everything up to the answer to the commit; an abort
    /// that becomes necessary has as long again. A coordinator that cannot be reached may add
    /// `socket.timeout.ms` (10 seconds by default here), as librdkafka does not look at the time before.
    package func commit(
        _ transaction: Transaction, within limit: Duration = .seconds(30)
    ) async -> TransactionOutcome {
        await outcome("commit a transaction") { $0.commit(transaction, within: limit) }
    }

    /// Writes records in a transaction that is aborted: throws what forbids it. Committed reads never see them, but
    /// they use up offsets, and the embedded broker shows them to everybody.
    package func rehearse(
        _ records: [OutgoingRecord], within limit: Duration = .seconds(10)
    ) async throws(KafkaError) {
        try await thread.perform("rehearse a transaction") { state throws(KafkaError) in
            try state.rehearse(records, within: limit)
        }
    }

    /// Goes on waiting for the answer to a commit that is `unresolved`.
    package func resume(within limit: Duration = .seconds(30)) async -> TransactionOutcome {
        await outcome("resume a commit") { $0.resume(within: limit) }
    }

    private func outcome(
        _ operation: String,
        _ body: @escaping @Sendable (inout TransactionState) -> TransactionOutcome
    ) async -> TransactionOutcome {
        do throws(KafkaError) {
            return try await thread.perform(operation) { state throws(KafkaError) in body(&state) }
        } catch {
            return .fatal(error)
        }
    }

    /// Ends the transaction that may be running and frees everything. Returns after `limit` at the
    /// latest.
    @discardableResult
    package func close(within limit: Duration = .seconds(10)) async -> CloseOutcome {
        await thread.close(within: limit)
    }
}
