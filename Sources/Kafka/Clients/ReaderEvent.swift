// What a reader hands out.

/// One reading of a partition, from its start to its stop. A partition that is started again gets
/// a new one, so that what was on its way from the reading before can be told apart.
package struct ReadingID: Hashable, Sendable, CustomStringConvertible {
    let number: UInt64

    package var description: String { "reading \(number)" }
}

package struct RecordBatch: Sendable {
    package let partition: TopicPartition
    package let reading: ReadingID
    /// In the order of their offsets; at least one, at most a few hundred.
    package let records: [Record]
    /// Everything visible below this offset has been handed out.
    package let nextOffset: Int64
}

package enum ReaderEvent: Sendable {
    case records(RecordBatch)
    /// Everything below `position` has been seen, including what is not visible: aborted records and
    /// the markers that end transactions. Comes whenever the reader catches up with the end, which
    /// for committed reads is the last stable offset. Costs no demand, but is not handed out without.
    case endOfPartition(TopicPartition, ReadingID, position: Int64)
    /// The start offset, or one in the middle, is not there any more. The partition stands still
    /// until it is stopped and started elsewhere.
    case outOfRange(TopicPartition, ReadingID, KafkaError)
    /// Trouble with one partition, which the client works on by itself unless it is fatal.
    case partitionError(TopicPartition, ReadingID, KafkaError)
    /// Trouble with the connection.
    case error(KafkaError)
    /// This reader is of no use any more.
    case fatal(KafkaError)
    /// The last event.
    case closed
}

/// Where to begin reading.
package enum StartOffset: Hashable, Sendable {
    case offset(Int64)
    /// The first record that is still there.
    case beginning
    /// Only what is written from now on.
    case end
}
