// What operators' commands share: a connection, a look at the logs with a bar, and errors in their words.

import JobEngine
import Kafka
import WorkerRuntime

/// Reads topics for one command.
struct LogSession {
    let connection: ConnectionConfiguration
    let reader: LogReader

    /// - Throws: a broker that cannot be reached, a topic that is missing.
    init(_ options: ConnectionOptions, requiring topics: (Topics) -> [String]) async throws {
        connection = try options.connection()
        try await Brokers.require(topics(connection.topics), connection.kafka)
        let kafka = connection.kafka
        reader = try Brokers.made("the reader") { () throws(KafkaError) in try LogReader(kafka) }
    }

    func ranges(of topic: String) async throws -> [TopicPartition: Range<Int64>] {
        do throws(KafkaError) {
            return try await reader.ranges(of: topic)
        } catch {
            throw Brokers.failure(error, connection.kafka)
        }
    }

    /// Reads ranges to their ends; on a terminal a bar on standard error tells how far it is.
    func read(
        _ what: String, _ ranges: [TopicPartition: Range<Int64>], take: (Record) -> Void
    ) async throws {
        var bar = ReadingBar(what: what)
        do throws(KafkaError) {
            try await reader.read(ranges, progress: { bar.show($0) }, take: take)
        } catch {
            bar.clear()
            throw Brokers.failure(error, connection.kafka)
        }
        bar.clear()
    }

    /// Reads a whole topic.
    func read(_ topic: String, take: (Record) -> Void) async throws {
        try await read(topic, try await ranges(of: topic), take: take)
    }

    /// The ledger as it is now, and where it ended.
    func ledger() async throws -> (view: LedgerView, ends: [TopicPartition: Range<Int64>]) {
        let ranges = try await ranges(of: connection.topics.ledger)
        var view = LedgerView()
        try await read(connection.topics.ledger, ranges) { view.take($0) }
        return (view, ranges)
    }

    /// The request records that no lane has taken in yet: from the ledger's cursors to the ends.
    func backlog(_ view: LedgerView) async throws -> [TopicPartition: Range<Int64>] {
        var ranges = try await ranges(of: connection.topics.requests)
        for (partition, range) in ranges {
            let source = SourcePartition(topic: partition.topic, partition: partition.partition)
            let next = min(
                max(view.cursors[source] ?? range.lowerBound, range.lowerBound), range.upperBound)
            ranges[partition] = next..<range.upperBound
        }
        return ranges
    }

    func close() async { await reader.close() }
}

/// `reading jimeng.ledger  [=====>      ]  41%`, from the second half second on.
private struct ReadingBar {
    let what: String
    private var shows = 0
    private var lines = LiveLines()

    init(what: String) {
        self.what = what
    }

    mutating func show(_ progress: LogReader.Progress) {
        guard Terminal.isError, progress.total > 0 else { return }
        shows += 1
        guard shows > 1, progress.seen < progress.total else { return }
        let percent = Int(100 * progress.seen / progress.total)
        let width = 24
        let filled = min(width - 1, percent * width / 100)
        let bar =
            "[" + String(repeating: "=", count: filled) + ">"
            + String(repeating: " ", count: width - 1 - filled) + "]"
        lines.draw(live: ["reading \(what)  \(bar)  \(percent)%"])
    }

    mutating func clear() {
        if shows > 1 { lines.draw(live: []) }
    }
}
