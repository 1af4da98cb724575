// The names by which the engine and the world around it speak of the same thing.

/// One partition of the ledger with everything that goes with it: the unit of scaling out.
package struct LaneID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The number of the ledger partition, from 0.
    package var number: Int

    package init(_ number: Int) {
        self.number = number
    }

    package static func < (left: LaneID, right: LaneID) -> Bool { left.number < right.number }
    package var description: String { "lane \(number)" }
}

/// Under which assignment a worker holds a lane; grows with every rebalance (Kafka calls it generation).
package typealias Epoch = Int

/// The number of one order (write, submit, query, …) of this engine; an answer carries the number of its order.
package struct Serial: Hashable, Comparable, Sendable {
    package var number: Int

    package init(_ number: Int) {
        self.number = number
    }

    package static func < (left: Serial, right: Serial) -> Bool { left.number < right.number }
}

/// A partition of the requests topic.
package struct SourcePartition: Hashable, Comparable, Sendable {
    package var topic: String
    package var partition: Int32

    package init(topic: String, partition: Int32) {
        self.topic = topic
        self.partition = partition
    }

    package static func < (left: SourcePartition, right: SourcePartition) -> Bool {
        (left.topic, left.partition) < (right.topic, right.partition)
    }
}

/// Where a request stands in Kafka.
package struct Source: Hashable, Sendable {
    package var partition: SourcePartition
    package var offset: Int64

    package init(partition: SourcePartition, offset: Int64) {
        self.partition = partition
        self.offset = offset
    }

    package init(topic: String, partition: Int32, offset: Int64) {
        self.init(partition: SourcePartition(topic: topic, partition: partition), offset: offset)
    }
}
