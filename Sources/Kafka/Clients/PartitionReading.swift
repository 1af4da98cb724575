// One partition that is being read: its queue and how much of it may be taken.

internal import CRDKafka

struct PartitionReading {
    /// How many records may still be handed out.
    struct Demand {
        private(set) var count = 0

        mutating func add(_ more: Int) {
            let (sum, overflow) = count.addingReportingOverflow(max(0, more))
            count = overflow ? Int.max : sum
        }

        /// A demand of `Int.max` stays: it means everything.
        mutating func take() { if count < Int.max { count -= 1 } }
    }

    /// One look at the queue.
    struct Batch {
        var events: [ReaderEvent] = []
        /// The batch was full: there may be more, and there is demand for it.
        var hasMore = false
    }

    /// Records per batch: enough to make a batch cheap, few enough to let other partitions in.
    static let batchLimit = 500

    let id: ReadingID
    let partition: TopicPartition
    /// Owned by `ReaderState`, which releases it when the reading stops.
    let queue: OpaquePointer
    var demand = Demand()

    /// Takes what is there and asked for, at most one batch.
    mutating func drain(_ client: Client) -> Batch {
        var batch = Batch()
        var records: [Record] = []
        var seen = 0
        while demand.count > 0, seen < Self.batchLimit {
            guard let event = client.poll(queue, milliseconds: 0) else {
                close(&records, into: &batch)
                return batch
            }
            seen += 1
            if case .record(let record) = event {
                records.append(record)
                demand.take()
            } else {
                close(&records, into: &batch)
                if let event = report(event) { batch.events.append(event) }
            }
        }
        close(&records, into: &batch)
        batch.hasMore = demand.count > 0
        return batch
    }

    private func close(_ records: inout [Record], into batch: inout Batch) {
        guard let last = records.last else { return }
        batch.events.append(
            .records(
                RecordBatch(
                    partition: partition, reading: id, records: records,
                    nextOffset: last.offset + 1)))
        records.removeAll()
    }

    private func report(_ event: ClientEvent) -> ReaderEvent? {
        switch event {
        case .partition(_, let offset, let error) where error.code == .localEndOfPartition:
            .endOfPartition(partition, id, position: offset)
        case .partition(_, _, let error) where error.kind == .offsetOutOfRange:
            .outOfRange(partition, id, error)
        case .partition(_, _, let error): .partitionError(partition, id, error)
        case .error(let error): .error(error)
        case .record, .deliveries, .assignment, .revocation, .log, .statistics, .topicsCreated,
            .configurationsDescribed, .other:
            nil
        }
    }
}
