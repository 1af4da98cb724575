// Writes records to the requests topic for operators' commands: all of them, or it is said which not.

import Kafka
import WorkerRuntime

enum RequestWriter {
    /// At most so many records in flight.
    private static let batch = 200

    /// The places in the order of the records.
    static func write(
        _ records: [OutgoingRecord], _ connection: ConnectionConfiguration
    ) async throws -> [WrittenRecord] {
        let producer = try Brokers.made("the producer") { () throws(KafkaError) in
            try Producer(connection.kafka)
        }
        var places: [WrittenRecord] = []
        for start in stride(from: 0, to: records.count, by: batch) {
            let part = Array(records[start..<min(records.count, start + batch)])
            let results: [Result<WrittenRecord, KafkaError>]
            do throws(KafkaError) {
                results = try await producer.write(part)
            } catch {
                throw Brokers.failure(error, connection.kafka)
            }
            for (record, result) in zip(part, results) {
                switch result {
                case .success(let place): places.append(place)
                case .failure(let error):
                    let key = record.key.map { String(decoding: $0, as: UTF8.self) } ?? "a record"
                    throw CommandFailure(
                        .unavailable,
                        "\(places.count) of \(records.count) records were written; \(key) was not: \(error)"
                    )
                }
            }
        }
        await producer.close(within: .seconds(5))
        return places
    }
}
