// News of open jobs, for progress bars: `schemas/progress.schema.json`.

import JSON
package import JobEngine

package struct ProgressEncoder: Sendable {
    package let worker: String

    package init(worker: String) {
        self.worker = worker
    }

    /// The progress record of an entry that is about to be written; nil where there is no news in it.
    package func render(_ entry: Entry, at now: Instant) -> [UInt8]? {
        guard let stage = stage(of: entry) else { return nil }
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("id", entry.id)
        writer.member("stage", stage)
        writer.member("at", text: now)
        writer.member("model", entry.model)
        if case .submitted(let task) = entry.phase {
            writer.member("account", task.account)
            writer.member("task_id", task.id)
            writer.member("elapsed_ms", max(0, (now - task.submittedAt).milliseconds))
        }
        writer.member("attempts", entry.attempt)
        writer.member("queries", entry.queries)
        if stage == "backing_off", case .accepted(let retryAt) = entry.phase,
            let error = entry.lastError
        {
            writer.member("retry_at", text: retryAt)
            writer.code(error.code)
            writer.member("message", BoundedMessage.cut(error.message, to: 500))
        }
        writer.member("source", entry.source)
        writer.member("worker", worker)
        writer.endObject()
        return writer.bytes
    }

    private func stage(of entry: Entry) -> String? {
        switch entry.phase {
        case .accepted(let retryAt):
            retryAt != nil && entry.lastError != nil ? "backing_off" : "accepted"
        case .intent: "submitting"
        case .submitted: "submitted"
        case .finished: nil
        }
    }
}
