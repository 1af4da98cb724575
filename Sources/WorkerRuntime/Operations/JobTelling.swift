// What an entry says that the one before it did not.

import JSON
import JobEngine

/// One ledger entry in words.
struct JobTelling {
    let job: JobSnapshot
    /// The entry before it, of the same request.
    let prior: JobSnapshot?

    var text: String {
        switch job.state {
        case "accepted": accepted
        case "intent":
            isSame ? again : "attempt \(job.attempt) intended on account \(job.account ?? "?")"
        case "submitted":
            isSame
                ? again
                : "attempt \(job.attempt) accepted by the provider as task \(job.taskID ?? "?")"
        case "finished": finished
        default: "state \(job.state), which this release does not know"
        }
    }

    private var isSame: Bool {
        guard let prior else { return false }
        return prior.state == job.state && prior.attempt == job.attempt
            && prior.taskID == job.taskID
    }

    private var again: String {
        if job.isCancelled, prior?.isCancelled == false { return "a cancel was noted" }
        return "written again as \(job.state)"
    }

    private var accepted: String {
        guard let prior else {
            return job.attempt == 0 ? "accepted" : "waits again after attempt \(job.attempt)"
        }
        guard prior.state == "accepted" else {
            return "attempt \(job.attempt) came to nothing; waits again"
        }
        return prior.hold != nil && job.hold == nil ? "the slot is free" : again
    }

    private var finished: String {
        if prior?.isFinished == true {
            return job.hold == nil ? "the slot is free" : "written again as finished"
        }
        return "finished: " + (job.failureKind.map { "failed, \($0)" } ?? "succeeded")
    }

    var details: [String] {
        var lines: [String] = []
        if let prior, let old = prior.owner, let new = job.owner, old != new {
            lines.append("taken over from \(old)")
        }
        if job.state == "intent", let sendBy = job.instant("send_by") {
            lines.append("to be sent by \(Timestamp.text(sendBy)), or never")
        }
        if job.state == "accepted", let retryAt = job.instant("retry_at") {
            lines.append("tries again at \(Timestamp.text(retryAt))")
        }
        // It stays in the entry until the next attempt has ended; it is told once.
        if let error = job.members["last_error"], prior?.members["last_error"] != error {
            lines.append(Self.text(of: error.object ?? [:]))
        }
        if let hold = job.hold {
            let task = hold.taskID.map { " for task \($0)" } ?? " for a task of unknown fate"
            lines.append(
                "holds a slot of \(hold.account)\(task) until \(Timestamp.text(hold.until))")
        }
        return lines
    }

    private static func text(of error: JSONObject) -> String {
        let code = error["code"].flatMap { $0.string ?? $0.number?.text }
        let request = error["request_id"]?.string.map { " (request id \($0))" } ?? ""
        return [error["kind"]?.string, code].compactMap { $0 }.joined(separator: " ") + ": "
            + (error["message"]?.string ?? "") + request
    }
}
