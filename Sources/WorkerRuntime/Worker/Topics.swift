// The names of the topics.

import JobEngine
import Kafka

package struct Topics: Equatable, Sendable {
    package var requests = "jimeng.requests"
    package var ledger = "jimeng.ledger"
    package var results = "jimeng.results"
    package var failures = "jimeng.failures"
    /// nil: no progress records are written.
    package var progress: String?

    package init() {}

    /// All that a worker reads or writes.
    package var all: [String] {
        [requests, ledger, results, failures] + (progress.map { [$0] } ?? [])
    }

    func ledgerPartition(of lane: LaneID) -> TopicPartition {
        TopicPartition(ledger, Int32(lane.number))
    }
}

extension SourcePartition {
    init(_ partition: TopicPartition) {
        self.init(topic: partition.topic, partition: partition.partition)
    }

    var topicPartition: TopicPartition { TopicPartition(topic, partition) }
}
