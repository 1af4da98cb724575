// Requests in, outcomes counted: the user's side of a benchmark.

import Dispatch
import JSON
import Kafka

struct Traffic {
    let servers: String

    private func configuration(_ name: String) -> ClientConfiguration {
        ClientConfiguration(
            bootstrapServers: servers, clientID: name, properties: ["fetch.wait.max.ms": "10"])
    }

    func send(_ count: Int, prefix: String) async throws {
        let producer = try Producer(configuration("traffic"))
        for start in stride(from: 0, to: count, by: 1000) {
            let records = (start..<min(count, start + 1000)).map { number in
                let request: JSON = [
                    "id": JSON("\(prefix)-\(number)"), "model": "jimeng_t2v_v30",
                    "prompt": "waves at dusk",
                ]
                return OutgoingRecord(
                    topic: "jimeng.requests", key: Array("\(prefix)-\(number)".utf8),
                    value: request.serialized())
            }
            for result in try await producer.write(records) { _ = try result.get() }
        }
        await producer.close()
    }

    /// Waits for so many records that `isWanted` wants, for two minutes at most.
    ///
    /// - Returns: how many came.
    func wait(
        for count: Int, in topics: [(name: String, partitions: Int)],
        from start: StartOffset = .beginning, where isWanted: (Record) -> Bool = { _ in true }
    ) async throws -> Int {
        let reader = try Reader(configuration("audience"), group: "audience")
        for topic in topics {
            for number in 0..<topic.partitions {
                let partition = TopicPartition(topic.name, Int32(number))
                _ = try await reader.start(partition, from: start)
                reader.demand(.max, of: partition)
            }
        }
        var seen = 0
        // Ends the stream, if nothing more comes.
        let watchdog = DispatchWorkItem { Task { await reader.close() } }
        DispatchQueue.global().asyncAfter(deadline: .now() + 120, execute: watchdog)
        defer { watchdog.cancel() }
        for await event in reader.events {
            if case .records(let batch) = event { seen += batch.records.count(where: isWanted) }
            if seen >= count { break }
        }
        await reader.close()
        return seen
    }
}

/// What a worker of ours is told in a benchmark.
enum WorkerSettingsForBenchmarks {
    static func environment(of world: BenchmarkWorld, slots: Int) -> [String: String] {
        world.environment.merging([
            "JIMENG_ACCESS_KEY": Keys.access, "JIMENG_SECRET_KEY": Keys.secret,
            "JIMENG_CONCURRENCY": "\(slots)", "JIMENG_SUBMIT_QPS": "100000",
            "JIMENG_QUERY_QPS": "100000", "JIMENG_POLL_FIRST": "10ms",
            "JIMENG_POLL_SHORTEST": "10ms", "JIMENG_POLL_USUAL": "100ms",
            "JIMENG_WINDOW_JOBS": "20000",
            "JIMENG_SEND_WINDOW": "2s", "JIMENG_LOG_LEVEL": "error", "JIMENG_LOG_FORMAT": "json",
            "KAFKA_PROPERTIES":
                "session.timeout.ms=6000,heartbeat.interval.ms=500,fetch.wait.max.ms=10",
        ]) { $1 }
    }
}
