// Trouble with the embedded broker, to be asked for at the simulator's desk.

import JSON
import JimengSimulator
import Kafka

/// Answers `PUT /_sim/broker`.
struct BrokerControl: Sendable {
    private let broker: EmbeddedBroker

    /// Transactions that can be spoiled by one request.
    private static let bounds: ClosedRange<Int64> = 0...1000

    init(_ broker: EmbeddedBroker) {
        self.broker = broker
    }

    /// `{"abort": 20}`: of the next so many transactions the broker refuses the offsets, so that their workers have to
    /// abort them and write them again. 0 heals.
    @Sendable func answer(_ body: [UInt8]) -> SimulatedAnswer {
        guard let count = (try? JSON(parsing: body))?["abort"]?.int64, Self.bounds.contains(count)
        else { return Self.say(400, "error", "give {\"abort\": n}, n from 0 to 1000") }
        do {
            try broker.heal(.transactionOffsetCommit)
            let errors = [ErrorCode](repeating: .illegalGeneration, count: Int(count))
            try broker.failNext(.transactionOffsetCommit, with: errors)
        } catch {
            return Self.say(500, "error", JSON("\(error)"))
        }
        return Self.say(200, "abort", JSON(count))
    }

    private static func say(_ status: Int, _ name: String, _ value: JSON) -> SimulatedAnswer {
        .json(status, bytes: JSON(JSONObject([(name, value)])).serialized())
    }
}
