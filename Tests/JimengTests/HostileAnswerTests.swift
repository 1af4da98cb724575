// Answers that were cut, twisted or written to be read wrongly.

import Testing

@testable import Jimeng

@Suite("Hostile answers")
struct HostileAnswerTests {
    let reader = AnswerReader()

    static let samples: [RawAnswer] = [
        AnswerSamples.raw(200, AnswerSamples.accepted),
        AnswerSamples.raw(200, AnswerSamples.wrapped),
        AnswerSamples.raw(400, AnswerSamples.wrappedError), AnswerSamples.service(50_412, 400),
        AnswerSamples.service(50_511, 400), AnswerSamples.service(50_500, 500),
        AnswerSamples.gateway(100_010, "SignatureDoesNotMatch", 401),
        AnswerSamples.gateway(100_023, "BackendError", 500),
        AnswerSamples.state(AnswerSamples.waiting),
        AnswerSamples.state(AnswerSamples.doneVideo),
        AnswerSamples.state(#"{"status":"not_found"}"#),
        AnswerSamples.state(#"{"status":"expired"}"#),
        AnswerSamples.raw(502, AnswerSamples.html),
    ]

    @Test("an answer that was cut off anywhere decides nothing", arguments: samples)
    func truncations(_ whole: RawAnswer) {
        for length in 0..<whole.body.count {
            let cut = RawAnswer(status: whole.status, body: Array(whole.body.prefix(length)))
            guard case .unknown = reader.submit(cut) else {
                Issue.record("a submit was decided by \(length) bytes")
                return
            }
            guard case .askAgain = reader.query(cut) else {
                Issue.record("a query was decided by \(length) bytes")
                return
            }
        }
    }

    @Test("an answer with one byte changed never trips the reader", arguments: samples)
    func mutations(_ whole: RawAnswer) {
        for position in whole.body.indices {
            for byte: UInt8 in [0, 0x22, 0x30, 0x5C, 0x7B, 0x7D, 0x80, 0xFF] {
                var body = whole.body
                body[position] = byte
                let twisted = RawAnswer(status: whole.status, body: body)
                _ = reader.query(twisted)
                // A digit more or less in an id cannot be seen; no id may come out of nothing.
                if case .accepted(let task, _) = reader.submit(twisted) {
                    #expect(task.text.utf8.count == 19)
                }
            }
        }
    }

    @Test("secrets that come back do not go on")
    func redaction() throws {
        let credentials = try Credentials(
            accessKeyID: "AKLTvisible", secretAccessKey: Secret("s3cr3t=="),
            sessionToken: Secret("STStoken"))
        let reader = AnswerReader(hiding: credentials)
        let words = "AKLTvisible s3cr3t== STStoken"
        // The secret lies across the bound of a message.
        let long = String(repeating: "x", count: 495) + words
        let answers =
            [words, long].flatMap {
                [
                    AnswerSamples.service(50_412, 400, message: $0),
                    AnswerSamples.service(50_430, 429, message: $0),
                    AnswerSamples.service(10_000, 200, message: $0),
                    AnswerSamples.raw(500, $0), AnswerSamples.raw(502, "<p>\($0)"),
                    AnswerSamples.raw(
                        401,
                        #"{"ResponseMetadata":{"RequestId":"\#($0)","Error":{"CodeN":100010,"#
                            + #""Code":"\#($0)","Message":"\#($0)"}}}"#),
                    AnswerSamples.state(#"{"status":"\#($0)"}"#),
                    AnswerSamples.state(#"{"status":"failed","error":"\#($0)"}"#),
                ]
            }
        for answer in answers {
            let text = "\(reader.submit(answer)) \(reader.query(answer))"
            for secret in ["AKLTvis", "s3cr", "STSto"] {
                #expect(!text.contains(secret), "\(text)")
            }
        }
    }

    @Test("messages are cut and cleared of control characters")
    func boundedMessages() {
        let message = "a\\u0000\\n\\u001b[2J\\u2028" + String(repeating: "长", count: 5_000)
        guard
            case .refused(let refusal) = reader.submit(
                AnswerSamples.service(50_412, 400, message: message))
        else {
            Issue.record("not refused")
            return
        }
        #expect(refusal.message.unicodeScalars.count == 501)
        #expect(refusal.message.hasPrefix("a   [2J 长"))
        #expect(refusal.message.hasSuffix("长…"))
    }
}
