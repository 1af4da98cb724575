// Writes what the engine orders: a batch, not a message, and never in the name of a lane that is gone.

import JobEngine
import Kafka
import Logging
import Observability

/// Commits writes in the order they were given. While one transaction is on its way the next batch gathers.
///
/// A transaction is fenced by the offsets it sends with group metadata read fresh (KIP-447). The lanes of a batch are
/// checked after the metadata was read and before the transaction begins, with nothing awaited in between, and
/// `disown` waits for a transaction that is on its way: so no write of a lane can be committed with the metadata of a
/// later generation, in which the lane is somebody else's.
actor LedgerWriter {
    /// Writes of one transaction at most.
    static let largestBatch = 500
    /// Request bytes of one transaction, beyond which it takes no more writes.
    static let largestBatchBytes = 4 << 20

    private let member: GroupMember
    var producer: TransactionalProducer
    /// Makes another one under the same transactional id.
    let makeProducer: @Sendable () throws(KafkaError) -> TransactionalProducer
    private let topics: Topics
    private let codec: LedgerCodec
    private let outcomes: OutcomeEncoder
    let clock: SteadyClock
    let logger: Logger
    let observation: Observation
    private let committed: @Sendable ([WriteReceipt]) -> Void

    private var lanes: [LaneID: Holding] = [:]
    private var pending: [Write] = []
    var notes: [(lane: LaneID, note: LateNote)] = []
    /// Writes of the batch that is being committed.
    private var inHand = 0
    /// Everything that is not committed yet.
    var left: Int { pending.count + notes.count + inHand }
    private var lanesOnTheirWay: Set<LaneID> = []
    private var disowners: [CheckedContinuation<Void, Never>] = []
    private let signals: AsyncStream<Void>
    private let wakeUps: AsyncStream<Void>.Continuation
    /// Lanes that must be taken over anew: the ledger says something else of them than the engine ordered.
    nonisolated let spoiled: AsyncStream<LaneID>
    private let spoils: AsyncStream<LaneID>.Continuation
    private var closing = Closing.notAsked
    private var isRunning = false
    private var closers: [CheckedContinuation<Void, Never>] = []
    /// Producers that failed since the last commit.
    var failuresInARow = 0
    private(set) var transactions = 0
    private(set) var writes = 0

    private enum Closing {
        case notAsked
        /// What is pending is still written, until then.
        case until(ContinuousClock.Instant)
        /// `run` has returned.
        case done
    }

    /// A lane that may be written to.
    private struct Holding {
        var epoch: Epoch
        /// The last committed next offset of each of its request partitions.
        var cursors: [SourcePartition: Int64]
    }

    init(
        member: GroupMember, topics: Topics, codec: LedgerCodec, outcomes: OutcomeEncoder,
        clock: SteadyClock, logger: Logger, observation: Observation,
        makeProducer: @escaping @Sendable () throws(KafkaError) -> TransactionalProducer,
        committed: @escaping @Sendable ([WriteReceipt]) -> Void
    ) throws(KafkaError) {
        self.member = member
        self.makeProducer = makeProducer
        producer = try makeProducer()
        self.topics = topics
        self.codec = codec
        self.outcomes = outcomes
        self.clock = clock
        self.logger = logger
        self.observation = observation
        self.committed = committed
        (signals, wakeUps) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        (spoiled, spoils) = AsyncStream.makeStream()
    }

    // MARK: Lanes

    func own(_ lane: LaneID, epoch: Epoch, cursors: [SourcePartition: Int64]) {
        lanes[lane] = Holding(epoch: epoch, cursors: cursors)
        wakeUps.yield()
    }

    func addPartitions(_ cursors: [SourcePartition: Int64], to lane: LaneID) {
        lanes[lane]?.cursors.merge(cursors) { old, _ in old }
    }

    /// Writes nothing more for these lanes; returns when a transaction that touches them has ended.
    ///
    /// - Returns: the committed cursors of each lane.
    @discardableResult
    func disown(_ gone: Set<LaneID>) async -> [LaneID: [SourcePartition: Int64]] {
        var cursors = lanes.filter { gone.contains($0.key) }.mapValues(\.cursors)
        drop(gone)
        while !lanesOnTheirWay.isDisjoint(with: gone) {
            await withCheckedContinuation { disowners.append($0) }
        }
        for (lane, late) in lateCursors where gone.contains(lane) {
            cursors[lane]?.merge(late) { _, new in new }
        }
        lateCursors = lateCursors.filter { !gone.contains($0.key) }
        return cursors
    }

    /// Writes nothing more for these lanes; a transaction that is on its way is not waited for.
    func drop(_ gone: Set<LaneID>) {
        for lane in gone { lanes[lane] = nil }
        pending.removeAll { gone.contains($0.reference.lane) }
        remains(advanced: false)
    }

    /// Writes nothing more for any lane; returns those that were owned.
    func dropAll() -> Set<LaneID> {
        let owned = Set(lanes.keys)
        drop(owned)
        pending = []
        return owned
    }

    /// The lane must be taken over anew.
    func spoil(_ lane: LaneID) { spoils.yield(lane) }

    /// Cursors of transactions that committed while their lane was being disowned.
    private var lateCursors: [LaneID: [SourcePartition: Int64]] = [:]

    // MARK: Orders

    func enqueue(_ writes: [Write], notes: [(LaneID, LateNote)] = []) {
        pending += writes
        self.notes += notes.map { (lane: $0.0, note: $0.1) }
        remains(advanced: false)
        wakeUps.yield()
    }

    /// Finishes what is pending, for `limit` at most, and makes `run` return.
    ///
    /// - Returns: false if a transaction is still on its way: its answer may never come.
    func close(within limit: Duration) async -> Bool {
        wakeUps.finish()
        guard isRunning else {
            closing = .done
            return true
        }
        closing = .until(.now + limit)
        let watchdog = Task {
            try? await Task.sleep(for: limit)
            self.letClosersGo()
        }
        defer { watchdog.cancel() }
        await withCheckedContinuation { closers.append($0) }
        return !isRunning
    }

    private func letClosersGo() {
        for closer in closers { closer.resume() }
        closers = []
    }

    var isOutOfTime: Bool {
        switch closing {
        case .notAsked: false
        case .until(let end): ContinuousClock.now >= end
        case .done: true
        }
    }

    /// Commits until closed; throws when no producer is of any use any more.
    func run() async throws(WorkerError) {
        if case .done = closing { return }
        isRunning = true
        defer {
            closing = .done
            isRunning = false
            spoils.finish()
            letClosersGo()
        }
        for await _ in signals {
            try await commitOrRecover()
        }
        try await commitOrRecover()
    }

    private func commitOrRecover() async throws(WorkerError) {
        while true {
            do throws(WorkerError) {
                return try await commitPending()
            } catch {
                guard case .ledgerLost(let lost) = error else { throw error }
                try await recover(from: lost)
            }
        }
    }

    private func commitPending() async throws(WorkerError) {
        while true {
            while !notes.isEmpty, !isOutOfTime { try await commitNotes() }
            let batch = nextBatch()
            if batch.isEmpty || isOutOfTime { return }
            inHand = batch.count
            defer { inHand = 0 }
            try await commit(batch)
            inHand = 0
            remains(advanced: true)
        }
    }

    private func nextBatch() -> [Write] {
        var count = 0
        var bytes = 0
        for write in pending {
            if count == Self.largestBatch || bytes > Self.largestBatchBytes { break }
            bytes += write.requestBytes
            count += 1
        }
        let batch = Array(pending.prefix(count))
        pending.removeFirst(count)
        return batch
    }

    // MARK: Transactions

    private func isOwned(_ write: Write) -> Bool {
        lanes[write.reference.lane]?.epoch == write.epoch
    }

    private func commit(
        _ all: [Write], as form: TransactionBuilder.Form = .whole
    ) async throws(WorkerError) {
        var batch = all
        var pause = Duration.milliseconds(50)
        // Given up only when the worker ends: whoever takes the lanes over goes by the ledger.
        while !isOutOfTime {
            batch.removeAll { !isOwned($0) }
            guard !batch.isEmpty else { return }
            guard let metadata = await metadata() else {
                await sleep(&pause)
                continue
            }
            // Nothing is awaited from here to the start of the transaction.
            guard batch.allSatisfy(isOwned) else { continue }
            let transaction = transaction(of: batch, as: form, metadata)
            lanesOnTheirWay = Set(batch.map(\.reference.lane))
            let began = clock.now
            let outcome = await resolved(await producer.commit(transaction))
            transacted(outcome, writes: batch.count, since: began)
            if case .committed = outcome { advance(batch) }
            lanesOnTheirWay = []
            for disowner in disowners { disowner.resume() }
            disowners = []
            switch outcome {
            case .committed:
                report(batch, as: form)
                return
            case .aborted(let error) where error.kind == .recordTooLarge:
                return try await commitSmaller(batch, than: form, error)
            case .aborted(let error):
                logger.warning(
                    "a ledger transaction was aborted and is written again",
                    metadata: ["writes": "\(batch.count)", "error": "\(error)"])
                await sleep(&pause)
            case .unresolved(let error), .fatal(let error):
                throw .ledgerLost(error)
            }
        }
    }

    private func report(_ batch: [Write], as form: TransactionBuilder.Form) {
        let spoiled = Set(batch.filter { form.changes($0) }.map(\.reference.lane))
        // The engine believes something else of these lanes than what was written: none of its next writes may follow.
        drop(spoiled)
        for lane in spoiled { spoils.yield(lane) }
        committed(batch.filter { !form.changes($0) }.map(\.reference))
    }

    /// Something in the batch is larger than the broker takes, and would be for ever: halves find it, in order, and
    /// then it is written in a smaller form.
    private func commitSmaller(
        _ batch: [Write], than form: TransactionBuilder.Form, _ error: KafkaError
    ) async throws(WorkerError) {
        if batch.count > 1 {
            let middle = batch.count / 2
            try await commit(Array(batch[..<middle]), as: form)
            try await commit(Array(batch[middle...]), as: form)
            return
        }
        guard let next = form.smaller else { throw .ledgerLost(error) }
        logger.error(
            next == .short
                ? "a record is too large for its topic and is written without what can be left out"
                : "a job is too large for the ledger topic and fails",
            metadata: ["job": "\(batch.first?.reference.job ?? "-")", "error": "\(error)"])
        try await commit(batch, as: next)
    }

    private func metadata() async -> GroupMetadata? {
        do {
            return try await member.groupMetadata()
        } catch {
            // Between two generations; the lanes will be disowned, or come back under a new epoch.
            logger.debug("no group metadata at the moment", metadata: ["error": "\(error)"])
            return nil
        }
    }

    /// Goes on asking what became of a commit whose answer did not come, for as long as the worker runs.
    private func resolved(_ first: TransactionOutcome) async -> TransactionOutcome {
        var outcome = first
        while case .unresolved(let error) = outcome, !isOutOfTime {
            logger.warning(
                "the answer to a ledger commit is late; asking again",
                metadata: ["error": "\(error)"])
            observation.meters.count(MetricCatalogue.transactions, ("result", "late"))
            outcome = await producer.resume()
        }
        return outcome
    }

    private func transaction(
        of batch: [Write], as form: TransactionBuilder.Form, _ metadata: GroupMetadata
    ) -> Transaction {
        var offsets: [TopicPartition: Int64] = [:]
        for lane in Set(batch.map(\.reference.lane)) {
            // One partition is enough to fence the lane; those that moved are overwritten below.
            guard let fence = lanes[lane]?.cursors.min(by: { $0.key < $1.key }) else { continue }
            offsets[fence.key.topicPartition] = fence.value
        }
        for write in batch {
            guard let cursor = write.cursor else { continue }
            offsets[cursor.partition.topicPartition] = cursor.nextOffset
        }
        return Transaction(
            records: builder.records(of: batch, as: form), offsets: offsets,
            groupMetadata: metadata)
    }

    var builder: TransactionBuilder {
        TransactionBuilder(
            topics: topics, codec: codec, outcomes: outcomes,
            progress: ProgressEncoder(worker: codec.worker), now: clock.now)
    }

    private func advance(_ batch: [Write]) {
        failuresInARow = 0
        transactions += 1
        writes += batch.count
        for write in batch {
            guard let cursor = write.cursor else { continue }
            let lane = write.reference.lane
            if lanes[lane] != nil {
                lanes[lane]?.cursors[cursor.partition] = cursor.nextOffset
            } else {
                lateCursors[lane, default: [:]][cursor.partition] = cursor.nextOffset
            }
        }
    }

    /// Notes are not fenced: their writer may no longer own the lane, and they overwrite nothing but notes.
    private func commitNotes() async throws(WorkerError) {
        let batch = Array(notes.prefix(Self.largestBatch))
        let records = batch.map { builder.record(of: $0.note, in: $0.lane) }
        var pause = Duration.milliseconds(50)
        while !isOutOfTime {
            switch await resolved(await producer.commit(Transaction(records: records))) {
            case .committed:
                // Not before: those that could not be written are left to `salvage`.
                notes.removeFirst(batch.count)
                failuresInARow = 0
                remains(advanced: true)
                return
            case .aborted(let error):
                logger.warning("a late note is written again", metadata: ["error": "\(error)"])
                await sleep(&pause)
            case .unresolved(let error), .fatal(let error):
                throw .ledgerLost(error)
            }
        }
    }

    private func sleep(_ pause: inout Duration) async {
        try? await Task.sleep(for: pause)
        pause = min(pause * 2, .seconds(2))
    }
}
