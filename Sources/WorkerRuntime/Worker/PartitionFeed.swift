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

    func partitions(of lane: LaneID) -> [TopicPartition] {
        readings.filter { $0.value.use == .ledger(lane) || $0.value.use == .requests(lane) }
            .map(\.key)
    }
}
