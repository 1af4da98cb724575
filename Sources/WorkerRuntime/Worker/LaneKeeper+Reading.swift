// What the reader hands out, on its way to the engine.

import JobEngine
import Kafka
import Logging

extension LaneKeeper {
    /// Follows the reader until it is closed; throws when it is of no use any more.
    func followReader() async throws(WorkerError) {
        for await event in reader.events {
            switch event {
            case .records(let batch):
                take(batch)
            case .endOfPartition(let partition, let id, let position):
                reached(position, of: partition, id)
            case .outOfRange(let partition, let id, let error):
                outOfRange(partition, id, error)
            case .partitionError(let partition, _, let error):
                logger.warning(
                    "a partition has trouble",
                    metadata: ["partition": "\(partition)", "error": "\(error)"])
            case .error(let error):
                logger.warning("the reader has trouble", metadata: ["error": "\(error)"])
            case .fatal(let error):
                throw .readerLost(error)
            case .closed:
                return
            }
        }
    }

    private func reached(_ position: Int64, of partition: TopicPartition, _ id: ReadingID) {
        switch feed.use(of: partition, id) {
        case .ledger(let lane): restorations[lane]?.advance(to: position)
        case .requests(let lane):
            // Mostly the end is where the last record was, which the engine knows from the record.
            guard feed.hasInvisibleRecords(partition, before: position) else { return }
            inbox.post(.requestsReached(lane, SourcePartition(partition), position))
        case nil: break
        }
    }

    private func take(_ batch: RecordBatch) {
        feed.handedOut(batch)
        switch feed.use(of: batch.partition, batch.reading) {
        case .ledger(let lane):
            reader.demand(batch.records.count, of: batch.partition)
            takeLedger(batch, of: lane)
        case .requests(let lane):
            let now = clock.now
            inbox.post(
                batch.records.map { .requestRead(lane, intake.read($0, at: now)) })
        case nil:
            break
        }
    }

    private func takeLedger(_ batch: RecordBatch, of lane: LaneID) {
        if let restoration = restorations[lane] {
            restoration.take(batch.records, next: batch.nextOffset)
            return
        }
        // Beyond the restore point only news from others matter.
        for record in batch.records {
            guard let key = record.key, key.starts(with: "late/".utf8), let value = record.value
            else { continue }
            do {
                inbox.post(.lateNoteRead(lane, try LedgerCodec.lateNote(value)))
            } catch {
                logger.error(
                    "a late note cannot be read",
                    metadata: [
                        "record": "\(record.topicPartition)@\(record.offset)", "error": "\(error)",
                    ])
            }
        }
    }

    /// The place to read from is gone (retention, or the topic was made anew): the lane must learn where to go on, as
    /// records before the place it knows would be taken for ones that came twice.
    private func outOfRange(
        _ partition: TopicPartition, _ id: ReadingID, _ error: KafkaError
    ) {
        let lane: LaneID
        switch feed.use(of: partition, id) {
        case .ledger(let owner)?, .requests(let owner)?: lane = owner
        case nil: return
        }
        logger.error(
            "the place to read from is gone; the lane is taken over anew",
            metadata: ["partition": "\(partition)", "error": "\(error)"])
        // A take-over that is under way begins again by itself.
        restorations[lane]?.wake()
        renew(lane)
    }
}
