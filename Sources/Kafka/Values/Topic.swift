// Topics as the Admin API knows them.

package struct NewTopic: Hashable, Sendable {
    package var name: String
    package var partitions: Int
    /// `nil`: the broker's default.
    package var replicationFactor: Int?
    /// Such as `cleanup.policy`.
    package var configuration: [String: String]

    package init(
        name: String, partitions: Int, replicationFactor: Int? = nil,
        configuration: [String: String] = [:]
    ) {
        self.name = name
        self.partitions = partitions
        self.replicationFactor = replicationFactor
        self.configuration = configuration
    }
}

/// What became of the wish to create a topic.
package struct TopicResult: Hashable, Sendable {
    package enum Outcome: Hashable, Sendable {
        case created
        case alreadyExists
        case failed(KafkaError)
    }

    package let topic: String
    package let outcome: Outcome
}

/// The configuration of a topic, or why it cannot be told.
package struct TopicConfigurationResult: Sendable {
    package let topic: String
    /// Values that the broker keeps to itself are left out.
    package let configuration: Result<[String: String], KafkaError>
}
