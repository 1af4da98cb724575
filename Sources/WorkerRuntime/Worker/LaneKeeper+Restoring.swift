// Taking over a lane, in the order that the promises need.

import JobEngine
import Kafka
import Logging
import Observability

/// Why an attempt to take over a lane did not succeed; it is tried again.
enum RestoreFailure: Error, CustomStringConvertible {
    case kafka(KafkaError)
    case ledger(LedgerError)
    case noProgress(position: Int64, highWatermark: Int64)
    case cancelled
    case tooFewPartitions(requests: Int, lanes: Int)
    /// Tasks of accounts that this worker has no keys for: it could not ask for them, and they are paid for.
    case unknownAccounts(Set<String>)

    var description: String {
        switch self {
        case .kafka(let error): "\(error)"
        case .ledger(let error): "\(error)"
        case .noProgress(let position, let highWatermark):
            "the ledger could be read up to offset \(position) of \(highWatermark) only; "
                + "a transaction may be pending"
        case .cancelled: "given up"
        case .tooFewPartitions(let requests, let lanes):
            "the requests topic has \(requests) partitions, fewer than the \(lanes) lanes; add partitions"
        case .unknownAccounts(let names):
            "it has tasks of account \(names.sorted().joined(separator: ", ")), which is not in this worker's "
                + "configuration: give all workers the same accounts; it is taken over when the account is there"
        }
    }
}

extension LaneKeeper {
    /// Ledger records on their way at most. Each may hold a request of half a megabyte.
    static let helping = 200
    /// Without any progress for so long, a restoration is begun anew.
    private static let patience: Duration = .seconds(90)

    /// Takes over a lane, trying again until it succeeds or the lane is revoked.
    func restore(
        _ lane: LaneID, epoch: Epoch,
        parked: Parking?
    ) async {
        if let parked, await resume(lane, epoch: epoch, parked) { return }
        let began = clock.now
        var pause = Duration.milliseconds(250)
        while !Task.isCancelled {
            do throws(RestoreFailure) {
                var restore = try await read(lane, epoch: epoch)
                let unknown = restore.accounts.subtracting(accounts)
                guard unknown.isEmpty else { throw .unknownAccounts(unknown) }
                try await begin(lane, epoch: epoch, cursors: restore.cursors)
                if Task.isCancelled { return }
                // Notes that came since belong to what is restored; later ones are events of their own.
                if let late = restorations.removeValue(forKey: lane) {
                    restore.notes = late.log.notes
                }
                restored(restore.entries.count, since: began)
                lanes[lane] = .active(epoch)
                inbox.post(.laneAcquired(restore))
                return
            } catch {
                if Task.isCancelled { return }
                observation.meters.count(MetricCatalogue.restores, ("result", "failed"))
                logger.error(
                    "a lane could not be taken over; trying again",
                    metadata: ["lane": "\(lane.number)", "error": "\(error)"])
                await stopLedger(lane)
                try? await Task.sleep(for: pause)
                pause = min(pause * 2, .seconds(10))
            }
        }
    }

    /// Goes on with what is in memory, if nobody has written to the partition since.
    private func resume(
        _ lane: LaneID, epoch: Epoch,
        _ parked: Parking
    ) async -> Bool {
        let partition = topics.ledgerPartition(of: lane)
        guard let mark = try? await member.highWatermark(of: partition),
            mark == parked.highWatermark, !Task.isCancelled
        else { return false }
        do {
            let id = try await reader.start(partition, from: .offset(mark))
            feed.began(partition, id, .ledger(lane))
            reader.demand(Self.helping, of: partition)
            try await begin(lane, epoch: epoch, cursors: parked.cursors)
        } catch {
            await stopLedger(lane)
            return false
        }
        if Task.isCancelled { return true }
        observation.meters.count(MetricCatalogue.restores, ("result", "resumed"))
        logger.info(
            "lane resumed unchanged", metadata: ["lane": "\(lane.number)", "epoch": "\(epoch)"])
        lanes[lane] = .active(epoch)
        inbox.post(.laneResumed(lane, epoch: epoch))
        return true
    }

    private func stopLedger(_ lane: LaneID) async {
        await stopReading(lane)
        restorations[lane] = nil
    }

    /// Committed offsets first (stable, so a predecessor's pending transaction is resolved), then the high watermark,
    /// then the ledger up to it.
    private func read(_ lane: LaneID, epoch: Epoch) async throws(RestoreFailure) -> LaneRestore {
        let partitions = try await requestPartitions(of: lane)
        let committed: [TopicPartition: Int64?]
        let mark: Int64
        do {
            committed = try await reader.committedOffsets(
                of: Set(partitions.map(\.topicPartition)), within: .seconds(30))
            mark = try await member.highWatermark(of: topics.ledgerPartition(of: lane))
        } catch {
            throw .kafka(error)
        }
        let log = try await readLedger(lane, to: mark)
        for text in log.unreadable {
            logger.error(
                "a ledger record cannot be read and is left alone", metadata: ["record": "\(text)"])
        }
        var cursors: [SourcePartition: Int64] = [:]
        for partition in partitions {
            let known = max(
                log.cursors[partition] ?? 0, (committed[partition.topicPartition] ?? nil) ?? 0)
            cursors[partition] = try await start(of: partition, known: known)
        }
        // A predecessor may have seen partitions that this broker's metadata does not show yet: without its cursor they
        // would later be taken for new ones and read from their beginning.
        for (partition, next) in log.cursors
        where partition.topic == topics.requests && cursors[partition] == nil
            && Int(partition.partition) % lanesInAll == lane.number
        {
            cursors[partition] = next
        }
        return LaneRestore(
            lane: lane, epoch: epoch, entries: log.entries, cursors: cursors,
            marks: log.marks, spend: log.spend)
    }

    private func requestPartitions(of lane: LaneID) async throws(RestoreFailure)
        -> [SourcePartition]
    {
        let count: Int
        do {
            count = partitionsSeen(try await reader.partitionCount(of: topics.requests))
        } catch {
            throw .kafka(error)
        }
        guard count >= lanesInAll else {
            throw .tooFewPartitions(requests: count, lanes: lanesInAll)
        }
        return requestPartitions(of: lane, among: count)
    }

    private func requestPartitions(of lane: LaneID, among count: Int) -> [SourcePartition] {
        stride(from: lane.number, to: count, by: lanesInAll)
            .map { SourcePartition(topic: topics.requests, partition: Int32($0)) }
    }

    /// Where to read on: never before the oldest record that is still there.
    func start(of partition: SourcePartition, known: Int64) async throws(RestoreFailure) -> Int64 {
        let marks: Watermarks
        do {
            marks = try await reader.watermarks(of: partition.topicPartition)
        } catch {
            throw .kafka(error)
        }
        if known < marks.low && known > 0 {
            logger.error(
                "requests were deleted by retention before they were read",
                metadata: [
                    "partition": "\(partition.topicPartition)", "from": "\(known)",
                    "to": "\(marks.low)",
                ])
        }
        if known > marks.high, try await isCut(partition, below: known) {
            logger.error(
                "the requests partition ends before the place where reading stopped: was the topic made anew? Reading from its beginning",
                metadata: [
                    "partition": "\(partition.topicPartition)", "stopped": "\(known)",
                    "end": "\(marks.high)",
                ])
            return marks.low
        }
        return max(known, marks.low)
    }

    /// Whether a partition really ends before a place that was reached once: asked several times, and by its log end,
    /// which open transactions do not hold back. To read from the beginning by mistake may mean to pay again.
    private func isCut(_ partition: SourcePartition, below known: Int64)
        async throws(RestoreFailure) -> Bool
    {
        for _ in 0..<Self.doubtfulMarks {
            do {
                let end = try await member.highWatermark(of: partition.topicPartition)
                if end >= known { return false }
            } catch {
                throw .kafka(error)
            }
            try? await Task.sleep(for: .seconds(1))
            if Task.isCancelled { throw .cancelled }
        }
        return true
    }

    /// Answers in a row, a second apart, that a partition has become shorter before that is believed.
    private static let doubtfulMarks = 5

    private func readLedger(_ lane: LaneID, to mark: Int64) async throws(RestoreFailure)
        -> LaneLog.Contents
    {
        let partition = topics.ledgerPartition(of: lane)
        let restoration = Restoration(lane: lane, highWatermark: mark)
        restorations[lane] = restoration
        do {
            let id = try await reader.start(partition, from: .beginning)
            feed.began(partition, id, .ledger(lane))
        } catch {
            throw .kafka(error)
        }
        reader.demand(Self.helping, of: partition)
        let watchdog = Task { await self.watch(restoration) }
        defer { watchdog.cancel() }
        await withCheckedContinuation { restoration.wait($0) }
        if restoration.isCancelled || Task.isCancelled { throw .cancelled }
        guard restoration.isComplete else {
            throw .noProgress(
                position: restoration.position, highWatermark: restoration.highWatermark)
        }
        return try await contents(of: restoration.log)
    }

    /// Away from the keeper, which has other lanes to look after: a long ledger takes seconds to decode.
    @concurrent nonisolated private func contents(of log: LaneLog) async throws(RestoreFailure)
        -> LaneLog.Contents
    {
        let intake = intake
        do throws(LedgerError) {
            return try log.contents { intake.restore($0, $1, $2) }
        } catch {
            throw .ledger(error)
        }
    }

    /// Ends a restoration that does not get on.
    private func watch(_ restoration: Restoration) async {
        var position: Int64 = -1
        while !Task.isCancelled, restoration.position != position {
            position = restoration.position
            try? await Task.sleep(for: Self.patience)
        }
        if !Task.isCancelled { restoration.wake() }
    }

    /// Lets the ledger be written and the requests be read.
    private func begin(_ lane: LaneID, epoch: Epoch, cursors: [SourcePartition: Int64])
        async throws(RestoreFailure)
    {
        await writer.own(lane, epoch: epoch, cursors: cursors)
        for (partition, next) in cursors.sorted(by: { $0.key < $1.key }) {
            do {
                let id = try await reader.start(partition.topicPartition, from: .offset(next))
                feed.began(partition.topicPartition, id, .requests(lane))
            } catch {
                throw .kafka(error)
            }
        }
    }

    // MARK: Growth of topics

    /// Looks for new request partitions now and then, and gives them to their lanes.
    ///
    /// What a lane reads is compared, not a count remembered: a take-over or another lane may have seen the topic grow
    /// first, and a partition that could not be taken up is tried again.
    func watchPartitions(every interval: Duration) async throws(WorkerError) {
        while !Task.isCancelled, !isEnding {
            try? await Task.sleep(for: interval)
            if let ledger = try? await reader.partitionCount(of: topics.ledger),
                ledger > lanesInAll
            {
                // Workers that are started from now on share everything out in another way: two ways at once would
                // have requests accepted, and paid for, twice.
                throw .setup(
                    LaneCount.mismatch(topics.ledger, partitions: ledger, lanes: lanesInAll))
            }
            guard let told = try? await reader.partitionCount(of: topics.requests) else {
                continue
            }
            let count = partitionsSeen(told)
            for lane in activeLanes {
                for partition in requestPartitions(of: lane, among: count)
                where feed.use(of: partition.topicPartition) == nil {
                    await add(partition, to: lane)
                }
            }
        }
    }

    private func add(_ partition: SourcePartition, to lane: LaneID) async {
        guard case .active(let epoch)? = lanes[lane] else { return }
        do {
            let next = try await start(of: partition, known: 0)
            guard isActive(lane, epoch) else { return }
            let id = try await reader.start(partition.topicPartition, from: .offset(next))
            guard isActive(lane, epoch) else {
                // Given up while the reader started: it would stand in the way of the next take-over.
                try await reader.stop(partition.topicPartition)
                return
            }
            feed.began(partition.topicPartition, id, .requests(lane))
            await writer.addPartitions([partition: next], to: lane)
            inbox.post(.partitionsAdded(lane, [partition: next]))
            logger.notice(
                "a request partition was added",
                metadata: ["partition": "\(partition.topicPartition)", "lane": "\(lane.number)"])
        } catch {
            logger.error(
                "a new request partition could not be taken up; trying again",
                metadata: ["partition": "\(partition.topicPartition)", "error": "\(error)"])
        }
    }

    private func isActive(_ lane: LaneID, _ epoch: Epoch) -> Bool {
        if case .active(epoch)? = lanes[lane] { true } else { false }
    }
}

/// The rule that the ledger has as many partitions as there are lanes.
enum LaneCount {
    static func mismatch(_ topic: String, partitions: Int, lanes: Int) -> String {
        "the ledger topic \(topic) has \(partitions) partitions, but this worker shares work out over \(lanes) "
            + "lanes; they must be equal: stop all workers, and start them with JIMENG_LANES=\(partitions), or "
            + "use a ledger topic with \(lanes) partitions"
    }
}

extension LaneRestore {
    /// Accounts on which something may still run.
    fileprivate var accounts: Set<String> {
        var accounts: Set<String> = []
        for entry in entries {
            switch entry.phase {
            case .intent(let intent): accounts.insert(intent.account)
            case .submitted(let task): accounts.insert(task.account)
            case .accepted, .finished: break
            }
        }
        return accounts
    }
}
