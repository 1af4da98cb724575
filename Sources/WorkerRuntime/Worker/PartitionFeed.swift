// Which of the reader's partitions belongs to whom, and how far each has been read.

import JobEngine
import Kafka

/// Routes what the reader hands out.
struct PartitionFeed {
    enum Use: Equatable {
        /// A lane's ledger partition: read to the end at take-over, then on for late notes.
        case ledger(LaneID)
        case requests(LaneID)
    }

    struct Reading {
        var id: ReadingID
        var use: Use
        /// Behind the last record that was handed out; nil: none was.
        var next: Int64?
    }

    private var readings: [TopicPartition: Reading] = [:]

    mutating func began(_ partition: TopicPartition, _ id: ReadingID, _ use: Use) {
        readings[partition] = Reading(id: id, use: use)
    }

    mutating func ended(_ partition: TopicPartition) {
        readings[partition] = nil
    }

    /// nil for what was on its way when its partition was stopped.
    func use(of partition: TopicPartition, _ id: ReadingID) -> Use? {
        guard let reading = readings[partition], reading.id == id else { return nil }
        return reading.use
    }

    func use(of partition: TopicPartition) -> Use? { readings[partition]?.use }

    mutating func handedOut(_ batch: RecordBatch) {
        guard readings[batch.partition]?.id == batch.reading else { return }
        readings[batch.partition]?.next = batch.nextOffset
    }

    /// Whether there is something between the last record that was handed out and `position`: markers of transactions,
    /// aborted records.
    func hasInvisibleRecords(_ partition: TopicPartition, before position: Int64) -> Bool {
        readings[partition]?.next != position
    }

    /// Request partitions by the lane that reads them.
    var requests: [LaneID: [TopicPartition]] {
        var requests: [LaneID: [TopicPartition]] = [:]
        for (partition, reading) in readings {
            guard case .requests(let lane) = reading.use else { continue }
            requests[lane, default: []].append(partition)
        }
        return requests
    }

    func partitions(of lane: LaneID) -> [TopicPartition] {
        readings.filter { $0.value.use == .ledger(lane) || $0.value.use == .requests(lane) }
            .map(\.key)
    }
}
