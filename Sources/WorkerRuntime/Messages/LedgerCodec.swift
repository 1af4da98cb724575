// Ledger entries as JSON, according to `schemas/ledger-entry.schema.json`.

import JSON
package import JobEngine

/// Writes and reads ledger values. Format version 1.
package struct LedgerCodec: Sendable {
    /// The Kafka client id of this worker, written into each entry.
    package var worker: String

    package init(worker: String) {
        self.worker = worker
    }

    package static let version = 1

    // MARK: Writing

    package func bytes(_ entry: Entry, epoch: Epoch, at now: Instant) -> [UInt8] {
        var writer = JSONWriter(reserving: 512 + (entry.request?.payload.count ?? 0))
        writer.beginObject()
        writer.member("v", Self.version)
        writer.member("id", entry.id)
        writer.member("state", state(entry.phase))
        writer.member("source", entry.source)
        writer.member("requested_at", entry.requestedAt)
        writer.member("accepted_at", entry.acceptedAt)
        writer.member("attempt", entry.attempt)
        writeCounts(entry, &writer)
        writePhase(entry, at: now, &writer)
        writer.member("model", entry.model)
        writer.member("frames", entry.frames)
        writer.member("tenant", entry.tenant)
        writer.member("aspect_ratio", entry.aspectRatio)
        if let error = entry.lastError { write(error, &writer) }
        if let hold = entry.hold { write(hold, model: entry.model, &writer) }
        if let request = entry.request { write(request, &writer) }
        writer.member("worker", worker)
        writer.member("epoch", epoch)
        writer.endObject()
        return writer.bytes
    }

    private func state(_ phase: Entry.Phase) -> String {
        switch phase {
        case .accepted: "accepted"
        case .intent: "intent"
        case .submitted: "submitted"
        case .finished: "finished"
        }
    }

    private func writeCounts(_ entry: Entry, _ writer: inout JSONWriter) {
        writer.member("tries", entry.tries, unless: 0)
        writer.member("refusals", entry.refusals, unless: 0)
        writer.member("renewals", entry.renewals, unless: 0)
        writer.member("queries", entry.queries, unless: 0)
        writer.member("unknown_attempts", entry.unknownAttempts, unless: 0)
        if let reserved = entry.reserved {
            writer.member("reserved_micro", reserved.amount)
            writer.member("reserved_day", Timestamp.dayText(reserved.day))
        }
        if entry.spent != 0 { writer.member("spent_micro", entry.spent) }
    }

    private func writePhase(_ entry: Entry, at now: Instant, _ writer: inout JSONWriter) {
        if entry.isCancelled, entry.request != nil { writer.member("cancel_requested_at", now) }
        switch entry.phase {
        case .accepted(let retryAt):
            writer.member("retry_at", retryAt)
            writer.member("account", (entry.lastTask?.account ?? entry.lastIntent?.account))
        case .intent(let intent):
            writer.member("account", intent.account)
            writer.member("intended_at", intent.mintedAt)
            writer.member("send_by", intent.sendBy)
        case .submitted(let task):
            writer.member("account", task.account)
            writer.member("task_id", task.id)
            writer.member("submitted_at", task.submittedAt)
            writer.member("intended_at", entry.lastIntent?.mintedAt)
            writer.member("send_by", entry.lastIntent?.sendBy)
        case .finished(let ending):
            writer.member("account", entry.lastTask?.account ?? entry.lastIntent?.account)
            writer.member("task_id", entry.lastTask?.id)
            writer.member("submitted_at", entry.lastTask?.submittedAt)
            writer.member("outcome", ending.failure == nil ? "succeeded" : "failed")
            writer.member("kind", ending.failure?.rawValue)
            writer.member("finished_at", ending.at)
            writer.member("generation_ms", ending.generation.map { max(0, $0.milliseconds) })
            writer.member(
                "generation_after_ms", ending.generationAfter.map { max(0, $0.milliseconds) })
        }
    }

    private func write(_ error: FailureCause, _ writer: inout JSONWriter) {
        writer.key("last_error")
        writer.beginObject()
        writer.member("kind", error.kind.rawValue)
        writer.code(error.code)
        writer.member("message", BoundedMessage.cut(error.message, to: 500))
        writer.member("request_id", error.requestID)
        writer.endObject()
    }

    private func write(_ hold: Entry.Hold, model: String, _ writer: inout JSONWriter) {
        writer.key("hold")
        writer.beginObject()
        writer.member("task_id", hold.taskID)
        writer.member("account", hold.account)
        writer.member("model", hold.model ?? model)
        writer.member("until", hold.until)
        writer.endObject()
    }

    private func write(_ request: Request, _ writer: inout JSONWriter) {
        writer.key("request")
        writer.raw(request.payload)
        guard !request.headers.isEmpty else { return }
        writer.key("headers")
        writer.beginObject()
        for header in request.headers {
            writer.member(header.name, String(decoding: header.value, as: UTF8.self))
        }
        writer.endObject()
    }

    package func bytes(_ cursor: Write.Cursor, at now: Instant) -> [UInt8] {
        var writer = JSONWriter(reserving: 128)
        writer.beginObject()
        writer.member("v", Self.version)
        writer.member("next_offset", cursor.nextOffset)
        if let mark = cursor.mark {
            writer.key("behind")
            writer.beginObject()
            writer.member("end_offset", mark.offset)
            writer.member("as_of", mark.asOf)
            writer.endObject()
        }
        writer.member("updated_at", now)
        writer.endObject()
        return writer.bytes
    }

    package func bytes(_ note: LateNote) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("v", Self.version)
        writer.member("id", note.job)
        writer.member("source", note.source)
        writer.member("attempt", note.attempt)
        switch note.news {
        case .task(let id, let requestID):
            writer.member("task_id", id)
            writer.member("request_id", requestID)
        case .lost:
            writer.member("lost", true)
        }
        writer.member("account", note.account)
        writer.member("model", note.model)
        writer.member("noted_at", note.notedAt)
        writer.member("worker", worker)
        writer.endObject()
        return writer.bytes
    }
}
