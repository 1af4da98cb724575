// Failure records, read back against `schemas/failure.schema.json`.

import Foundation
import JSON
import WorkerRuntime

/// A rendered failure record and the record that it answers.
struct FailureRecord {
    let rendered: OutcomeEncoder.Rendered
    let payload: [UInt8]

    init(_ rendered: OutcomeEncoder.Rendered, of payload: [UInt8]) {
        (self.rendered, self.payload) = (rendered, payload)
    }

    /// What a broker takes by default is 1,048,588 bytes with everything around the value.
    private static let largest = 1_000_000

    func check() throws(Broken) {
        try hold(!rendered.isResult, "failure-is-a-result")
        try hold(
            rendered.value.count <= Self.largest, "failure-too-large", "\(rendered.value.count)")
        let json = try Promise.json(rendered.value, "failure-is-not-json")
        let object = try need(json.object, "failure-is-no-object")
        let known: Set = [
            "id", "status", "error", "model", "account", "task_id", "attempts", "queries",
            "timings",
            "cost", "source", "metadata", "request", "request_raw_base64", "request_truncated",
            "worker", "tenant",
        ]
        try hold(Set(object.keys).isSubset(of: known), "failure-has-an-unknown-member")
        try Promise.jobID(try need(json["id"]?.string, "failure-without-id"))
        try hold(json["status"]?.string == "failed", "failure-status")
        try checkError(try need(json["error"], "failure-without-error"))
        try checkTimings(try need(json["timings"], "failure-without-timings"))
        try checkRequest(json)
        if let model = json["model"] { try checkModel(model) }
        if let metadata = json["metadata"] {
            try hold(
                metadata.object != nil && metadata.serialized().count <= 16_384, "failure-metadata")
        }
    }

    private func checkError(_ error: JSON) throws(Broken) {
        let message = try need(error["message"]?.string, "failure-without-message")
        try hold((1...2000).contains(message.unicodeScalars.count), "failure-message-length")
        guard let code = error["code"]?.string else { return }
        try hold(
            (1...64).contains(code.utf8.count)
                && code.utf8.allSatisfy {
                    UnicodeScalar($0).properties.isAlphabetic || (0x30...0x39).contains($0)
                        || "_.-".utf8.contains($0)
                }, "failure-code", code)
    }

    private func checkTimings(_ timings: JSON) throws(Broken) {
        for name in ["requested_at", "accepted_at", "finished_at"] {
            try Promise.instantText(timings[name])
        }
        for name in ["queued_ms", "total_ms"] {
            let span = try need(timings[name]?.int64, "failure-without-\(name)")
            try hold((0...8_640_000_000).contains(span), "failure-timing", "\(name) \(span)")
        }
    }

    private func checkModel(_ model: JSON) throws(Broken) {
        let text = try need(model.string, "failure-model")
        try hold(
            (1...100).contains(text.utf8.count)
                && text.utf8.allSatisfy {
                    (0x30...0x39).contains($0) || (0x41...0x5A).contains($0)
                        || (0x61...0x7A).contains($0) || "._-".utf8.contains($0)
                }, "failure-model", text)
    }

    /// The record as it came: as JSON, or as its first bytes.
    private func checkRequest(_ json: JSON) throws(Broken) {
        if let raw = json["request_raw_base64"] {
            try hold(json["request"] == nil, "failure-with-two-requests")
            let text = try need(raw.string, "failure-raw")
            let bytes = [UInt8](try need(Data(base64Encoded: text), "failure-base64"))
            try hold(bytes == Array(payload.prefix(64 << 10)), "failure-raw-differs")
            try hold(
                (json["request_truncated"]?.bool == true) == (payload.count > 64 << 10),
                "failure-truncated")
            return
        }
        let request = try need(json["request"], "failure-without-request")
        let own = try Promise.json(payload, "failure-request-of-no-json")
        try hold(request == own, "failure-request-differs")
    }
}
