// Follows results, failures and progress as any consumer may: without a group, committed records only.

package import Kafka

/// Reads whole topics from a place that is fixed at the start; new partitions are not noticed.
package final class OutcomeReader: Sendable {
    package enum Start: Sendable, Equatable {
        case now
        case beginning
        /// So many records before the end of each partition; there may be fewer, as transactions leave gaps.
        case last(Int)
    }

    package enum Event: Sendable {
        case records([Record])
        /// Everything that was there at the start has been handed out.
        case caughtUp
        /// Trouble that passes by itself.
        case trouble(KafkaError)
        case fatal(KafkaError)
    }

    private let reader: Reader
    private let topics: [String]

    package init(_ kafka: ClientConfiguration, topics: [String]) throws(KafkaError) {
        reader = try Reader(kafka, group: "jimeng-outcomes")
        self.topics = topics
    }

    /// Fixes where reading begins. When this returns, whatever is written later will be read.
    ///
    /// - Throws: an unknown topic, an unreachable broker.
    package func start(_ start: Start) async throws(KafkaError) -> AsyncStream<Event> {
        var partitions: [TopicPartition: Int64] = [:]
        for topic in topics {
            let count = try await reader.partitionCount(of: topic)
            for number in 0..<count {
                let partition = TopicPartition(topic, Int32(number))
                let marks = try await reader.watermarks(of: partition)
                partitions[partition] = Self.offset(start, marks)
            }
        }
        let (events, continuation) = AsyncStream.makeStream(of: Event.self)
        follow(Set(partitions.keys), continuation)
        for (partition, offset) in partitions.sorted(by: { $0.key < $1.key }) {
            _ = try await reader.start(partition, from: .offset(offset))
            reader.demand(.max, of: partition)
        }
        return events
    }

    private static func offset(_ start: Start, _ marks: Watermarks) -> Int64 {
        switch start {
        case .now: marks.high
        case .beginning: marks.low
        // Each transaction leaves a marker, so about every second offset is none of a record.
        case .last(let count): max(marks.low, marks.high - 2 * Int64(count))
        }
    }

    private func follow(_ all: Set<TopicPartition>, _ events: AsyncStream<Event>.Continuation) {
        let task = Task { [reader] in
            var behind = all
            if behind.isEmpty { events.yield(.caughtUp) }
            for await event in reader.events {
                switch event {
                case .records(let batch):
                    events.yield(.records(batch.records))
                case .endOfPartition(let partition, _, _):
                    if behind.remove(partition) != nil, behind.isEmpty { events.yield(.caughtUp) }
                case .partitionError(_, _, let error), .error(let error),
                    .outOfRange(_, _, let error):
                    events.yield(.trouble(error))
                case .fatal(let error): events.yield(.fatal(error))
                case .closed: events.finish()
                }
            }
            events.finish()
        }
        events.onTermination = { _ in task.cancel() }
    }

    package func close() async {
        await reader.close(within: .seconds(3))
    }
}
