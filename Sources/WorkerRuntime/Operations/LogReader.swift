// Reads logs to where they ended when it was asked, committed records only, and tells how far it is.

package import Kafka

/// For tools: reads partitions by manual assignment, as part of no consumer group. One call at a time.
package final class LogReader: Sendable {
    /// How much of the logs has been seen.
    package struct Progress: Sendable, Equatable {
        package var seen: Int64 = 0
        package var total: Int64 = 0
    }

    /// What comes while a log is followed.
    package enum News: Sendable {
        case records([Record])
        /// Comes every half second, whether or not there is anything new.
        case tick
    }

    private enum Item: Sendable {
        case event(ReaderEvent)
        case tick
    }

    private let reader: Reader
    private let items: AsyncStream<Item>
    private let pumps: [Task<Void, Never>]

    /// Ticks without any progress after which a broker counts as silent: thirty seconds.
    private static let patience = 60
    private static let tick = Duration.milliseconds(500)
    /// Records of a partition that may wait in memory.
    private static let helping = 2000

    package init(_ kafka: ClientConfiguration) throws(KafkaError) {
        let reader = try Reader(kafka, group: "jimeng-operations")
        let (items, continuation) = AsyncStream.makeStream(of: Item.self)
        self.reader = reader
        self.items = items
        let events = Task {
            for await event in reader.events { continuation.yield(.event(event)) }
            continuation.finish()
        }
        let ticks = Task {
            while !Task.isCancelled {
                try? await Task.sleep(for: Self.tick)
                continuation.yield(.tick)
            }
        }
        pumps = [events, ticks]
    }

    /// Where the logs of a topic begin and end, for committed reads.
    package func ranges(of topic: String) async throws(KafkaError) -> [TopicPartition: Range<Int64>]
    {
        var ranges: [TopicPartition: Range<Int64>] = [:]
        for number in 0..<(try await reader.partitionCount(of: topic)) {
            let partition = TopicPartition(topic, Int32(number))
            let marks = try await reader.watermarks(of: partition)
            ranges[partition] = marks.low..<max(marks.low, marks.high)
        }
        return ranges
    }

    /// Reads everything that is visible in the ranges.
    ///
    /// - Throws: what the broker refuses, and a time-out when nothing comes for half a minute.
    package func read(
        _ ranges: [TopicPartition: Range<Int64>], progress: (Progress) -> Void = { _ in },
        take: (Record) -> Void
    ) async throws(KafkaError) {
        var positions = ranges.filter { !$0.value.isEmpty }.mapValues(\.lowerBound)
        var seen = Progress(total: ranges.values.reduce(0) { $0 + Int64($1.count) })
        var readings: [TopicPartition: ReadingID] = [:]
        for (partition, position) in positions.sorted(by: { $0.key < $1.key }) {
            readings[partition] = try await reader.start(partition, from: .offset(position))
            reader.demand(Self.helping, of: partition)
        }
        var quiet = 0
        progress(seen)
        while !positions.isEmpty {
            let item = await next()
            quiet += 1
            switch item {
            case .event(.records(let batch)):
                guard let range = ranges[batch.partition],
                    readings[batch.partition] == batch.reading
                else { continue }
                quiet = 0
                for record in batch.records where range.contains(record.offset) { take(record) }
                reader.demand(batch.records.count, of: batch.partition)
                advance(&positions, batch.partition, to: batch.nextOffset, range, &seen)
            case .event(.endOfPartition(let partition, let reading, let position)):
                guard let range = ranges[partition], readings[partition] == reading else {
                    continue
                }
                quiet = 0
                advance(&positions, partition, to: position, range, &seen)
            case .event(.outOfRange(let partition, let reading, _)):
                guard readings[partition] == reading else { continue }
                // Retention took the beginning away since it was looked up.
                try await reader.stop(partition)
                readings[partition] = try await reader.start(partition, from: .beginning)
                reader.demand(Self.helping, of: partition)
            case .event(.fatal(let error)): throw error
            case .event(.closed), nil: throw Self.silence(positions.keys.min())
            case .event(.partitionError), .event(.error): break
            case .tick:
                progress(seen)
                if quiet > Self.patience { throw Self.silence(positions.keys.min()) }
            }
            for partition in readings.keys where positions[partition] == nil {
                readings[partition] = nil
                try await reader.stop(partition)
            }
        }
        progress(seen)
    }

    private func advance(
        _ positions: inout [TopicPartition: Int64], _ partition: TopicPartition,
        to position: Int64, _ range: Range<Int64>, _ progress: inout Progress
    ) {
        guard let old = positions[partition] else { return }
        let new = min(max(old, position), range.upperBound)
        progress.seen += new - old
        positions[partition] = new < range.upperBound ? new : nil
    }

    private func next() async -> Item? {
        for await item in items { return item }
        return nil
    }

    private static func silence(_ partition: TopicPartition?) -> KafkaError {
        KafkaError(
            code: .localTimedOut,
            operation: "read \(partition.map { "\($0)" } ?? "the log") to its end",
            message: "nothing came for thirty seconds")
    }

    /// Reads on from these places until `take` says false, or the task is cancelled.
    package func follow(
        _ starts: [TopicPartition: Int64], take: (News) -> Bool
    ) async throws(KafkaError) {
        for (partition, position) in starts {
            _ = try await reader.start(partition, from: .offset(position))
            reader.demand(Self.helping, of: partition)
        }
        while let item = await next() {
            switch item {
            case .event(.records(let batch)):
                reader.demand(batch.records.count, of: batch.partition)
                guard take(.records(batch.records)) else { return }
            case .event(.fatal(let error)): throw error
            case .event(.closed): return
            case .event: break
            case .tick: guard take(.tick) else { return }
            }
        }
    }

    package func close() async {
        for pump in pumps { pump.cancel() }
        await reader.close(within: .seconds(3))
    }
}
