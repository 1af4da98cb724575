// From a record on the requests topic to what the engine can take in: a request, a cancel, or a rejection.

import JSON
package import Jimeng
package import JobEngine
package import Kafka

/// Reads and checks requests. Whatever a record holds, one intake comes out of it and nothing throws.
package struct RequestIntake: Sendable {
    package let catalogue: ModelCatalogue

    package init(catalogue: ModelCatalogue) {
        self.catalogue = catalogue
    }

    /// A request whose members and whose model's bounds have been checked.
    package struct Checked: Sendable {
        package var fields: RequestFields
        package var submission: PreparedSubmission
    }

    /// What is wrong with a request, ready for a failure record.
    package struct Mistake: Error, Equatable, Sendable {
        /// A word of the worker: `not_json`, `not_an_object`, `too_large`, `empty`, `invalid_field`.
        package var code: String
        package var message: String
        /// The request's own id and model, where they can be used.
        package var id: String?
        package var model: String?
    }

    package func read(_ record: Record, at now: Instant) -> Intake {
        let source = Source(
            topic: record.topic, partition: record.partition, offset: record.offset)
        let requestedAt = Self.requestedAt(record) ?? now
        let payload = record.value ?? []
        do throws(Mistake) {
            let object = try object(payload)
            if let cancelled = try cancel(object) { return .cancel(cancelled, source) }
            let checked = try check(object)
            try refuseIDOfAnother(checked.fields.id.map { JobID($0) }, source)
            return .request(
                request(
                    checked, source: source, requestedAt: requestedAt, payload: payload,
                    headers: TraceHeaders.wellFormed(in: record.headers)))
        } catch {
            return .rejected(
                Rejection(
                    id: Self.usable(error.id.map { JobID($0) }, source) ?? Self.defaultID(source),
                    source: source,
                    requestedAt: requestedAt, readAt: now,
                    cause: FailureCause(.invalidRequest, code: error.code, message: error.message),
                    model: error.model, payload: payload,
                    headers: TraceHeaders.wellFormed(in: record.headers)))
        }
    }

    /// The record's timestamp, unless it is one that no clock shows (a producer may write any number).
    private static func requestedAt(_ record: Record) -> Instant? {
        record.timestampMilliseconds.map { Instant(milliseconds: $0) }
            .flatMap { Timestamp.ledgerBounds.contains($0) ? $0 : nil }
    }

    /// The id of a request that names none.
    package static func defaultID(_ source: Source) -> JobID {
        "\(source.partition.topic)-\(source.partition.partition)-\(source.offset)"
    }

    /// An id that is not, or not yet, that of another record without one.
    private static func usable(_ id: JobID?, _ source: Source) -> JobID? {
        guard let id, let named = DefaultID(id, topic: source.partition.topic) else { return id }
        let isPast = named.partition == source.partition.partition && named.offset <= source.offset
        return isPast ? id : nil
    }

    /// Whoever takes the id of a record to come would make a duplicate of it, and its sender would never hear of it.
    /// A record that has been read may be named: that is how a failed one is sent again.
    private func refuseIDOfAnother(_ id: JobID?, _ source: Source) throws(Mistake) {
        guard let id, Self.usable(id, source) == nil else { return }
        throw Mistake(
            code: "invalid_field",
            message: "id is what another record without an id is called; choose one that does not "
                + "look like <topic>-<partition>-<offset>")
    }

    /// A payload that was accepted once, read again. Nil only if another release accepted it by other rules.
    package func again(_ payload: [UInt8]) -> Checked? {
        guard let object = try? object(payload) else { return nil }
        return try? check(object)
    }

    /// Restores the engine's view of a request out of its ledger entry.
    package func restore(_ payload: [UInt8], _ entry: Entry, _ headers: [Request.Header])
        -> Request
    {
        if let checked = again(payload) {
            var request = request(
                checked, source: entry.source, requestedAt: entry.requestedAt, payload: payload,
                headers: headers)
            request.id = entry.id
            request.model = entry.model
            return request
        }
        return Request(
            id: entry.id, source: entry.source, requestedAt: entry.requestedAt, model: entry.model,
            frames: entry.frames, payload: payload, headers: headers)
    }

    // MARK: Steps

    private func object(_ payload: [UInt8]) throws(Mistake) -> JSONObject {
        if payload.isEmpty {
            throw Mistake(code: "empty", message: "the record has no value; send a JSON object")
        }
        if payload.count > RequestFields.largest {
            throw Mistake(
                code: "too_large",
                message: "the record has \(payload.count) bytes; at most \(RequestFields.largest) "
                    + "are allowed; give large images by image_urls")
        }
        let value: JSON
        do throws(JSONError) {
            value = try JSON(parsing: payload)
        } catch {
            throw Mistake(code: "not_json", message: "the record is not JSON: \(error.description)")
        }
        guard let object = value.object else {
            throw Mistake(
                code: "not_an_object",
                message: "the record must be a JSON object, not \(value.kind)")
        }
        return object
    }

    private func cancel(_ object: JSONObject) throws(Mistake) -> JobID? {
        guard let member = object["cancel"], !member.isNull else { return nil }
        guard let id = member.string, (1...280).contains(id.utf8.count),
            !LedgerKey.isReserved(id),
            !id.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
        else {
            throw Mistake(
                code: "invalid_field",
                message: "cancel must be the id of a job: a string of 1 to 280 bytes")
        }
        return JobID(id)
    }

    private func check(_ object: JSONObject) throws(Mistake) -> Checked {
        var problems: [RequestFields.Problem] = []
        let fields = RequestFields(object, problems: &problems)
        do throws(JimengError) {
            let submission = try catalogue.validate(generation(of: fields))
            if problems.isEmpty { return Checked(fields: fields, submission: submission) }
        } catch {
            let known = Set(problems.map(\.field))
            for problem in error.requestProblems where !known.contains(problem.field) {
                problems.append(
                    RequestFields.Problem(
                        field: problem.field, text: RequestProblemText.text(of: problem)))
            }
        }
        let text = problems.map { "\($0.field) \($0.text)" }.joined(separator: "; ")
        throw Mistake(
            code: "invalid_field", message: BoundedMessage.cut(text, to: 2000), id: fields.id,
            model: fields.model)
    }

    private func generation(of fields: RequestFields) -> GenerationRequest {
        var generation = GenerationRequest(model: fields.model, prompt: fields.prompt)
        generation.imageURLs = fields.imageURLs
        generation.imagesBase64 = fields.imagesBase64
        switch fields.aspectRatio {
        case nil: break
        case "auto": generation.aspectRatio = .auto
        case let ratio?: generation.aspectRatio = .ratio(ratio)
        }
        generation.seed = fields.exactSeed
        generation.frames = fields.frames
        generation.parameters = fields.parameters
        generation.isUncatalogued = fields.isUncatalogued
        return generation
    }

    private func request(
        _ checked: Checked, source: Source, requestedAt: Instant, payload: [UInt8],
        headers: [Request.Header]
    ) -> Request {
        Request(
            id: checked.fields.id.map { JobID($0) } ?? Self.defaultID(source), source: source,
            requestedAt: requestedAt, model: checked.submission.modelKey,
            frames: checked.submission.frames, priority: checked.fields.priority,
            tenant: checked.fields.tenant, notBefore: checked.fields.notBefore,
            deadline: checked.fields.deadline, wantsProbe: checked.submission.wantsProbe,
            cost: checked.submission.expectedCost?.microYuan, payload: payload, headers: headers)
    }
}

extension JimengError {
    fileprivate var requestProblems: [RequestProblem] {
        if case .invalidRequest(let problems) = self { problems } else { [] }
    }
}

/// The place of a record that a default id of its topic names.
private struct DefaultID {
    let partition: Int32
    let offset: Int64

    /// `nil` for every other id, such as one with a leading nought.
    init?(_ id: JobID, topic: String) {
        let parts = id.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard parts.count >= 3, let partition = Int32(String(parts[parts.count - 2]) ?? ""),
            let offset = Int64(String(parts[parts.count - 1]) ?? "")
        else { return nil }
        let source = Source(topic: topic, partition: partition, offset: offset)
        guard RequestIntake.defaultID(source) == id else { return nil }
        (self.partition, self.offset) = (partition, offset)
    }
}

private enum RequestProblemText {
    /// The catalogue's words without the field's name, which the caller puts in front.
    static func text(of problem: RequestProblem) -> String {
        problem.value.isEmpty ? problem.remedy : "is \(problem.value): \(problem.remedy)"
    }
}

/// Messages in records have a bound.
package enum BoundedMessage {
    /// At most `count` characters, the last of them an ellipsis if something was cut.
    package static func cut(_ text: String, to count: Int) -> String {
        text.unicodeScalars.count <= count
            ? text : String(String.UnicodeScalarView(text.unicodeScalars.prefix(count - 1))) + "…"
    }
}
