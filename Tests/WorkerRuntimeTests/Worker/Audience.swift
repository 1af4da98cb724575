// Reads what comes out of a world: outcomes, by job id.

import JSON
import Kafka
import Sandbox
import WorkerRuntime

/// Follows results and failures from their beginning.
final class Audience: Sendable {
    struct Outcome: Sendable {
        let id: String
        let record: JSON

        var status: String { record["status"]?.string ?? "none" }
        var kind: String? { record["error"]?["kind"]?.string }
        var taskID: String? { record["task_id"]?.string }
        var worker: String? { record["worker"]?.string }
    }

    let board = Board<Outcome>()
    private let reader: Reader

    init(_ configuration: ClientConfiguration, _ topics: Topics) async throws {
        reader = try Reader(configuration, group: "audience")
        for topic in [topics.results, topics.failures] {
            for number in 0..<4 {
                let partition = TopicPartition(topic, Int32(number))
                _ = try await reader.start(partition, from: .beginning)
                reader.demand(.max, of: partition)
            }
        }
        Task { [reader, board] in
            for await event in reader.events {
                guard case .records(let batch) = event else { continue }
                for record in batch.records {
                    guard let value = record.value, let json = try? JSON(parsing: value),
                        let id = json["id"]?.string
                    else { continue }
                    board.add(Outcome(id: id, record: json))
                }
            }
        }
    }

    /// Waits until so many ids have an outcome; all outcomes by id then.
    func outcomes(of count: Int, within limit: Duration = .seconds(40)) async
        -> [String: [Outcome]]
    {
        _ = await board.wait(within: limit) { Set($0.map(\.id)).count >= count }
        return Dictionary(grouping: board.items, by: \.id)
    }

    /// The outcome of one id, or nil if none comes.
    func outcome(of id: String, within limit: Duration = .seconds(40)) async -> Outcome? {
        _ = await board.wait(within: limit) { $0.contains { $0.id == id } }
        return board.items.first { $0.id == id }
    }

    func close() async { await reader.close() }
}
