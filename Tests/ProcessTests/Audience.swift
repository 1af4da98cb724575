// Follows the outcome topics and tells when enough has come out.

import Kafka
import Sandbox
import Synchronization

/// What a downstream consumer sees, read committed.
final class Audience: Sendable {
    private let reader: Reader
    private let board: Mutex<DemoBoard>
    private let changes: AsyncStream<Change>
    private let continuation: AsyncStream<Change>.Continuation

    private enum Change {
        case records
        case timeIsUp
    }

    init(_ configuration: ClientConfiguration, ids: [String]) throws {
        reader = try Reader(configuration, group: "audience-\(UInt64.random(in: 0 ... .max))")
        board = Mutex(DemoBoard(ids: ids))
        (changes, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Begins to read all partitions of the topics from their beginnings.
    func follow(_ topics: [String]) async throws {
        for topic in topics {
            for number in 0..<(try await reader.partitionCount(of: topic)) {
                let partition = TopicPartition(topic, Int32(number))
                _ = try await reader.start(partition, from: .beginning)
                reader.demand(1_000_000, of: partition)
            }
        }
        Task { [reader, continuation] in
            for await event in reader.events {
                if case .records(let batch) = event { self.take(batch.records) }
            }
            continuation.finish()
        }
    }

    private func take(_ records: [Record]) {
        board.withLock { board in
            for record in records { _ = board.take(record, at: .now) }
        }
        continuation.yield(.records)
    }

    var snapshot: DemoBoard { board.withLock { $0 } }

    /// Returns when at least `count` jobs have an outcome, or `limit` has passed.
    func wait(for count: Int, within limit: Duration) async {
        await wait(within: limit) { $0.finished >= count }
    }

    /// Returns when the board is as wished, or `limit` has passed.
    func wait(within limit: Duration, until isReached: (DemoBoard) -> Bool) async {
        guard !isReached(snapshot) else { return }
        let timer = Task { [continuation] in
            // The one clock in these tests: it bounds a run that has gone wrong.
            try? await ContinuousClock().sleep(for: limit)
            if !Task.isCancelled { continuation.yield(.timeIsUp) }
        }
        defer { timer.cancel() }
        for await change in changes {
            if case .timeIsUp = change { return }
            if isReached(snapshot) { return }
        }
    }

    func close() async { await reader.close() }
}
