// Results and failures as `schemas/examples` show them.

import JSON
import JobEngine
import Kafka
import Testing
import WorkerRuntime

@Suite("Outcomes")
struct OutcomeEncoderTests {
    private let encoder = OutcomeEncoder(worker: "jimeng-worker-0", intake: .standard)

    /// The finished job of the examples: its entry before the end, with the request.
    private func entry(attempt: Int = 1, queries: Int = 6, of name: String = "4-submitted") throws
        -> Entry
    {
        var entry = try LedgerCodec.entry(try Examples.one("ledger-entry", name).bytes) {
            RequestIntake.standard.restore($0, $1, $2)
        }
        entry.attempt = attempt
        entry.queries = queries
        entry.aspectRatio = "3:4"
        return entry
    }

    private let task = Entry.Task(
        id: "7392616336519610409", account: "default",
        submittedAt: Instant(milliseconds: 1_795_167_002_242))

    private func render(_ verdict: Outcome.Verdict, _ entry: Entry, _ task: Entry.Task?, at: Int64)
        throws -> (OutcomeEncoder.Rendered, JSONObject)
    {
        let rendered = encoder.render(
            .outcome(
                Outcome(
                    verdict: verdict, entry: entry, task: task,
                    finishedAt: Instant(milliseconds: at))))
        return (rendered, try #require(try JSON(parsing: rendered.value).object))
    }

    /// Our record says what the example says, but for prose and what is not published.
    private func expect(_ ours: JSONObject, like theirs: JSONObject, but left: Set<String> = []) {
        #expect(Set(ours.keys) == Set(theirs.keys))
        for member in ours
        where member.key != "error" && member.key != "cost" && !left.contains(member.key) {
            #expect(theirs[member.key] == member.value, "\(member.key)")
        }
        #expect(ours["cost"]?["amount"] == theirs["cost"]?["amount"])
        for key in ["kind", "code", "retryable", "may_have_been_charged", "evidence"] {
            #expect(ours["error"]?[key] == theirs["error"]?[key], "error.\(key)")
        }
    }

    private func product(_ links: [String], _ expires: Int64) -> Product {
        Product(links: links, expiresAt: Instant(milliseconds: expires), requestID: nil)
    }

    @Test("a video is delivered as the example shows")
    func video() throws {
        let example = try #require(try Examples.one("result", "video").json.object)
        let link = try #require(example["video_url"]?.string)
        let (rendered, ours) = try render(
            .succeeded(product([link], 1_795_170_696_272), archive: nil), try entry(), task,
            at: 1_795_167_096_452)
        #expect(rendered.isResult)
        #expect(rendered.key == Array("poster-0001".utf8))
        expect(ours, like: example)
    }

    @Test("the copy of a video is told, or why there is none")
    func archived() throws {
        for (name, answer) in [
            (
                "archived",
                ArchiveAnswer.stored(
                    url: "s3://x/poster.mp4", bytes: 7, sha256: String(repeating: "a", count: 64))
            ), ("archive-failed", .failed(reason: "Given up after one try: no.")),
        ] {
            let example = try #require(try Examples.one("result", name).json.object)
            let (_, ours) = try render(
                .succeeded(product(["https://x/v.mp4"], 1_795_170_696_272), archive: answer),
                try entry(), task, at: 1_795_167_096_452)
            #expect(Set(ours.keys).contains("archive") && !Set(ours.keys).contains("archives"))
            #expect(
                Set(ours["archive"]?.object?.keys ?? [])
                    == Set(example["archive"]?.object?.keys ?? []))
        }
    }

    @Test("copies of several images are a list in the order of their links")
    func archivedImages() throws {
        let answer = ArchiveAnswer(copies: [
            .stored(url: "s3://x/1.png", bytes: 7, sha256: String(repeating: "a", count: 64)),
            .failed(reason: "no"),
        ])
        let (_, ours) = try render(
            .succeeded(
                product(["https://x/1", "https://x/2"], 1_795_170_696_272), archive: answer),
            try entry(), task, at: 1_795_167_096_452)
        let copies = try #require(ours["archives"]?.array)
        #expect(copies.count == 2 && ours["archive"] == nil)
        #expect(copies[0].object?["bytes"] == 7 && copies[1].object?["error"] == "no")
    }

    @Test("a job that may have been paid twice says so")
    func paidTwice() throws {
        let example = try #require(
            try Examples.one("result", "may-have-been-paid-twice").json.object)
        var entry = try entry(attempt: 2)
        entry.unknownAttempts = 1
        let link = try #require(example["video_url"]?.string)
        let (_, ours) = try render(
            .succeeded(product([link], 1_795_170_696_272), archive: nil), entry, task,
            at: 1_795_167_096_452)
        expect(ours, like: example)
    }

    @Test("a lost answer is told with its evidence and the request")
    func unknown() throws {
        let example = try #require(try Examples.one("failure", "submission-unknown").json.object)
        var entry = try entry(queries: 0, of: "2-intent")
        entry.lastTask = nil
        var cause = FailureCause(
            .submissionUnknown, code: "unreadable_answer", message: "lost",
            mayHaveBeenCharged: true)
        cause.evidence = Evidence(
            attempt: 1,
            intent: Entry.Intent(
                account: "default", sendBy: Instant(milliseconds: 1_795_167_006_637),
                mintedAt: Instant(milliseconds: 1_795_167_001_637)),
            lost: LostAnswer(.unreadableAnswer, httpStatus: 502, detail: "HTML"))
        let (rendered, ours) = try render(.failed(cause), entry, nil, at: 1_795_167_003_537)
        #expect(!rendered.isResult)
        expect(ours, like: example)
    }

    @Test("a record that was no JSON comes back in base64")
    func notJSON() throws {
        let example = try #require(try Examples.one("failure", "not-json").json.object)
        let ours = try rejected(
            Array("id=bad-1 prompt=Clouds over the sea\n".utf8), partition: 1, offset: 10)
        // The example was accepted two milliseconds before it was finished; ours are one moment.
        expect(ours, like: example, but: ["timings"])
    }

    @Test("an invalid request comes back verbatim")
    func invalid() throws {
        let example = try #require(try Examples.one("failure", "invalid-request").json.object)
        let ours = try rejected(Array("{}".utf8), partition: 1, offset: 9)
        expect(ours, like: example, but: ["timings"])
        let spaced = Array(#"{ "seed" : 1.50,  "prompt":7 }"#.utf8)
        let rendered = try rejection(spaced)
        #expect(
            String(decoding: rendered.value, as: UTF8.self).contains(
                #""request":{ "seed" : 1.50,  "prompt":7 }"#))
    }

    @Test("a huge record is cut, and says so")
    func huge() throws {
        let object = try rejected(Array(repeating: UInt8(ascii: "a"), count: 900_000))
        #expect(object["request"] == nil)
        #expect(object["request_truncated"] == true)
        let kept = try #require(object["request_raw_base64"]?.string)
        #expect(kept.utf8.count == (OutcomeEncoder.largestRaw + 2) / 3 * 4)
    }

    @Test("an empty record comes back as nothing")
    func empty() throws {
        let object = try rejected([])
        #expect(object["request_raw_base64"] == "")
        #expect(object["error"]?["code"] == "empty")
    }

    private func rejection(_ payload: [UInt8], partition: Int32 = 1, offset: Int64 = 1) throws
        -> OutcomeEncoder.Rendered
    {
        let record = Record(
            topic: "jimeng.requests", partition: partition, offset: offset,
            timestampMilliseconds: 1_795_167_000_125, value: payload)
        let intake = RequestIntake.standard.read(
            record, at: Instant(milliseconds: 1_795_167_000_439))
        guard case .rejected(let rejection) = intake else { throw Accepted() }
        return encoder.render(.rejection(rejection))
    }

    private struct Accepted: Error {}

    private func rejected(_ payload: [UInt8], partition: Int32 = 1, offset: Int64 = 1) throws
        -> JSONObject
    {
        try #require(
            try JSON(parsing: rejection(payload, partition: partition, offset: offset).value).object
        )
    }
}
