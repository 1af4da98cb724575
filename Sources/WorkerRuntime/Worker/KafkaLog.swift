// What librdkafka says beside its work, on its way into the log and the metrics.

import Kafka
import Logging

enum KafkaTalk {
    /// Follows one client until it is closed.
    @discardableResult
    static func follow(
        _ diagnostics: AsyncStream<Diagnostic>, of client: String, observation: Observation,
        logger: Logger
    ) -> Task<Void, Never> {
        Task {
            var metrics = KafkaMetrics(client: client, meters: observation.meters)
            for await diagnostic in diagnostics {
                write(diagnostic, of: client, to: logger)
                guard case .statistics(let json) = diagnostic,
                    let brokers = metrics.take(json), client == "member"
                else { continue }
                observation.brokers(brokers, logger)
            }
        }
    }

    private static func write(_ diagnostic: Diagnostic, of client: String, to logger: Logger) {
        switch diagnostic {
        case .log(let line):
            // AUTOCREATE: said of every old broker, and meaningless here, as no client may create topics.
            let level: Logger.Level =
                line.facility == "AUTOCREATE" || line.severity > 4
                ? .debug : line.severity == 4 ? .warning : .error
            logger.log(level: level, "\(line)", metadata: ["client": "\(client)"])
        case .error(let error):
            logger.warning("\(error)", metadata: ["client": "\(client)"])
        case .statistics:
            break
        }
    }
}
