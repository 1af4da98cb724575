// The transactional producer's side of its thread: the whole life of a transaction.

internal import CRDKafka

struct TransactionState: ThreadState {
    private enum Phase {
        case new
        case ready
        /// The commit was sent; only its resumption is allowed.
        case committing
        case failed(KafkaError)
    }

    /// Calls that wait for a broker are cut into slices, so that log lines and deliveries that arrive
    /// meanwhile are taken care of.
    private static let slice = Duration.milliseconds(500)

    private var writer: Writer
    private var phase = Phase.new

    init(client: Client, diagnostics: DiagnosticStream) {
        writer = Writer(client: client, diagnostics: diagnostics)
    }

    mutating func poll() {
        writer.poll(milliseconds: 1000)
        if let error = writer.fatal { phase = .failed(error) }
    }

    mutating func initialize(_ deadline: Deadline) throws(KafkaError) {
        switch phase {
        case .ready, .committing: return
        case .failed(let error): throw error
        case .new: break
        }
        let error = resumed(
            "take over the transactional id", deadline, rd_kafka_init_transactions)
        if let error {
            if error.isFatal { phase = .failed(error) }
            throw error
        }
        phase = .ready
    }

    mutating func commit(_ transaction: Transaction, within limit: Duration) -> TransactionOutcome {
        switch phase {
        case .ready: break
        case .failed(let error): return .fatal(error)
        case .new: preconditionFailure("commit before initialize")
        case .committing: preconditionFailure("commit before the unresolved one was resumed")
        }
        let deadline = Deadline(after: limit)
        let started = KafkaError(
            consuming: rd_kafka_begin_transaction(writer.client.raw), "begin a transaction")
        if let started { return fail(started) }
        if let error = fill(transaction, deadline) { return abort(error, within: limit) }
        phase = .committing
        return finish(deadline, abortWithin: limit)
    }

    /// Writes records and takes them back: whether it may be done, without its being done.
    mutating func rehearse(_ records: [OutgoingRecord], within limit: Duration) throws(KafkaError) {
        guard case .ready = phase else {
            throw KafkaError(code: .localState, operation: "rehearse a transaction")
        }
        let started = KafkaError(
            consuming: rd_kafka_begin_transaction(writer.client.raw), "begin a transaction")
        if let started { throw started }
        let refused = fill(Transaction(records: records), Deadline(after: limit))
        let cause = refused ?? KafkaError(operation: "rehearse a transaction")
        if case .fatal(let error) = abort(cause, within: limit) { throw refused ?? error }
        if let refused { throw refused }
    }

    /// Gives everything to the transaction and waits until the records are delivered.
    private mutating func fill(
        _ transaction: Transaction, _ deadline: Deadline
    ) -> KafkaError? {
        writer.begin()
        for record in transaction.records {
            if let error = writer.produce(record, deadline) { return error }
        }
        if let metadata = transaction.groupMetadata, !transaction.offsets.isEmpty {
            if let error = send(transaction.offsets, metadata, deadline) { return cause(of: error) }
        }
        return writer.awaitDeliveries(deadline).map { cause(of: $0) }
    }

    /// What made a transaction fail, where all we got are its consequences: librdkafka purges the
    /// records and refuses calls when something that has no call of its own failed, such as adding a
    /// partition to the transaction.
    private mutating func cause(of consequence: KafkaError) -> KafkaError {
        var consequence = consequence
        if consequence.code == .localState {
            // A failed delivery comes with the refusal, or just after it.
            guard let failure = writer.awaitDeliveries(Deadline(after: .milliseconds(250))),
                failure.code != .localTimedOut
            else { return consequence }
            consequence = failure
        }
        guard consequence.code == .localPurgedFromQueue else { return consequence }
        // A purge that nobody ordered: the transaction has failed for good (the state is set before
        // the purge), and the commit says why it refuses. It cannot succeed: undelivered records
        // alone forbid it.
        let result = rd_kafka_commit_transaction(writer.client.raw, 1000)
        return KafkaError(consuming: result, "write the transaction") ?? consequence
    }

    /// Unlike the others this call does not resume but begins anew, so it gets all the time there is;
    /// and as it may need that (and `socket.timeout.ms` more), it runs aside.
    private mutating func send(
        _ offsets: [TopicPartition: Int64], _ metadata: GroupMetadata, _ deadline: Deadline
    ) -> KafkaError? {
        let client = writer.client
        return repeated(deadline) { state in
            let limit = deadline.remaining.milliseconds
            return state.writer.serving { client.sendOffsets(offsets, metadata, limit) }
        }
    }

    /// Goes on with a commit whose answer has not come.
    mutating func resume(within limit: Duration) -> TransactionOutcome {
        switch phase {
        case .committing: return finish(Deadline(after: limit), abortWithin: limit)
        case .failed(let error): return .fatal(error)
        case .new, .ready: preconditionFailure("resume without an unresolved commit")
        }
    }

    /// Commits; made again, the call goes on where it was.
    private mutating func finish(
        _ deadline: Deadline, abortWithin limit: Duration
    ) -> TransactionOutcome {
        let error = resumed("commit the transaction", deadline, rd_kafka_commit_transaction)
        guard let error else {
            phase = .ready
            return .committed
        }
        if error.requiresAbort { return abort(error, within: limit) }
        return error.isRetriable ? .unresolved(error) : fail(error)
    }

    private mutating func abort(_ cause: KafkaError, within limit: Duration) -> TransactionOutcome {
        if cause.isFatal { return fail(cause) }
        let error = resumed(
            "abort the transaction", Deadline(after: limit), rd_kafka_abort_transaction)
        if let error { return fail(error) }
        phase = .ready
        return .aborted(cause)
    }

    private mutating func fail(_ error: KafkaError) -> TransactionOutcome {
        let error = KafkaError.fatal(of: writer.client.raw) ?? error.madeFatal
        phase = .failed(error)
        return .fatal(error)
    }

    /// Makes a call again while its error is retriable.
    private mutating func repeated(
        _ deadline: Deadline, _ call: (inout Self) -> KafkaError?
    ) -> KafkaError? {
        while true {
            guard let error = call(&self) else { return nil }
            guard error.isRetriable, !error.requiresAbort, !deadline.hasPassed else {
                return error
            }
            // Some are refused at once, such as when there is no connection yet.
            writer.poll(milliseconds: 20)
        }
    }

    /// Makes one of librdkafka's calls that resume where they were, slice by slice; events are served
    /// in between.
    private mutating func resumed(
        _ operation: String, _ deadline: Deadline, _ call: (OpaquePointer, Int32) -> OpaquePointer?
    ) -> KafkaError? {
        repeated(deadline) { state in
            let result = call(state.writer.client.raw, deadline.slice(atMost: Self.slice))
            state.writer.drain()
            return KafkaError(consuming: result, operation)
        }
    }

    /// Clean unless a commit's answer is still to come. Records of a transaction that failed for good are
    /// as good as never written, whether librdkafka has said of each that it purged it or not yet.
    mutating func end(within limit: Duration) {
        let isResolved = if case .committing = phase { false } else { true }
        writer.end(isClean: isResolved)
    }
}

extension KafkaError {
    /// The same error, said to be the end of its client.
    var madeFatal: KafkaError {
        KafkaError(kind, code: code, operation: operation, message: message, isFatal: true)
    }
}
