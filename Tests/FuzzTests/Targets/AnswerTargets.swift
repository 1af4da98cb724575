// The provider's answers: nothing traps, nothing is accepted or final that the bytes do not say.

import JSON
import Jimeng
import JimengSimulator

extension FuzzTarget {
    static let submitAnswer = FuzzTarget(
        name: "submit-answer", seeds: AnswerCheck.seeds, words: Nasty.words + AnswerCheck.words,
        make: { chance in AnswerCheck.body(&chance) },
        check: { bytes throws(Broken) in try AnswerCheck(bytes).submit() })

    static let queryAnswer = FuzzTarget(
        name: "query-answer", seeds: AnswerCheck.seeds, words: Nasty.words + AnswerCheck.words,
        make: { chance in AnswerCheck.body(&chance) },
        check: { bytes throws(Broken) in try AnswerCheck(bytes).query() })
}

private struct AnswerCheck {
    private static let secrets = ["AKLTvisible", "c2VjcmV0LWtleQ==", "STStoken"]

    private static let grammar = JSONGrammar(members: [
        (
            "code",
            [
                "10000", "10000", #""10000""#, "50412", "50430", "50500", "50511", "99999",
                #""+10000""#, "1e4",
            ]
        ),
        (
            "data",
            [
                "null", #"{"task_id":"7392616336519610409"}"#, #"{"task_id":7392616336519610409}"#,
                #"{"status":"done","video_url":"https://v.example/x.mp4?a=b"}"#,
                #"{"status":"in_queue"}"#,
                #"{"status":"not_found"}"#, #"{"status":"expired"}"#,
                #"{"status":"failed","error":"e"}"#,
                #"{"status":"done","video_url":"","image_urls":null,"binary_data_base64":[]}"#,
                #"{"status":"strange","image_urls":["https://i.example/1",2]}"#,
            ]
        ),
        ("message", [#""Success""#, "\"\(secrets[0]) \(secrets[1])\u{301} \(secrets[2])\""]),
        ("request_id", [#""r-1""#, "\"\(secrets[0])\u{301}\""]), ("status", ["10000", #""done""#]),
        ("task_id", [#""12""#, "0", "1e5"]), ("time_elapsed", [#""57.3ms""#]),
        (
            "ResponseMetadata",
            [
                "null", "{}",
                #"{"RequestId":"r","Error":{"CodeN":100010,"Code":"SignatureDoesNotMatch","Message":"m"}}"#,
                #"{"Error":{"Code":"50215","Message":"m"}}"#, #"{"Error":{"CodeN":100023}}"#,
                #"{"Error":null}"#,
            ]
        ),
        (
            "Result",
            [
                #"{"code":10000,"data":{"task_id":"5"}}"#,
                #"{"code":10000,"data":{"status":"done"}}"#, "[]",
            ]
        ),
    ])

    static func body(_ chance: inout SplitMix64) -> [UInt8] {
        if chance.chance(0.05) { return Array("<html>\(secrets[0])</html>".utf8) }
        return Array(grammar.object(&chance).utf8)
    }

    static let words = Nasty.bytes(
        secrets + [
            "10000", "\"code\":", "\"task_id\":", "\"status\":", "done", "not_found", "expired",
            "failed",
        ])

    static let seeds: [[UInt8]] = Nasty.bytes([
        #"{"code":10000,"data":{"task_id":"7392616336519610409"},"message":"Success","request_id":"r"}"#,
        #"{"code":10000,"data":{"status":"done","video_url":"https://v.example/x.mp4"}}"#,
        #"{"code":10000,"data":{"status":"not_found"}}"#,
        #"{"code":50511,"data":null,"message":"Post Img Risk Not Pass"}"#,
        #"{"ResponseMetadata":{"RequestId":"r","Error":{"CodeN":100010,"Code":"SignatureDoesNotMatch"}}}"#,
        #"{"ResponseMetadata":{},"Result":{"code":10000,"data":{"task_id":"1"}}}"#,
        "{\"code\":50412,\"message\":\"\(String(repeating: "长", count: 60_000))\"}",
        "{\"code\":50412,\"message\":\"\(String(repeating: secrets[0], count: 20_000))\"}",
        String(repeating: " ", count: 1 << 18), String(repeating: "[", count: 1 << 18),
    ])

    private let bytes: [UInt8]
    private let answer: RawAnswer
    private let reader: AnswerReader
    private let output: Model.Output?
    /// The answer as a tree; `nil` when it is not JSON.
    private let tree: JSON?

    init(_ bytes: [UInt8]) throws(Broken) {
        var chance = SplitMix64(seed: Hash.of(bytes))
        let statuses = [200, 200, 200, 400, 401, 429, 500, 502, 100, 999]
        let delays = [
            nil, "3", "-1", "999999999", "9999999999", "Sun, 06 Nov 1994 08:49:37 GMT", "٣",
        ]
        self.bytes = bytes
        answer = RawAnswer(
            status: statuses.randomElement(using: &chance) ?? 200,
            retryAfter: delays.randomElement(using: &chance) ?? nil, body: bytes)
        output = chance.chance(0.5) ? .images : nil
        let credentials = try? Credentials(
            accessKeyID: Self.secrets[0], secretAccessKey: Secret(Self.secrets[1]),
            sessionToken: Secret(Self.secrets[2]))
        reader = AnswerReader(hiding: try need(credentials, "credentials"))
        tree = try? JSON(parsing: bytes)
    }

    func submit() throws(Broken) -> String {
        let meaning = reader.submit(answer, output: output)
        switch meaning {
        case .accepted(let task, _):
            try hold(ids.contains(task.text), "task-id-out-of-nothing", task.text)
            try hold(codes.contains("10000"), "accepted-without-success")
            return "accepted"
        case .refused(let refusal):
            try checkWords("\(meaning)", refusal.message)
            // A code, an error of the gateway, or the status that is a refusal by itself.
            try hold(tree != nil || answer.status == 429, "refused-by-no-answer")
            return "refused \(refusal.remedy)"
        case .unknown(let evidence):
            try checkWords("\(meaning)", evidence.excerpt)
            return "unknown \(evidence.reason)"
        case .notSent:
            throw Broken("sent-and-not-sent")
        }
    }

    func query() throws(Broken) -> String {
        let meaning = reader.query(answer, output: output)
        switch meaning {
        case .done(let delivery):
            let links = [delivery.videoURL].compactMap { $0 } + delivery.imageURLs
            for link in links + delivery.inlineImages {
                try hold(texts.contains(link), "link-out-of-nothing", link)
            }
            try hold(codes.contains("10000"), "done-without-success")
            return "done"
        case .doneWithoutURL:
            try hold(codes.contains("10000") && words.contains("done"), "done-without-word")
            return "done without link"
        case .failed(let failure):
            try checkWords("\(meaning)", failure.message)
            try hold(isFinal(failure.code), "verdict-without-a-final-code", failure.code)
            return "failed \(failure.code)"
        case .gone(let absence, _):
            let word = absence == .notFound ? "not_found" : "expired"
            try hold(words.contains(word), "gone-without-word")
            return "gone \(word)"
        case .inProgress(let status):
            try checkWords("\(status)", "")
            if case .other = status { return "in progress, strange" }
            return "in progress \(status)"
        case .askAgain(let again):
            try checkWords("\(meaning)", again.evidence.excerpt)
            if let delay = again.retryAfter {
                try hold(delay >= .zero && delay <= .seconds(3600), "delay-out-of-bounds")
            }
            return "ask again \(again.reason) \(again.evidence.reason)"
        case .suspect(let failure):
            try checkWords("\(meaning)", failure.message)
            return "suspect \(failure.kind)"
        case .account(let refusal):
            try checkWords("\(meaning)", refusal.message)
            return "account \(refusal.code)"
        }
    }

    /// Codes that the provider documents as the end of a task (jimeng-api.md section 5), and the word `failed`.
    private func isFinal(_ code: String) -> Bool {
        if code == "failed" { return words.contains("failed") && codes.contains("10000") }
        let final = [
            "50411", "50412", "50413", "50511", "50512", "50513", "50514", "50516", "50517",
            "50518",
            "50519", "50520", "50521", "50522", "50215", "50207", "50218", "60208",
        ]
        return final.contains(code) && codes.contains(code)
    }

    private func checkWords(_ description: String, _ text: String) throws(Broken) {
        let shown = Array(description.utf8)
        for secret in Self.secrets {
            try hold(!shown.contains(Array(secret.utf8)), "secret-shown", description)
        }
        try hold(text.unicodeScalars.count <= 501, "words-without-bound")
    }

    // MARK: What the bytes say

    private var services: [JSON] { [tree, tree?["Result"]].compactMap { $0 } }

    private var ids: [String] {
        services.flatMap { [$0["task_id"], $0["data"]?["task_id"]] }
            .compactMap { $0?.string ?? $0?.number?.text }
    }

    /// As whole numbers, however they are written.
    private var codes: [String] {
        let values = services.map { $0["code"] } + [tree?["ResponseMetadata"]?["Error"]?["Code"]]
        return values.compactMap { value in
            (value?.int ?? value?.string.flatMap { Int($0) }).map(String.init)
        }
    }

    private var words: [String] { services.compactMap { $0["data"]?["status"]?.string } }

    private var texts: [String] {
        services.compactMap { $0["data"] }.flatMap { data in
            [data["video_url"]?.string].compactMap { $0 }
                + ["image_urls", "binary_data_base64"].flatMap { name in
                    (data[name]?.array ?? []).compactMap(\.string)
                }
        }
    }
}

extension [UInt8] {
    /// Whether the bytes hold a piece.
    func contains(_ piece: [UInt8]) -> Bool {
        guard let first = piece.first, count >= piece.count else { return piece.isEmpty }
        return indices.dropLast(piece.count - 1).contains {
            self[$0] == first && self[$0..<$0 + piece.count].elementsEqual(piece)
        }
    }
}
