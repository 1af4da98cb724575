// Hands records to librdkafka and keeps count of what has become of them.

internal import CRDKafka

struct Writer {
    let client: Client
    private let diagnostics: DiagnosticStream
    /// The numbers of the records in the current batch; records are numbered through, so that late
    /// reports on an earlier batch are not taken for this one's.
    private(set) var batch = 1..<1
    /// What has become of the batch so far.
    private(set) var deliveries: [Delivery] = []
    private var failure: KafkaError?
    /// Set once, when the client is of no use any more.
    private(set) var fatal: KafkaError?

    init(client: Client, diagnostics: DiagnosticStream) {
        self.client = client
        self.diagnostics = diagnostics
    }

    private var outstanding: Int { batch.count - deliveries.count }
    /// Whether it is known of every record of the batch what has become of it.
    var hasAllReports: Bool { outstanding == 0 }

    /// Forgets the batch before.
    mutating func begin() {
        drain()
        batch = batch.upperBound..<batch.upperBound
        failure = nil
        deliveries = []
    }

    /// Waits for one event and handles it; `false` if none came.
    @discardableResult
    mutating func poll(milliseconds: Int32) -> Bool {
        guard let event = client.poll(milliseconds: milliseconds) else { return false }
        handle(event)
        return true
    }

    /// Handles what is there.
    mutating func drain() {
        while poll(milliseconds: 0) {}
    }

    private mutating func handle(_ event: ClientEvent) {
        guard let event = diagnostics.take(event) else { return }
        switch event {
        case .deliveries(let reports): take(reports)
        case .error(let error):
            diagnostics.report(error)
            if error.isFatal { fatal = error }
        case .partition(_, _, let error): diagnostics.report(error)
        case .record, .assignment, .revocation, .topicsCreated, .configurationsDescribed, .log,
            .statistics, .other:
            break
        }
    }

    private mutating func take(_ reports: [Delivery]) {
        let reports = reports.filter { batch.contains($0.index) }
        deliveries += reports
        guard failure == nil, let failed = reports.first(where: { $0.code != .none }) else {
            return
        }
        failure = KafkaError(
            code: failed.code, operation: "deliver a record to \(failed.topic)",
            requiresAbort: true)
    }

    /// Hands a record over, which then is the last one of `batch`; waits while librdkafka's queue is full.
    mutating func produce(_ record: OutgoingRecord, _ deadline: Deadline)
        -> KafkaError?
    {
        while true {
            let result = client.produce(record, index: batch.upperBound)
            guard let error = KafkaError(consuming: result, "write to \(record.topic)") else {
                batch = batch.lowerBound..<batch.upperBound + 1
                return nil
            }
            guard error.code == .localQueueFull, !deadline.hasPassed else { return error }
            poll(milliseconds: deadline.slice(atMost: .milliseconds(100)))
        }
    }

    /// Waits until every record of the batch is delivered, or one is not.
    mutating func awaitDeliveries(_ deadline: Deadline) -> KafkaError? {
        drain()
        while outstanding > 0, failure == nil, fatal == nil {
            guard !deadline.hasPassed else {
                return KafkaError(
                    code: .localTimedOut, operation: "deliver \(outstanding) records",
                    requiresAbort: true)
            }
            poll(milliseconds: deadline.slice(atMost: .seconds(1)))
        }
        return fatal ?? failure
    }

    /// Waits until every record of the batch is delivered or failed, or time is up.
    mutating func awaitAll(_ deadline: Deadline) {
        drain()
        while outstanding > 0, fatal == nil, !deadline.hasPassed {
            poll(milliseconds: deadline.slice(atMost: .seconds(1)))
        }
    }

    /// Makes a call that blocks for long on a thread of its own, and serves events until it returns.
    mutating func serving(_ call: @escaping @Sendable () -> KafkaError?) -> KafkaError? {
        let answer = Gate<KafkaError?>()
        let client = client
        DedicatedThread.start("kafka-call") {
            answer.open(call())
            client.wake()
        }
        while true {
            if let answer = answer.current { return answer }
            poll(milliseconds: 1000)
        }
    }

    func end(isClean: Bool) {
        diagnostics.finish(client)
        client.close(isClean ? .clean : .hasty)
    }
}
