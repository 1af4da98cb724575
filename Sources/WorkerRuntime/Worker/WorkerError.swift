// Why a worker cannot go on.

package import Kafka

package enum WorkerError: Error, Sendable, CustomStringConvertible {
    /// The transactional producer is of no use any more (fenced, or a fatal error).
    case ledgerLost(KafkaError)
    /// The group member is of no use any more.
    case groupLost(KafkaError)
    /// The reader is of no use any more.
    case readerLost(KafkaError)
    /// A watchdog saw no progress for longer than it may.
    case stalled(Watch, Duration)
    /// A client could not be made, or a topic is not as it must be.
    case setup(String)

    package var description: String {
        switch self {
        case .ledgerLost(let error):
            "the ledger can no longer be written: \(error); the worker stops and may be started again"
        case .groupLost(let error):
            "the consumer group is lost: \(error); the worker stops and may be started again"
        case .readerLost(let error):
            "records can no longer be read: \(error); the worker stops and may be started again"
        case .stalled(let watch, let time):
            "\(watch.subject) for \(time.components.seconds) s; the worker stops and may be started again"
        case .setup(let text): text
        }
    }
}
