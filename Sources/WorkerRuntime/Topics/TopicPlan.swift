// The topics that an installation needs, as they should be made.

package import Kafka

/// What a topic is for.
package enum TopicRole: String, CaseIterable, Sendable {
    case requests, ledger, results, failures, progress
}

/// A topic as it should be.
package struct PlannedTopic: Sendable {
    package let role: TopicRole
    package let topic: NewTopic

    package var name: String { topic.name }
}

/// All topics of an installation, with sizes and configurations.
package struct TopicPlan: Sendable {
    package var topics: [PlannedTopic]

    /// - Parameters:
    ///   - lanes: partitions of the ledger.
    ///   - requestPartitions: at least `lanes`.
    ///   - replication: nil for the broker's default.
    package init(
        _ topics: Topics, lanes: Int, requestPartitions: Int, outcomePartitions: Int = 6,
        replication: Int? = nil, retention: Duration = .seconds(7 * 86_400)
    ) {
        func planned(
            _ role: TopicRole, _ name: String, _ partitions: Int, _ values: [String: String]
        )
            -> PlannedTopic
        {
            PlannedTopic(
                role: role,
                topic: NewTopic(
                    name: name, partitions: partitions, replicationFactor: replication,
                    configuration: values))
        }
        let kept = Self.kept(retention)
        self.topics = [
            planned(.requests, topics.requests, requestPartitions, kept),
            planned(.ledger, topics.ledger, lanes, Self.ledger),
            planned(.results, topics.results, outcomePartitions, kept),
            planned(.failures, topics.failures, outcomePartitions, kept),
        ]
        if let progress = topics.progress {
            // News that nobody needs tomorrow.
            self.topics.append(
                planned(.progress, progress, outcomePartitions, Self.kept(.seconds(86_400))))
        }
    }

    /// How many lanes to make when nobody says: one for each slot of the smallest pool, but few enough that a
    /// take-over stays cheap.
    package static func lanes(slots: Int) -> Int { max(1, min(slots, 32)) }

    private static func kept(_ retention: Duration) -> [String: String] {
        [
            "cleanup.policy": "delete",
            "retention.ms": "\(retention.components.seconds * 1000)",
        ]
    }

    /// A ledger is small and read whole at each take-over: it is cleaned early, in small segments, and what is still
    /// uncleaned never grows old. Tombstones stay a day, so that a slow reader sees them.
    private static let ledger = [
        "cleanup.policy": "compact",
        "min.cleanable.dirty.ratio": "0.1",
        "segment.ms": "3600000",
        "segment.bytes": "67108864",
        "max.compaction.lag.ms": "86400000",
        "delete.retention.ms": "86400000",
        "max.message.bytes": "1048588",
    ]
}
