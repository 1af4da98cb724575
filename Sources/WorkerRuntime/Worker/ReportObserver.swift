// What the engine reports, as log lines and counts.

package import JobEngine
import Kafka
import Logging
import Synchronization

/// Counts since the start of the process.
package struct WorkerCounts: Equatable, Sendable {
    package var accepted = 0
    package var succeeded = 0
    package var failed: [FailureKind: Int] = [:]
    package var duplicates = 0
    package var submits = 0
    package var queries = 0
    package var lateAnswers = 0
}

/// One line per transition at debug, one per outcome at info.
final class ReportObserver: Sendable {
    private let logger: Logger
    private let state = Mutex(WorkerCounts())

    init(logger: Logger) {
        self.logger = logger
    }

    var counts: WorkerCounts { state.withLock { $0 } }

    func take(_ report: Report) {
        state.withLock { count(report, &$0) }
        log(report)
    }

    private func count(_ report: Report, _ counts: inout WorkerCounts) {
        switch report {
        case .moved(_, _, let state):
            switch state {
            case .accepting: counts.accepted += 1
            case .submitting: counts.submits += 1
            case .querying, .checking: counts.queries += 1
            default: break
            }
        case .finished(_, let failure):
            if let failure {
                counts.failed[failure, default: 0] += 1
            } else {
                counts.succeeded += 1
            }
        case .duplicate: counts.duplicates += 1
        case .lateAnswerDropped: counts.lateAnswers += 1
        case .cancelOfUnknownJob, .attemptFailed, .poolPaused, .lateNoteUnused,
            .deliveredAfterTheEnd, .laneRestored:
            break
        }
    }

    private func log(_ report: Report) {
        switch report {
        case .moved(let job, let from, let to):
            logger.debug(
                "\(from?.rawValue ?? "new") -> \(to.rawValue)", metadata: ["job": "\(job)"])
        case .finished(let job, let failure):
            logger.info(
                failure == nil ? "job succeeded" : "job failed",
                metadata: failure.map { ["job": "\(job)", "kind": "\($0.rawValue)"] }
                    ?? ["job": "\(job)"])
        case .duplicate(let job, let source):
            logger.notice(
                "duplicate request ignored: its id is open or has succeeded",
                metadata: [
                    "job": "\(job)", "partition": "\(source.partition.partition)",
                    "offset": "\(source.offset)",
                ])
        case .cancelOfUnknownJob(let job):
            logger.notice("cancel of a job that is not open here", metadata: ["job": "\(job)"])
        case .attemptFailed(let job, let attempt, let cause):
            logger.info(
                "attempt came to nothing",
                metadata: [
                    "job": "\(job)", "attempt": "\(attempt)", "code": "\(cause.code ?? "-")",
                    "message": "\(cause.message)",
                ])
        case .poolPaused(let account, let lane, let until, let why):
            logger.warning(
                "submits paused",
                metadata: [
                    "account": "\(account)", "lane": "\(lane.number)",
                    "until": "\(Timestamp.text(until))", "code": "\(why.code ?? "-")",
                    "message": "\(why.message)",
                ])
        case .lateAnswerDropped(let job):
            logger.debug("late answer dropped", metadata: ["job": "\(job)"])
        case .lateNoteUnused(let note):
            logger.error(
                "a task was paid for whose job has already ended",
                metadata: [
                    "job": "\(note.job)", "task": "\(note.taskID)", "account": "\(note.account)",
                ])
        case .deliveredAfterTheEnd(let job, let task, let product):
            logger.warning(
                "a task delivered after its job had been given up",
                metadata: [
                    "job": "\(job)", "task": "\(task)",
                    "until": "\(Timestamp.text(product.expiresAt))",
                    "link": "\(product.links.first ?? "-")",
                ])
        case .laneRestored(let lane, let open, let finished):
            logger.info(
                "lane taken over",
                metadata: [
                    "lane": "\(lane.number)", "open": "\(open)", "finished": "\(finished)",
                ])
        }
    }
}

/// What librdkafka says, on its way into the log.
enum KafkaLog {
    static func write(_ diagnostic: Diagnostic, of client: String, to logger: Logger) {
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
