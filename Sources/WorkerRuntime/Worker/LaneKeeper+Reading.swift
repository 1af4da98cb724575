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
                guard case .ledger(let lane)? = feed.use(of: partition, id) else { continue }
                restorations[lane]?.advance(to: position)
            case .outOfRange(let partition, _, let error):
                await startAgain(partition, error)
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

    private func take(_ batch: RecordBatch) {
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
            let intake = intake
            restoration.take(batch.records, next: batch.nextOffset) {
                intake.restore($0, $1, $2)
            }
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

    /// The place to read from is gone (retention, or the topic was made anew): go on at the oldest record.
    private func startAgain(_ partition: TopicPartition, _ error: KafkaError) async {
        logger.error(
            "the place to read from is gone; going on at the oldest record that is there",
            metadata: ["partition": "\(partition)", "error": "\(error)"])
        guard let lane = lanes.keys.first(where: { feed.partitions(of: $0).contains(partition) })
        else { return }
        feed.ended(partition)
        do {
            try await reader.stop(partition)
            let id = try await reader.start(partition, from: .beginning)
            let isLedger = partition.topic == topics.ledger
            feed.began(partition, id, isLedger ? .ledger(lane) : .requests(lane))
            reader.demand(isLedger ? 10_000 : 64, of: partition)
        } catch {
            logger.error(
                "the partition could not be read again",
                metadata: ["partition": "\(partition)", "error": "\(error)"])
        }
    }
}
