// One job as a row and as a JSON line.

import JSON
import JobEngine
import WorkerRuntime

enum JobLine {
    static func table(_ jobs: [JobSnapshot], at now: Instant) -> Table {
        var table = Table([
            .init("ID"), .init("STATE"), .init("AGE", isNumber: true),
            .init("LANE", isNumber: true), .init("OWNER"), .init("TRY", isNumber: true),
            .init("ACCOUNT"), .init("TASK"), .init("NEXT"), .init("TENANT"),
            .init("PRIO", isNumber: true), .init("MODEL"),
        ])
        for job in jobs {
            table.add([
                job.id.text, state(job, at: now), job.age(at: now).map(Moments.short),
                "\(job.lane)", job.worker, "\(job.attempt)", job.account, job.taskID,
                next(job, at: now), job.tenant, job.priority.map { "\($0)" }, job.model,
            ])
        }
        return table
    }

    static func state(_ job: JobSnapshot, at now: Instant) -> String {
        let stage = job.stage(at: now)
        let kind = job.failureKind.map { ": \($0)" } ?? ""
        let wish = job.isCancelled ? " (cancelled)" : ""
        return stage.rawValue + kind + wish
    }

    static func next(_ job: JobSnapshot, at now: Instant) -> String {
        let next = job.next(at: now)
        return [next.what, next.at.map { Moments.relative($0, at: now) }].compactMap { $0 }
            .joined(separator: " ")
    }

    static func json(_ job: JobSnapshot, at now: Instant) -> JSON {
        let next = job.next(at: now)
        var line: JSONObject = [
            "id": JSON(job.id.text), "state": JSON(job.stage(at: now).rawValue),
            "ledger_state": JSON(job.state), "lane": JSON(job.lane), "model": JSON(job.model),
            "attempt": JSON(job.attempt),
        ]
        line["age_ms"] = job.age(at: now).map { JSON($0.milliseconds) }
        line["worker"] = job.worker.map { JSON($0) }
        line["epoch"] = job.epoch.map { JSON($0) }
        line["account"] = job.account.map { JSON($0) }
        line["task_id"] = job.taskID.map { JSON($0) }
        line["tenant"] = job.tenant.map { JSON($0) }
        line["priority"] = job.priority.map { JSON($0) }
        line["failure_kind"] = job.failureKind.map { JSON($0) }
        line["next"] = next.what.isEmpty ? nil : JSON(next.what)
        line["next_at"] = next.at.map { JSON(Timestamp.text($0)) }
        if job.isCancelled { line["cancel_requested"] = true }
        for name in ["requested_at", "accepted_at", "submitted_at", "finished_at"] {
            line[name] = job.instant(name).map { JSON(Timestamp.text($0)) }
        }
        line["written_at"] = job.writtenAt.map { JSON(Timestamp.text($0)) }
        line["last_error"] = job.members["last_error"]
        line["source"] = job.members["source"]
        return JSON(line)
    }
}
