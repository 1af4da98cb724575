// A transaction as one value, and what can become of it.

package struct Transaction: Sendable {
    package var records: [OutgoingRecord]
    /// Next offsets to read, per partition of the input. Always sent when given, moved or not: they
    /// carry the fence (KIP-447). Must not be negative: librdkafka leaves such offsets, and with
    /// them the fence, out without a word.
    package var offsets: [TopicPartition: Int64]
    /// In whose name the offsets are sent; needed if there are any.
    package var groupMetadata: GroupMetadata?

    package init(
        records: [OutgoingRecord], offsets: [TopicPartition: Int64] = [:],
        groupMetadata: GroupMetadata? = nil
    ) {
        precondition(
            offsets.isEmpty || groupMetadata != nil, "offsets without a group fence nothing")
        precondition(
            offsets.values.allSatisfy { $0 >= 0 }, "negative offsets would not be sent: \(offsets)")
        self.records = records
        self.offsets = offsets
        self.groupMetadata = groupMetadata
    }
}

package enum TransactionOutcome: Sendable {
    /// Everything is written, and visible to committed reads.
    case committed
    /// Nothing of it will ever be visible; it may be written again, also when that is aborted once more:
    /// after a batch that a broker refused, librdkafka 2.0.2 loses the next transaction too, to the gap
    /// in the sequence (measured). If the error `isStaleMember`, the partitions may be another's: do
    /// not write it again in the name of the old assignment. If its kind is `recordTooLarge`, writing
    /// the same again is in vain.
    case aborted(KafkaError)
    /// The commit was asked for and its answer has not come in time: it will be one or the other. The
    /// producer takes nothing else until `resume` knows which.
    case unresolved(KafkaError)
    /// The producer is of no use any more: make a new one, which ends what is pending, or exit. Take it
    /// that the transaction may or may not have taken place: even a fence can follow a commit that was
    /// done and whose answer was lost.
    case fatal(KafkaError)
}
