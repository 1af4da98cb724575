// Requests: whatever a record holds, one intake comes out of it, and what follows from it is sound.

import JSON
import Jimeng
import JimengSimulator
import JobEngine
import Kafka
import WorkerRuntime

extension FuzzTarget {
    static let request = FuzzTarget(
        name: "request",
        seeds: Examples.all(of: "request") + Examples.all(of: "cancel") + RequestCheck.seeds,
        make: { chance in
            Array(RequestCheck.grammar.object(&chance).utf8)
        },
        check: { bytes throws(Broken) in try RequestCheck().check(bytes) })
}

private struct RequestCheck {
    static let grammar = JSONGrammar(
        members: [
            ("id", [#""a""#, #""job-1""#, "\"\(String(repeating: "i", count: 200))\""]),
            (
                "model",
                [
                    "\"jimeng_t2v_v30\"", "\"jimeng_vgfm_i2v_l20\"", "\"new.model\"",
                    "\"jimeng_t2i_v40\"",
                ]
            ),
            ("req_key", ["\"jimeng_t2v_v30\"", "\"jimeng_vgfm_i2v_l20\""]),
            ("prompt", [#""A cat turns its head""#, #""猫""#, #""""#]),
            (
                "image_urls",
                [#"["https://example.com/cat.jpg"]"#, "[]", #"["ftp://x",1,"http://[::1]/"]"#]
            ),
            (
                "images_base64",
                [#"["iVBORw0KGgoAAAANSUhEUgAAAAE="]"#, #"["/9j/4AAQSkZJRgABAQ=="]"#]
            ),
            ("aspect_ratio", [#""16:9""#, #""auto""#, #""9:21""#, #""0:1""#]),
            ("seed", ["-1", "7", "1e2", "18446744073709551615", "4.0"]),
            ("frames", ["121", "241", "121.0", "1.21e2"]),
            (
                "parameters",
                ["{}", #"{"camera_strength":"weak"}"#, #"{"seed":1,"width":512,"x":[]}"#]
            ),
            ("priority", ["0", "9", "5.0"]), ("tenant", [#""t""#]),
            ("not_before", [#""2026-11-22T10:37:00Z""#, #""0000-01-01T00:00:00+23:59""#]),
            (
                "deadline",
                [#""2026-11-22T10:37:01.5+01:00""#, #""9999-12-31T23:59:59.999999999-23:59""#]
            ),
            (
                "metadata",
                [
                    "{}", #"{"a":[1,2,{"b":null}]}"#,
                    "{\"m\":\"\(String(repeating: "m", count: 16_376))\"}",
                    "{\"m\":\"\(String(repeating: "m", count: 16_377))\"}",
                ]
            ),
            ("uncatalogued", ["true", "false"]), ("cancel", ["null", "null", #""a""#]),
        ], nastiness: 0.12)

    /// The large ones, which no file should hold.
    static let seeds: [[UInt8]] =
        [
            "{\"prompt\":\"\(String(repeating: "p", count: 900_000))\"}",
            "{\"prompt\":\"\(String(repeating: "p", count: 1 << 20))",
            "{\"images_base64\":[\"\(String(repeating: "A", count: 520_000))\"]}",
            String(repeating: "[", count: 400_000), String(repeating: "{\"a\":", count: 100_000),
            "{" + (0..<30_000).map { "\"\($0)\":0" }.joined(separator: ",") + "}",
            "{" + (0..<30_000).map { _ in "\"a\":0" }.joined(separator: ",") + "}",
            "{\"seed\":\(String(repeating: "9", count: 500_000))}",
            "{\"seed\":1e\(String(repeating: "9", count: 500_000))}",
            "{\"metadata\":{\"m\":\"\(String(repeating: "\\u0001", count: 80_000))\"}}",
            "{\"id\":\"\(String(repeating: "\u{301}", count: 100))\",\"prompt\":\"x\"}",
            "{\(sameToUnicode(keys: 7000))}",
        ].map { Array($0.utf8) }

    /// Keys that differ in their bytes, but are one and the same to Unicode: marks above and below, in any order.
    private static func sameToUnicode(keys: Int) -> String {
        (0..<keys).map { number in
            let marks = (0..<14).map { number >> $0 & 1 == 1 ? "\u{301}\u{316}" : "\u{316}\u{301}" }
            return "\"\(marks.joined())\":0"
        }
        .joined(separator: ",")
    }

    private static let worker = "worker-1"
    private let intake = RequestIntake(catalogue: ModelCatalogue())
    private let now = Instant(milliseconds: 1_795_343_820_000)

    func check(_ bytes: [UInt8]) throws(Broken) -> String {
        let record = record(bytes)
        let read = intake.read(record, at: now)
        let source = Source(topic: record.topic, partition: record.partition, offset: record.offset)
        try hold(read == intake.read(record, at: now), "two-readings-differ")
        switch read {
        case .request(let request):
            try hold(request.source == source, "wrong-source")
            try check(request, of: bytes)
            return "request of \(request.model) \(request.wantsProbe)"
        case .rejected(let rejection):
            try hold(rejection.source == source, "wrong-source")
            try check(rejection, of: bytes)
            return "rejected: \(Behaviour.of(rejection.cause.message))"
        case .cancel(let id, let from):
            try hold(from == source, "wrong-source")
            try Promise.jobID(id.text)
            return "cancel"
        case .nothing:
            throw Broken("no-intake")
        }
    }

    /// The rest of the record follows from the value, so that the value alone tells all.
    private func record(_ bytes: [UInt8]) -> Record {
        var chance = SplitMix64(seed: Hash.of(bytes))
        let times: [Int64?] = [nil, 0, -1, .min, .max, 253_402_300_799_999, now.milliseconds]
        let parents = [
            "00-\(String(repeating: "a", count: 32))-\(String(repeating: "b", count: 16))-01", "x",
        ]
        let headers = [
            Header("traceparent", Array((parents.randomElement(using: &chance) ?? "").utf8)),
            Header("tracestate", chance.chance(0.5) ? [0x61, 0x3D, 0x31] : nil),
        ]
        return Record(
            topic: "jimeng.requests", partition: 0, offset: 42,
            timestampMilliseconds: times.randomElement(using: &chance) ?? nil,
            value: bytes, headers: chance.chance(0.5) ? headers : [])
    }

    // MARK: Accepted

    private func check(_ request: Request, of bytes: [UInt8]) throws(Broken) {
        try Promise.jobID(request.id.text)
        try hold(
            LedgerKey(Array(request.id.utf8)) == .job(request.id), "id-is-a-ledger-key",
            request.id.text)
        try hold(!isOfRecordToCome(request.id.text), "id-of-a-record-to-come", request.id.text)
        try hold((0...9).contains(request.priority), "priority-out-of-bounds")
        try Promise.ledgerInstant(request.requestedAt)
        try roundTrip(request)
        try checkFailure(of: request, bytes)
        let checked = try need(intake.again(bytes), "not-accepted-again")
        try checkSubmission(checked, of: bytes)
    }

    /// The id of another record that has none of its own would make that record a duplicate.
    private func isOfRecordToCome(_ id: String) -> Bool {
        guard id.hasPrefix("jimeng.requests-") else { return false }
        let numbers = id.dropFirst("jimeng.requests-".count).split(
            separator: "-", omittingEmptySubsequences: false)
        guard numbers.count == 2, let partition = Int32(numbers[0]), let offset = Int64(numbers[1]),
            "\(partition)-\(offset)" == numbers.joined(separator: "-")
        else { return false }
        return partition != 0 || offset > 42
    }

    private func roundTrip(_ request: Request) throws(Broken) {
        let entry = Entry(request: request, acceptedAt: now)
        let codec = LedgerCodec(worker: Self.worker)
        let value = codec.bytes(entry, epoch: 3, at: now)
        try hold(value.count <= 900_000, "ledger-entry-too-large", "\(value.count)")
        let intake = intake
        let read = Result { () throws(LedgerError) in
            try LedgerCodec.entry(value) { intake.restore($0, $1, $2) }
        }
        var restored = try need(try? read.get(), "ledger-unreadable", "\(read)")
        // White space around the value is not kept, and means nothing.
        try trim(&restored)
        var expected = entry
        try trim(&expected)
        try hold(restored == expected, "ledger-round-trip", "\(restored)\n\(expected)")
        try hold(restored.id.utf8.elementsEqual(entry.id.utf8), "ledger-id-bytes")
    }

    private func trim(_ entry: inout Entry) throws(Broken) {
        let isSpace: (UInt8) -> Bool = { [0x20, 0x09, 0x0A, 0x0D].contains($0) }
        let payload = entry.request?.payload ?? []
        let tail = payload.drop(while: isSpace)
        let last = try need(tail.lastIndex { !isSpace($0) }, "payload-lost")
        entry.request?.payload = Array(tail[...last])
    }

    private func checkFailure(of request: Request, _ bytes: [UInt8]) throws(Broken) {
        let outcome = Outcome(
            verdict: .failed(FailureCause(.internal, code: "x", message: "y")),
            entry: Entry(request: request, acceptedAt: now), task: nil, finishedAt: now)
        let rendered = OutcomeEncoder(worker: Self.worker, intake: intake).render(.outcome(outcome))
        try FailureRecord(rendered, of: bytes).check()
    }

    private func checkSubmission(
        _ checked: RequestIntake.Checked, of bytes: [UInt8]
    ) throws(Broken) {
        let body = try Promise.json(checked.submission.body(), "submission-is-not-json")
        try hold(body["req_key"]?.string == checked.submission.modelKey, "submission-model")
        guard let given = (try? JSON(parsing: bytes))?["seed"], !given.isNull else { return }
        let sent = body["seed"]?.number
        try hold(
            sent != nil && sent?.uint64 == given.uint64 && sent?.int64 == given.int64,
            "seed-is-lost", "\(given) became \(String(describing: sent))")
    }

    // MARK: Rejected

    private func check(_ rejection: Rejection, of bytes: [UInt8]) throws(Broken) {
        try hold(rejection.payload == bytes, "payload-changed")
        try Promise.jobID(rejection.id.text)
        let rendered = OutcomeEncoder(worker: Self.worker, intake: intake)
            .render(.rejection(rejection))
        try hold(rendered.key == Array(rejection.id.utf8), "key-is-not-the-id")
        try FailureRecord(rendered, of: bytes).check()
    }
}
