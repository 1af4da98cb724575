// Requests and cancels of `schemas/examples` through the intake, and what is no request at all.

import JSON
import Jimeng
import JobEngine
import Kafka
import Testing
import WorkerRuntime

@Suite("Requests")
struct RequestExamplesTests {
    private func read(_ value: [UInt8]?, headers: [Header] = []) -> Intake {
        RequestIntake.standard.read(
            Record(
                topic: "jimeng.requests", partition: 2, offset: 1841,
                timestampMilliseconds: 1_795_167_000_125, value: value, headers: headers),
            at: Instant(milliseconds: 1_795_167_000_437))
    }

    @Test("every valid example is accepted, verbatim", arguments: Examples.all("request"))
    func valid(example: Examples.File) throws {
        guard case .request(let request) = read(example.bytes) else {
            Issue.record("\(read(example.bytes))")
            return
        }
        let json = try example.json
        #expect(request.id.text == json["id"]?.string ?? "jimeng.requests-2-1841")
        #expect(request.payload == example.bytes)
        #expect(request.requestedAt == Instant(milliseconds: 1_795_167_000_125))
        let model = json["model"]?.string ?? json["req_key"]?.string
        #expect(request.model == model ?? ModelCatalogue.standardModel)
        #expect(request.priority == json["priority"]?.int ?? Request.defaultPriority)
    }

    @Test(
        "every invalid example is refused with a reason",
        arguments: Examples.all("request", "invalid"))
    func invalid(example: Examples.File) {
        switch read(example.bytes) {
        case .rejected(let rejection):
            #expect(rejection.cause.kind == .invalidRequest)
            #expect(!rejection.cause.message.isEmpty)
            #expect(rejection.payload == example.bytes)
        case .cancel:
            // It is no request, but not wrong either.
            #expect(example.name == "a-cancel")
        case .request, .nothing:
            Issue.record("\(example.name) was accepted")
        }
    }

    @Test("every valid cancel is one", arguments: Examples.all("cancel"))
    func cancels(example: Examples.File) throws {
        let id = try #require(try example.json["cancel"]?.string)
        #expect(
            read(example.bytes)
                == .cancel(JobID(id), Source(topic: "jimeng.requests", partition: 2, offset: 1841)))
    }

    @Test("no invalid cancel cancels anything", arguments: Examples.all("cancel", "invalid"))
    func invalidCancels(example: Examples.File) {
        if case .cancel = read(example.bytes) { Issue.record("\(example.name) cancels") }
    }

    @Test("there are examples of all kinds")
    func thereAreExamples() {
        for (kind, least) in [("request", 15), ("cancel", 3), ("ledger-entry", 15), ("result", 5)] {
            #expect(Examples.all(kind).count >= least, "\(kind)")
        }
        #expect(Examples.all("request", "invalid").count >= 40)
    }

    private static func text(_ text: String) -> [UInt8] { Array(text.utf8) }

    struct Sample: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let value: [UInt8]?
        let code: String

        init(_ name: String, _ value: [UInt8]?, _ code: String) {
            (testDescription, self.value, self.code) = (name, value, code)
        }
    }

    @Test(
        "a record that is no request says what it is",
        arguments: [
            Sample("no value", nil, "empty"), Sample("no bytes", [], "empty"),
            Sample("garbage", Array("garbage".utf8), "not_json"),
            Sample("no UTF-8", [0xFF, 0xFE], "not_json"),
            Sample("an array", Array("[1]".utf8), "not_an_object"),
            Sample("null", Array("null".utf8), "not_an_object"),
            Sample("an empty object", Array("{}".utf8), "invalid_field"),
            Sample("900 kB", Array(repeating: UInt8(ascii: "a"), count: 900_000), "too_large"),
            Sample("a deep one", Array(repeating: UInt8(ascii: "["), count: 100_000), "not_json"),
            Sample(
                "objects in objects", text(String(repeating: #"{"a":"#, count: 50_000)), "not_json"),
            Sample("half a surrogate pair", text(#"{"prompt":"\ud83d"}"#), "not_json"),
            Sample("a field twice", text(#"{"prompt":"x","prompt":"y"}"#), "invalid_field"),
            Sample(
                "the same field, escaped", text(#"{"prompt":"x","pr\u006fmpt":"y"}"#),
                "invalid_field"),
            Sample("a bare NUL", text("{\"prompt\":\"\0\"}"), "not_json"),
            Sample(
                "an id with an escaped NUL", text(#"{"id":"a\u0000b","prompt":"x"}"#),
                "invalid_field"),
            Sample("an id over two lines", text(#"{"id":"a\nb","prompt":"x"}"#), "invalid_field"),
            Sample("a large number", text(#"{"prompt":"x","seed":1e999999999}"#), "invalid_field"),
            Sample(
                "500,000 digits",
                text(#"{"prompt":"x","seed":\#(String(repeating: "9", count: 500_000))}"#),
                "invalid_field"),
            Sample(
                "a prompt of 500 kB",
                text(#"{"prompt":"\#(String(repeating: "x", count: 500_000))"}"#),
                "invalid_field"),
        ])
    func noRequest(sample: Sample) {
        guard case .rejected(let rejection) = read(sample.value) else {
            Issue.record("it was not rejected")
            return
        }
        #expect(rejection.cause.code == sample.code)
        #expect(rejection.id == "jimeng.requests-2-1841")
        #expect(!rejection.cause.isRetryable)
        #expect(!rejection.cause.mayHaveBeenCharged)
    }

    @Test("a well-formed trace travels on, anything else stays behind")
    func traces() {
        let good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        let value = Array(#"{"model":"jimeng_t2v_v30","prompt":"x"}"#.utf8)
        func headers(_ parent: String) -> [Request.Header] {
            let given = [
                Header("traceparent", Array(parent.utf8)), Header("tracestate", Array("a=b".utf8)),
                Header("authorization", Array("secret".utf8)),
            ]
            guard case .request(let request) = read(value, headers: given) else { return [] }
            return request.headers
        }
        #expect(headers(good).map(\.name) == ["traceparent", "tracestate"])
        #expect(headers(good.uppercased()).isEmpty)
        #expect(headers("nonsense").isEmpty)
    }
}
