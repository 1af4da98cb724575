// Looks at Kafka before a command works with it, so that what is missing is said in one clear message.

import Kafka
import WorkerRuntime

enum Brokers {
    /// Ends the command unless every topic is there. Looking creates none.
    ///
    /// A producer or a subscription would otherwise wait, or make a topic with a partition count that fits nobody.
    static func require(_ topics: [String], _ kafka: ClientConfiguration) async throws {
        let admin = try made("the Kafka client") { () throws(KafkaError) in try Admin(kafka) }
        var missing: [String] = []
        do throws(KafkaError) {
            for topic in topics {
                do throws(KafkaError) {
                    _ = try await admin.partitionCount(of: topic)
                } catch {
                    guard error.kind == .unknownTopic else { throw error }
                    missing.append(topic)
                }
            }
        } catch {
            await admin.close(within: .seconds(1))
            throw failure(error, kafka)
        }
        await admin.close(within: .seconds(1))
        guard missing.isEmpty else {
            throw CommandFailure(
                .configuration,
                "there is no topic \(missing.joined(separator: ", ")) at \(kafka.bootstrapServers): "
                    + "create it with `jimeng topics create`, or check its name (JIMENG_…_TOPIC)")
        }
    }

    static func made<Client>(_ what: String, _ make: () throws(KafkaError) -> Client) throws
        -> Client
    {
        do throws(KafkaError) {
            return try make()
        } catch {
            throw CommandFailure(.configuration, "\(what) cannot be made: \(error)")
        }
    }

    /// A Kafka error as the end of a command.
    static func failure(_ error: KafkaError, _ kafka: ClientConfiguration) -> CommandFailure {
        switch error.kind {
        case .unreachable, .timedOut:
            CommandFailure(.unavailable, "no broker of \(kafka.bootstrapServers) answers: \(error)")
        case .unknownTopic:
            CommandFailure(.configuration, "\(error)")
        default:
            CommandFailure(.unavailable, "\(error)")
        }
    }
}
