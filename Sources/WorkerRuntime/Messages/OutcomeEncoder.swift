// Outcomes as the records that users read: `schemas/result.schema.json` and `schemas/failure.schema.json`.

import FoundationEssentials
import JSON
import Jimeng
package import JobEngine

/// Renders results and failures.
package struct OutcomeEncoder: Sendable {
    package let worker: String
    package let intake: RequestIntake
    /// False: failures carry no more than the beginning of their request, for when the whole is too large to write.
    package var keepsRequests = true

    package init(worker: String, intake: RequestIntake) {
        self.worker = worker
        self.intake = intake
    }

    package struct Rendered: Sendable, Equatable {
        package var isResult: Bool
        package var key: [UInt8]
        package var value: [UInt8]
        package var headers: [Request.Header]
    }

    package func render(_ terminal: Write.Terminal) -> Rendered {
        switch terminal {
        case .outcome(let outcome):
            switch outcome.verdict {
            case .succeeded(let product, let archive):
                result(outcome, product, archive)
            case .failed(let cause, let product):
                failure(outcome, cause, product)
            }
        case .rejection(let rejection):
            failure(rejection)
        }
    }

    // MARK: Result

    private func result(_ outcome: Outcome, _ product: Product, _ archive: ArchiveAnswer?)
        -> Rendered
    {
        let entry = outcome.entry
        let checked = entry.request.flatMap { intake.again($0.payload) }
        var writer = JSONWriter(reserving: 1024)
        writer.beginObject()
        writer.member("id", entry.id)
        writer.member("status", "succeeded")
        writer.member("model", entry.model)
        writer.member("task_id", outcome.task?.id)
        writer.member("account", outcome.task?.account)
        write(product, isVideo: isVideo(entry.model), &writer)
        if let archive { write(archive, &writer) }
        writer.member("aspect_ratio", sentRatio(entry, checked))
        if let seed = sentSeed(entry, checked) {
            writer.key("seed")
            writer.int(seed)
        }
        writer.member("frames", entry.frames)
        writeCommon(outcome, checked, &writer)
        writer.endObject()
        return Rendered(
            isResult: true, key: Array(entry.id.utf8), value: writer.bytes,
            headers: entry.request?.headers ?? [])
    }

    private func isVideo(_ model: String) -> Bool {
        intake.catalogue.model(model)?.output != .images
    }

    private func write(_ product: Product, isVideo: Bool, _ writer: inout JSONWriter) {
        if isVideo, product.links.count == 1 {
            writer.member("video_url", product.links[0])
            writer.member("video_url_expires_at", text: product.expiresAt)
            return
        }
        writer.key("image_urls")
        writer.beginArray()
        for link in product.links { writer.string(link) }
        writer.endArray()
        writer.member("image_urls_expire_at", text: product.expiresAt)
    }

    /// One link has `archive`; several have `archives`, in the order of the links.
    private func write(_ archive: ArchiveAnswer, _ writer: inout JSONWriter) {
        if archive.copies.count == 1 {
            writer.key("archive")
            return write(archive.copies[0], &writer)
        }
        writer.key("archives")
        writer.beginArray()
        for copy in archive.copies { write(copy, &writer) }
        writer.endArray()
    }

    private func write(_ copy: ArchiveAnswer.Copy, _ writer: inout JSONWriter) {
        writer.beginObject()
        switch copy {
        case .stored(let url, let bytes, let sha256):
            writer.member("url", url)
            writer.member("bytes", bytes)
            writer.member("sha256", sha256)
        case .failed(let reason):
            writer.member("error", BoundedMessage.cut(reason, to: 2000))
        }
        writer.endObject()
    }

    private func sentRatio(_ entry: Entry, _ checked: RequestIntake.Checked?) -> String? {
        let probed = entry.aspectRatio.flatMap { AspectRatio($0) }
        return checked?.submission.ratio(probed: probed)?.description
    }

    private func sentSeed(_ entry: Entry, _ checked: RequestIntake.Checked?) -> Int128? {
        guard let seed = checked?.fields.exactSeed else { return nil }
        return SubmissionSeed.seed(requested: seed, renewals: entry.renewals)
    }

    // MARK: Failure

    private func failure(_ outcome: Outcome, _ cause: FailureCause, _ product: Product?)
        -> Rendered
    {
        let entry = outcome.entry
        let checked = entry.request.flatMap { intake.again($0.payload) }
        var writer = JSONWriter(reserving: 1024 + (entry.request?.payload.count ?? 0))
        writer.beginObject()
        writer.member("id", entry.id)
        writer.member("status", "failed")
        write(cause, &writer)
        writer.member("model", entry.model)
        let task = outcome.task ?? entry.lastTask
        writer.member("account", task?.account ?? entry.lastIntent?.account)
        writer.member("task_id", task?.id)
        if let product { write(product, isVideo: isVideo(entry.model), &writer) }
        writeCommon(outcome, checked, showsCost: cause.mayHaveBeenCharged, &writer)
        writeRequest(entry.request?.payload ?? [], &writer)
        writer.endObject()
        return Rendered(
            isResult: false, key: Array(entry.id.utf8), value: writer.bytes,
            headers: entry.request?.headers ?? [])
    }

    private func failure(_ rejection: Rejection) -> Rendered {
        var writer = JSONWriter(reserving: 1024 + rejection.payload.count)
        writer.beginObject()
        writer.member("id", rejection.id)
        writer.member("status", "failed")
        write(rejection.cause, &writer)
        writer.member("model", rejection.model)
        writer.member("attempts", 0)
        writer.member("queries", 0)
        let read = max(rejection.requestedAt, rejection.readAt)
        writeTimings(
            requestedAt: rejection.requestedAt, acceptedAt: read, submittedAt: nil,
            finishedAt: read, &writer)
        writer.member("source", rejection.source)
        writeMetadata(of: rejection.payload, &writer)
        writeRequest(rejection.payload, &writer)
        writer.member("worker", worker)
        writer.endObject()
        return Rendered(
            isResult: false, key: Array(rejection.id.utf8), value: writer.bytes,
            headers: rejection.headers)
    }

    private func write(_ cause: FailureCause, _ writer: inout JSONWriter) {
        writer.key("error")
        writer.beginObject()
        writer.member("kind", cause.kind.rawValue)
        writer.code(cause.code)
        writer.member("message", BoundedMessage.cut(cause.message, to: 2000))
        writer.member("request_id", cause.requestID)
        writer.member("retryable", cause.isRetryable)
        writer.member("may_have_been_charged", cause.mayHaveBeenCharged)
        if let evidence = cause.evidence {
            writer.key("evidence")
            writer.beginObject()
            writer.member("attempt", evidence.attempt)
            writer.member("intended_at", text: evidence.intent.mintedAt)
            writer.member("send_by", text: evidence.intent.sendBy)
            writer.member("happened", evidence.lost.happened.rawValue)
            writer.member("http_status", evidence.lost.httpStatus)
            writer.endObject()
        }
        writer.endObject()
    }

    /// The record's value as it is where it is JSON of a sensible size; else its first bytes in base64.
    private func writeRequest(_ payload: [UInt8], _ writer: inout JSONWriter) {
        if keepsRequests, payload.count <= RequestFields.largest, RawJSON.isValid(payload) {
            writer.key("request")
            writer.raw(payload)
            return
        }
        let kept = payload.prefix(keepsRequests ? Self.largestRaw : Self.shortRaw)
        writer.member("request_raw_base64", Data(kept).base64EncodedString())
        if kept.count < payload.count { writer.member("request_truncated", true) }
    }

    /// Bytes of a record that was not JSON which its failure record keeps.
    package static let largestRaw = 64 << 10
    /// The same, where records must be small.
    package static let shortRaw = 256

    // MARK: Both

    private func writeCommon(
        _ outcome: Outcome, _ checked: RequestIntake.Checked?, showsCost: Bool = true,
        _ writer: inout JSONWriter
    ) {
        let entry = outcome.entry
        writer.member("attempts", entry.attempt)
        writer.member("queries", entry.queries)
        writeTimings(
            requestedAt: entry.requestedAt, acceptedAt: entry.acceptedAt,
            submittedAt: (outcome.task ?? entry.lastTask)?.submittedAt,
            finishedAt: outcome.finishedAt, &writer)
        if showsCost, let cost = checked?.submission.expectedCost {
            write(cost, priceDate: checked?.submission.price?.listed, &writer)
        }
        if outcome.mayHaveBeenPaidTwice { writer.member("may_have_been_paid_twice", true) }
        writer.member("source", entry.source)
        writer.member("tenant", checked?.fields.tenant)
        if let metadata = checked?.fields.metadata {
            writer.key("metadata")
            writer.value(metadata)
        }
        writer.member("worker", worker)
    }

    private func write(_ cost: Cost, priceDate: String?, _ writer: inout JSONWriter) {
        writer.key("cost")
        writer.beginObject()
        writer.member("amount", cost.amount)
        writer.member("currency", "CNY")
        writer.member("price_date", priceDate)
        writer.member("estimated", true)
        writer.endObject()
    }

    private func writeTimings(
        requestedAt: Instant, acceptedAt: Instant, submittedAt: Instant?, finishedAt: Instant,
        _ writer: inout JSONWriter
    ) {
        func span(_ from: Instant, _ to: Instant) -> Int64 {
            min(max(0, (to - from).milliseconds), Self.longestSpan)
        }
        writer.key("timings")
        writer.beginObject()
        writer.member("requested_at", text: requestedAt)
        writer.member("accepted_at", text: acceptedAt)
        writer.member("submitted_at", text: submittedAt)
        writer.member("finished_at", text: finishedAt)
        writer.member("queued_ms", span(acceptedAt, submittedAt ?? finishedAt))
        writer.member("generating_ms", submittedAt.map { span($0, finishedAt) })
        writer.member("total_ms", span(requestedAt, finishedAt))
        writer.endObject()
    }

    /// 100 days, in milliseconds: the clock of a producer may be wrong by any time.
    private static let longestSpan: Int64 = 8_640_000_000

    /// A rejected request's metadata, where it is an object within bounds.
    private func writeMetadata(of payload: [UInt8], _ writer: inout JSONWriter) {
        guard payload.count <= RequestFields.largest, let value = try? JSON(parsing: payload),
            let metadata = value["metadata"], metadata.object != nil,
            metadata.serialized().count <= RequestFields.largestMetadata
        else { return }
        writer.key("metadata")
        writer.value(metadata)
    }
}

extension Cost {
    /// A decimal number without currency: `3.25`.
    package var amount: String { String(description.dropLast(4)) }
}

enum RawJSON {
    /// Whether the bytes are one JSON value, nothing else.
    static func isValid(_ bytes: [UInt8]) -> Bool {
        var reader = JSONReader(bytes)
        do throws(JSONError) {
            _ = try reader.skipValue()
            try reader.finish()
            return true
        } catch {
            return false
        }
    }
}

/// Which seed an attempt sends.
package enum SubmissionSeed {
    /// A task that failed for what it made is replaced by one with another seed; -1 is another seed by itself.
    package static func seed(requested: Int128, renewals: Int) -> Int128 {
        guard requested >= 0 else { return requested }
        return (requested + Int128(renewals)) % (Int128(UInt64.max) + 1)
    }
}
