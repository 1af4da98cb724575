// What a cluster says about itself: brokers, partitions, and the members of a group.

/// A look at a cluster's metadata.
package struct ClusterView: Sendable, Equatable {
    package struct Partition: Sendable, Equatable {
        /// Nil: nobody leads it, so it can neither be read nor written.
        package let leader: Int32?
        package let replicas: Int
        package let inSync: Int

        package init(leader: Int32?, replicas: Int, inSync: Int) {
            self.leader = leader
            self.replicas = replicas
            self.inSync = inSync
        }
    }

    /// `host:port` by the brokers' ids.
    package var brokers: [Int32: String]
    /// By topic and in order; topics that are not there are not in it.
    package var topics: [String: [Partition]]
    /// This process's own embedded broker, or another's.
    package var isEmbedded: Bool

    package init(
        brokers: [Int32: String], topics: [String: [Partition]], isEmbedded: Bool = false
    ) {
        self.brokers = brokers
        self.topics = topics
        self.isEmbedded = isEmbedded
    }
}

/// A look at a consumer group.
package struct GroupView: Sendable, Equatable {
    package struct Member: Sendable, Equatable {
        package let clientID: String
        package let host: String
        /// Nil: the broker does not tell, as in the middle of a rebalance.
        package let partitions: [TopicPartition]?

        package init(clientID: String, host: String, partitions: [TopicPartition]?) {
            self.clientID = clientID
            self.host = host
            self.partitions = partitions
        }
    }

    /// The broker's word: `Stable`, `PreparingRebalance`, `Empty`, `Dead`, …
    package let state: String
    package let members: [Member]

    package init(state: String, members: [Member]) {
        self.state = state
        self.members = members
    }
}
