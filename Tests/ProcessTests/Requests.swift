// Requests for workers in processes of their own.

import JSON
import Kafka
import Sandbox
import WorkerRuntime

extension Sandbox {
    /// One request for each id, in this order; its prompt begins with the id, so that the invoice tells it.
    ///
    /// - Parameter partitions: spreads them evenly over so many; nil: by their keys.
    func produce(_ ids: [String], over partitions: Int? = nil) async throws {
        let producer = try Producer(kafka(clientID: "requests"))
        let records = ids.enumerated().map { number, id in
            let request: JSON = [
                "id": JSON(id), "model": "jimeng_t2v_v30", "prompt": JSON("\(id) waves at dusk"),
            ]
            return OutgoingRecord(
                topic: topics.requests, partition: partitions.map { Int32(number % $0) },
                key: Array(id.utf8), value: request.serialized())
        }
        for result in try await producer.write(records) { _ = try result.get() }
        await producer.close()
    }
}
