// What the engine reports, as log lines and counts.

package import JobEngine
import Logging
import Observability
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

/// One line per transition at debug, one per outcome at info; each about a job names its lane, and its task once there
/// is one.
final class ReportObserver: Sendable {
    private let logger: Logger
    private let meters: Meters
    private let health: WorkerHealth
    private let state = Mutex(WorkerCounts())

    init(logger: Logger, meters: Meters, health: WorkerHealth) {
        self.logger = logger
        self.meters = meters
        self.health = health
    }

    var counts: WorkerCounts { state.withLock { $0 } }

    /// - Parameter engine: asked where a job is, if that is going to be written.
    func take(_ report: Report, _ engine: Engine) {
        state.withLock { count(report, &$0) }
        measure(report)
        log(report, engine)
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
        case .cancelOfUnknownJob, .attemptFailed, .poolPaused, .lateNoteUnused, .holdLifted,
            .deliveredAfterTheEnd, .laneRestored, .seen, .budgetExhausted, .accountDown,
            .accountUp:
            break
        }
    }

    private func measure(_ report: Report) {
        switch report {
        case .moved(_, nil, .accepting): meters.count(MetricCatalogue.accepted)
        case .attemptFailed(_, _, let cause):
            meters.count(MetricCatalogue.retries, ("kind", cause.kind.rawValue))
        case .duplicate: meters.count(MetricCatalogue.duplicates)
        case .lateAnswerDropped: meters.count(MetricCatalogue.lateAnswers)
        case .lateNoteUnused(let note):
            if note.taskID != nil { meters.count(MetricCatalogue.orphanedTasks) }
        case .deliveredAfterTheEnd: meters.count(MetricCatalogue.lateDeliveries)
        case .accountDown(let account, let why, _):
            meters.set(MetricCatalogue.accountDown, to: 1, ("account", account))
            health.update { $0.downAccounts[account] = why.message }
        case .accountUp(let account, _):
            meters.set(MetricCatalogue.accountDown, to: 0, ("account", account))
            health.update { $0.downAccounts[account] = nil }
        case .moved, .finished, .cancelOfUnknownJob, .poolPaused, .laneRestored, .seen,
            .budgetExhausted, .holdLifted:
            break
        }
    }

    // MARK: Outcomes

    /// The line about each outcome that these writes carry.
    func take(_ writes: [Write]) {
        for write in writes {
            switch write.outcome {
            case .outcome(let outcome): log(outcome, write.reference.lane)
            case .rejection(let rejection):
                logger.info(
                    "request rejected",
                    metadata: [
                        "job": "\(rejection.id)", "lane": "\(write.reference.lane.number)",
                        "kind": "\(rejection.cause.kind.rawValue)",
                        "message": "\(rejection.cause.message)",
                    ])
            case nil: break
            }
        }
    }

    private func log(_ outcome: Outcome, _ lane: LaneID) {
        guard logger.logLevel <= .info else { return }
        let entry = outcome.entry
        var metadata: Logger.Metadata = [
            "job": "\(entry.id)", "lane": "\(lane.number)", "model": "\(entry.model)",
            "attempts": "\(entry.attempt)", "queries": "\(entry.queries)",
            "total_ms": "\((outcome.finishedAt - entry.requestedAt).milliseconds)",
        ]
        let task = outcome.task ?? entry.lastTask
        if let task {
            metadata["task"] = "\(task.id)"
            metadata["account"] = "\(task.account)"
            metadata["generating_ms"] =
                "\((outcome.finishedAt - task.submittedAt).milliseconds)"
        }
        let queuedUntil = task?.submittedAt ?? outcome.finishedAt
        metadata["queued_ms"] = "\((queuedUntil - entry.acceptedAt).milliseconds)"
        if task != nil, let cost = outcome.listPrice { metadata["cost"] = "\(cost)" }
        guard let failure = outcome.failure else {
            return logger.info("job succeeded", metadata: metadata)
        }
        metadata["kind"] = "\(failure.kind.rawValue)"
        metadata["code"] = failure.code.map { "\($0)" }
        metadata["message"] = "\(failure.message)"
        metadata["request"] = failure.requestID.map { "\($0)" }
        logger.info("job failed", metadata: metadata)
    }

    // MARK: Lines

    /// What every line about a job has.
    private func about(_ job: JobID, _ engine: Engine) -> Logger.Metadata {
        var metadata: Logger.Metadata = ["job": "\(job)"]
        guard let place = engine.whereabouts(of: job) else { return metadata }
        metadata["lane"] = "\(place.lane.number)"
        metadata["task"] = place.taskID.map { "\($0)" }
        return metadata
    }

    private func about(_ note: LateNote, _ engine: Engine) -> Logger.Metadata {
        about(note.job, engine).merging([
            "attempt": "\(note.attempt)", "account": "\(note.account)",
        ]) { $1 }
    }

    private func log(unused note: LateNote, _ engine: Engine) {
        switch note.news {
        case .task(let id, _):
            logger.error(
                "a task was paid for whose job has already ended",
                metadata: ["job": "\(note.job)", "task": "\(id)", "account": "\(note.account)"])
        case .lost:
            logger.warning(
                "an operator says that a submit became no task, but no slot is on hold for it",
                metadata: about(note, engine))
        }
    }

    private func log(_ report: Report, _ engine: Engine) {
        switch report {
        case .moved(let job, let from, let to):
            guard logger.logLevel <= .debug else { return }
            logger.debug(
                "\(from?.rawValue ?? "new") -> \(to.rawValue)", metadata: about(job, engine))
        case .finished:
            // Said with all that is known of the outcome, when it is written.
            break
        case .duplicate(let job, let source):
            logger.notice(
                "duplicate request ignored: its id is open or has succeeded",
                metadata: about(job, engine).merging([
                    "partition": "\(source.partition.partition)", "offset": "\(source.offset)",
                ]) { $1 })
        case .cancelOfUnknownJob(let job):
            logger.notice("cancel of a job that is not open here", metadata: ["job": "\(job)"])
        case .attemptFailed(let job, let attempt, let cause):
            logger.info(
                "attempt came to nothing",
                metadata: about(job, engine).merging([
                    "attempt": "\(attempt)", "code": "\(cause.code ?? "-")",
                    "message": "\(cause.message)",
                ]) { $1 })
        case .poolPaused(let account, let lane, let until, let why):
            logger.warning(
                "submits paused",
                metadata: [
                    "account": "\(account)", "lane": "\(lane.number)",
                    "until": "\(Timestamp.text(until))", "code": "\(why.code ?? "-")",
                    "message": "\(why.message)",
                ])
        case .budgetExhausted(let lane, let tenant, let until):
            logger.warning(
                "the lane's share of today's budget is used up",
                metadata: [
                    "lane": "\(lane.number)",
                    "tenant": "\(tenant.map { $0.isEmpty ? "-" : $0 } ?? "all")",
                    "until": "\(Timestamp.text(until))",
                ])
        case .accountDown(let account, let why, let nextTry):
            logger.error(
                "the account is down: jobs wait, and one submit at a time looks whether it is up again",
                metadata: [
                    "account": "\(account)", "code": "\(why.code ?? "-")",
                    "message": "\(why.message)", "next": "\(Timestamp.text(nextTry))",
                ])
        case .accountUp(let account, let after):
            logger.notice(
                "the account is up again",
                metadata: [
                    "account": "\(account)", "after": "\(DurationText.text(after))",
                ])
        case .lateAnswerDropped(let job):
            logger.debug("late answer dropped", metadata: about(job, engine))
        case .lateNoteUnused(let note):
            log(unused: note, engine)
        case .holdLifted(let note):
            logger.notice(
                "an operator says that the submit became no task: the slot on hold for it is free",
                metadata: about(note, engine))
        case .deliveredAfterTheEnd(let job, let task, let product):
            logger.warning(
                "a task delivered after its job had been given up",
                metadata: about(job, engine).merging([
                    "task": "\(task)", "until": "\(Timestamp.text(product.expiresAt))",
                    "link": "\(product.links.first ?? "-")",
                ]) { $1 })
        case .laneRestored(let lane, let open, let finished):
            logger.info(
                "lane taken over",
                metadata: [
                    "lane": "\(lane.number)", "open": "\(open)", "finished": "\(finished)",
                ])
        case .seen(let job, let delay, let queries):
            logger.debug(
                "task seen to be over",
                metadata: [
                    "job": "\(job)", "delay_at_most": "\(delay)", "queries": "\(queries)",
                ])
        }
    }
}
