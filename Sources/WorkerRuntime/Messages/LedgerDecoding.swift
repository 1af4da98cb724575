// Ledger values read back; what cannot be read is an error that names the record, never skipped in silence.

import JSON
package import JobEngine

/// Why a ledger value cannot be used.
package enum LedgerError: Error, Equatable, CustomStringConvertible {
    case notJSON(String)
    case unknownVersion(String)
    case wrongMember(String)
    case contradiction(String, String)

    package var description: String {
        switch self {
        case .notJSON(let reason): "not a JSON object: \(reason)"
        case .unknownVersion(let version):
            "format version \(version) is not known to this release; a newer worker wrote it: "
                + "run that release or a later one"
        case .wrongMember(let name): "member \(name) is missing or of the wrong type"
        case .contradiction(let one, let other): "members \(one) and \(other) exclude each other"
        }
    }
}

extension LedgerCodec {
    /// Makes the engine's request out of a job's verbatim request and its place (headers included).
    package typealias RequestRestorer =
        @Sendable (_ payload: [UInt8], _ entry: Entry, _ headers: [Request.Header]) -> Request

    package static func entry(
        _ bytes: [UInt8], restoring restore: RequestRestorer
    ) throws(LedgerError) -> Entry {
        let (object, requestBytes) = try parse(bytes)
        let members = LedgerMembers(object: object)
        var entry = Entry(
            id: JobID(try members.string("id")), source: try members.source(),
            requestedAt: try members.instant("requested_at"),
            acceptedAt: try members.instant("accepted_at"), model: try members.string("model"),
            frames: object["frames"]?.int, request: nil, phase: .accepted(retryAt: nil))
        entry.tenant = object["tenant"]?.string
        entry.attempt = try members.attempt()
        entry.tries = members.count("tries")
        entry.refusals = members.count("refusals")
        entry.renewals = members.count("renewals")
        entry.queries = members.count("queries")
        entry.unknownAttempts = members.count("unknown_attempts")
        // A finished job has nothing left to cancel.
        entry.isCancelled = object["cancel_requested_at"] != nil && requestBytes != nil
        entry.aspectRatio = object["aspect_ratio"]?.string
        if let amount = amount(object["reserved_micro"]),
            let day = object["reserved_day"]?.string.flatMap(Timestamp.day)
        {
            entry.reserved = Entry.Reservation(amount: amount, day: day)
        }
        entry.spent = amount(object["spent_micro"]) ?? 0
        entry.lastError = members.lastError()
        entry.hold = try members.hold()
        if entry.hold?.model == entry.model { entry.hold?.model = nil }
        try members.readPhase(into: &entry)
        if let requestBytes {
            entry.request = restore(requestBytes, entry, members.headers())
            entry.tenant = entry.tenant ?? entry.request?.tenant
        } else if case .finished = entry.phase {
        } else {
            throw .wrongMember("request")
        }
        return entry
    }

    package static func cursor(
        _ bytes: [UInt8], of partition: SourcePartition
    ) throws(LedgerError) -> Write.Cursor {
        let (object, _) = try parse(bytes)
        guard let offset = object["next_offset"]?.int64, offset >= 0 else {
            throw .wrongMember("next_offset")
        }
        return Write.Cursor(
            partition: partition, nextOffset: offset, mark: object["behind"].flatMap(mark))
    }

    /// nil also for one that makes no sense: without it finished jobs are remembered for longer, and a cursor that is
    /// thrown away for its sake would have requests read again.
    private static func mark(_ value: JSON) -> EndMark? {
        guard let object = value.object, let offset = object["end_offset"]?.int64, offset >= 0,
            let asOf = object["as_of"]?.int64, asOf >= 0
        else { return nil }
        return EndMark(offset: offset, asOf: Instant(milliseconds: asOf))
    }

    package static func lateNote(_ bytes: [UInt8]) throws(LedgerError) -> LateNote {
        let (object, _) = try parse(bytes)
        let members = LedgerMembers(object: object)
        return LateNote(
            job: JobID(try members.string("id")), source: try members.source(),
            attempt: try members.attempt(), news: try members.news(),
            account: try members.string("account"), model: try members.string("model"),
            notedAt: try members.instant("noted_at"))
    }

    /// The members of a value that carries no request.
    static func members(_ bytes: [UInt8]) throws(LedgerError) -> JSONObject { try parse(bytes).0 }

    /// The members, and the bytes of `request` as they stand.
    private static func parse(_ bytes: [UInt8]) throws(LedgerError) -> (JSONObject, [UInt8]?) {
        var object = JSONObject()
        var request: [UInt8]?
        do throws(JSONError) {
            var reader = JSONReader(bytes, maximumDepth: 80)
            try reader.beginObject()
            while let key = try reader.nextKey() {
                if key == "request" {
                    request = Array(bytes[try reader.skipValue()])
                } else {
                    object[key] = try reader.value()
                }
            }
            try reader.finish()
        } catch {
            throw .notJSON(error.description)
        }
        guard object["v"]?.int == version else {
            throw .unknownVersion(object["v"].map { String(describing: $0) } ?? "(none)")
        }
        return (object, request)
    }
}

/// Typed access to the members of a ledger value.
private struct LedgerMembers {
    let object: JSONObject

    func string(_ name: String) throws(LedgerError) -> String {
        guard let value = object[name]?.string else { throw .wrongMember(name) }
        return value
    }

    /// Bounded, as the engine counts on from it.
    func attempt() throws(LedgerError) -> Int {
        guard let value = object["attempt"]?.int, (0...1_000_000).contains(value) else {
            throw .wrongMember("attempt")
        }
        return value
    }

    func count(_ name: String) -> Int { min(max(0, object[name]?.int ?? 0), 10_000_000) }

    func instant(_ name: String) throws(LedgerError) -> Instant {
        guard let value = optionalInstant(name) else { throw .wrongMember(name) }
        return value
    }

    func optionalInstant(_ name: String) -> Instant? { Self.instant(object[name]) }

    private static func instant(_ value: JSON?) -> Instant? {
        value?.int64.map { Instant(milliseconds: $0) }
            .flatMap { Timestamp.ledgerBounds.contains($0) ? $0 : nil }
    }

    func source() throws(LedgerError) -> Source {
        guard let source = object["source"]?.object, let topic = source["topic"]?.string,
            let partition = source["partition"]?.int64.flatMap(Int32.init(exactly:)),
            let offset = source["offset"]?.int64
        else { throw .wrongMember("source") }
        return Source(topic: topic, partition: partition, offset: offset)
    }

    /// Either a task or that there is none: a note that says both, or neither, is not believed in anything.
    func news() throws(LedgerError) -> LateNote.News {
        switch (object["task_id"], object["lost"]) {
        case (let id?, nil):
            guard let id = id.string else { throw .wrongMember("task_id") }
            return .task(id, requestID: object["request_id"]?.string)
        case (nil, let lost?):
            guard lost.bool == true else { throw .wrongMember("lost") }
            return .lost
        case (nil, nil): throw .wrongMember("task_id")
        case (_?, _?): throw .contradiction("task_id", "lost")
        }
    }

    func lastError() -> FailureCause? {
        guard let error = object["last_error"]?.object, let message = error["message"]?.string
        else { return nil }
        let kind = error["kind"]?.string.flatMap(FailureKind.init) ?? .upstream
        let code = error["code"]?.string ?? error["code"]?.number?.text
        let isEmpty = code?.isEmpty ?? true
        return FailureCause(
            kind, code: isEmpty ? nil : code, message: message,
            requestID: error["request_id"]?.string)
    }

    func hold() throws(LedgerError) -> Entry.Hold? {
        guard let hold = object["hold"]?.object else { return nil }
        guard let account = hold["account"]?.string, let until = Self.instant(hold["until"]) else {
            throw .wrongMember("hold")
        }
        return Entry.Hold(
            account: account, taskID: hold["task_id"]?.string, until: until,
            model: hold["model"]?.string)
    }

    func headers() -> [Request.Header] {
        (object["headers"]?.object?.members ?? []).compactMap { member in
            member.value.string.map { Request.Header(name: member.key, value: Array($0.utf8)) }
        }
    }

    private func task() -> Entry.Task? {
        guard let id = object["task_id"]?.string, let account = object["account"]?.string,
            let at = optionalInstant("submitted_at")
        else { return nil }
        return Entry.Task(id: id, account: account, submittedAt: at)
    }

    func readPhase(into entry: inout Entry) throws(LedgerError) {
        switch object["state"]?.string {
        case "accepted":
            entry.phase = .accepted(retryAt: optionalInstant("retry_at"))
        case "intent":
            let intent = Entry.Intent(
                account: try string("account"), sendBy: try instant("send_by"),
                mintedAt: try instant("intended_at"))
            entry.phase = .intent(intent)
            entry.lastIntent = intent
        case "submitted":
            guard let task = task() else { throw .wrongMember("task_id") }
            entry.phase = .submitted(task)
            entry.lastTask = task
            if let mintedAt = optionalInstant("intended_at"),
                let sendBy = optionalInstant("send_by")
            {
                entry.lastIntent = Entry.Intent(
                    account: task.account, sendBy: sendBy, mintedAt: mintedAt)
            }
        case "finished":
            entry.lastTask = task()
            entry.phase = .finished(try ending())
        default:
            throw .wrongMember("state")
        }
    }

    private func milliseconds(_ name: String) -> Duration? {
        object[name]?.int64.map { .milliseconds(min(max(0, $0), 8_640_000_000)) }
    }

    private func ending() throws(LedgerError) -> Entry.Ending {
        let at = try instant("finished_at")
        switch object["outcome"]?.string {
        case "succeeded":
            return Entry.Ending(
                failure: nil, at: at, generation: milliseconds("generation_ms"),
                generationAfter: milliseconds("generation_after_ms"))
        case "failed":
            let kind = object["kind"]?.string.flatMap(FailureKind.init)
            return Entry.Ending(
                failure: kind ?? .internal, at: at, generation: milliseconds("generation_ms"),
                generationAfter: milliseconds("generation_after_ms"))
        default:
            throw .wrongMember("outcome")
        }
    }
}
