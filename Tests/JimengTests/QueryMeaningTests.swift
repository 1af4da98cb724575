// Every code, status and shape that can answer a query, with what it must mean.

import JSON
import Testing

@testable import Jimeng

@Suite("Answers to a query")
struct QueryMeaningTests {
    let reader = AnswerReader()

    enum Expected: Sendable, Equatable {
        case askAgain(AskAgain.Reason)
        case suspect
        case account(Refusal.Remedy)
        case failed(TaskFailure.Kind, newTask: Bool, charged: Bool)
    }

    private func check(_ answer: RawAnswer, _ expected: Expected, _ id: String) {
        switch (reader.query(answer), expected) {
        case (.askAgain(let again), .askAgain(let reason)): #expect(again.reason == reason)
        case (.suspect(let failure), .suspect): #expect(failure.requestID == id)
        case (.account(let refusal), .account(let remedy)):
            #expect(refusal.remedy == remedy)
            #expect(refusal.requestID == id)
        case (.failed(let failure), .failed(let kind, let newTask, let charged)):
            #expect(failure.kind == kind)
            #expect(failure.isRetryableByNewTask == newTask)
            #expect(failure.mayHaveBeenCharged == charged)
            #expect(failure.requestID == id)
        case (let meaning, let expected): Issue.record("\(meaning) is not \(expected)")
        }
    }

    private static let refused = Expected.failed(.content, newTask: false, charged: false)
    private static let again = Expected.failed(.content, newTask: true, charged: false)
    private static let review = Expected.failed(.review, newTask: false, charged: false)

    static let serviceRows: [(Int, Int, Expected)] = [
        (50_411, 400, refused), (50_412, 400, refused), (50_413, 400, refused),
        (50_511, 400, again), (50_512, 400, refused), (50_513, 400, refused),
        (50_514, 400, refused), (50_516, 400, again), (50_517, 400, again),
        (50_518, 400, refused), (50_519, 400, again), (50_520, 400, review),
        (50_521, 400, review), (50_522, 400, review), (50_429, 429, .askAgain(.rateLimit)),
        (50_430, 429, .askAgain(.rateLimit)), (50_500, 500, .suspect), (50_501, 500, .suspect),
        (50_215, 400, .failed(.invalid, newTask: false, charged: true)),
        (50_207, 400, .failed(.invalid, newTask: false, charged: false)),
        (50_218, 400, refused), (60_208, 400, refused), (50_400, 401, .account(.account)),
        (50_200, 400, .suspect), (50_204, 400, .suspect),
        // In no table.
        (59_999, 400, .suspect), (59_999, 200, .suspect), (59_999, 429, .askAgain(.rateLimit)),
        (59_999, 500, .askAgain(.upstream)), (59_999, 503, .askAgain(.upstream)),
    ]

    @Test("a code of the service is a verdict only where the pages say so", arguments: serviceRows)
    func serviceCodes(_ code: Int, _ status: Int, _ expected: Expected) {
        check(AnswerSamples.service(code, status), expected, "r-1")
        #expect(
            ServiceCode.table.allSatisfy { row in Self.serviceRows.contains { $0.0 == row.code } })
    }

    static let gatewayRows: [(Int, Int, Expected)] = [
        (100_002, 400, .account(.setup)), (100_003, 401, .account(.setup)),
        (100_004, 400, .account(.setup)), (100_005, 401, .account(.setup)),
        (100_006, 400, .askAgain(.clock)), (100_007, 404, .account(.setup)),
        (100_008, 404, .account(.setup)), (100_009, 401, .account(.account)),
        (100_010, 401, .account(.account)), (100_012, 403, .account(.account)),
        (100_013, 403, .account(.account)), (100_014, 500, .askAgain(.upstream)),
        (100_015, 502, .askAgain(.upstream)), (100_016, 504, .askAgain(.upstream)),
        (100_023, 500, .askAgain(.upstream)), (100_018, 429, .askAgain(.rateLimit)),
        (100_027, 429, .askAgain(.rateLimit)), (100_034, 429, .askAgain(.rateLimit)),
        (100_019, 503, .askAgain(.rateLimit)), (100_035, 503, .askAgain(.rateLimit)),
        (100_020, 405, .account(.setup)), (100_024, 400, .account(.setup)),
        (100_025, 400, .account(.setup)), (100_026, 401, .account(.account)),
        (100_032, 403, .account(.account)),
        // In no table.
        (199_999, 401, .account(.account)), (199_999, 403, .account(.account)),
        (199_999, 429, .askAgain(.rateLimit)), (199_999, 400, .askAgain(.upstream)),
        (199_999, 500, .askAgain(.upstream)), (199_999, 200, .askAgain(.upstream)),
    ]

    @Test("the gateway never ends a task", arguments: gatewayRows)
    func gatewayCodes(_ number: Int, _ status: Int, _ expected: Expected) {
        check(AnswerSamples.gateway(number, "N", status), expected, "r-2")
        #expect(
            GatewayCode.table.allSatisfy { row in Self.gatewayRows.contains { $0.0 == row.number } }
        )
    }

    @Test(
        "a word for the state of a task",
        arguments: [
            (AnswerSamples.waiting, QueryMeaning.inProgress(.inQueue)),
            (#"{"status":"in_queue"}"#, .inProgress(.inQueue)),
            (#"{"status":"generating","video_url":"https://v.x/early"}"#, .inProgress(.generating)),
            (#"{"status":"processing"}"#, .inProgress(.processing)),
            (#"{"status":"dreaming"}"#, .inProgress(.other("dreaming"))),
            (#"{"status":null}"#, .inProgress(.other(""))),
            (#"{"status":7}"#, .inProgress(.other(""))),
            ("{}", .inProgress(.other(""))), ("null", .inProgress(.other(""))),
            ("[]", .inProgress(.other(""))), ("\"\"", .inProgress(.other(""))),
            (#"{"status":"not_found"}"#, .gone(.notFound, requestID: "r-6")),
            (#"{"status":"expired"}"#, .gone(.expired, requestID: "r-6")),
            (#"{"status":"done"}"#, .doneWithoutURL(requestID: "r-6")),
            (#"{"status":"done","video_url":""}"#, .doneWithoutURL(requestID: "r-6")),
            (
                #"{"status":"done","video_url":null,"image_urls":[]}"#,
                .doneWithoutURL(requestID: "r-6")
            ),
            (#"{"status":"done","video_url":"soon"}"#, .doneWithoutURL(requestID: "r-6")),
            (
                #"{"status":"done","video_url":["https://v.x/1"]}"#,
                .doneWithoutURL(requestID: "r-6")
            ),
            (AnswerSamples.doneVideo, .done(delivery(video: "https://v.x/1.mp4", tagged: true))),
            (
                #"{"video_url":"https://v.x/2.mp4","status":""}"#,
                .done(delivery(video: "https://v.x/2.mp4"))
            ),
            (
                #"{"status":"done","image_urls":["https://i.x/1.image",null,"",7,"http://i.x/2"],"#
                    + #""video_url":""}"#,
                .done(delivery(images: ["https://i.x/1.image", "http://i.x/2"]))
            ),
            (
                #"{"status":"done","binary_data_base64":["AAAA",""],"image_urls":null}"#,
                .done(delivery(inline: ["AAAA"]))
            ),
        ])
    func states(_ data: String, _ meaning: QueryMeaning) {
        #expect(reader.query(AnswerSamples.state(data)) == meaning)
    }

    private static func delivery(
        video: String? = nil, images: [String] = [], inline: [String] = [], tagged: Bool? = nil
    ) -> Delivery {
        Delivery(
            videoURL: video, imageURLs: images, inlineImages: inline, aigcMetaTagged: tagged,
            requestID: "r-6")
    }

    @Test("a state of failure, should it exist, is one")
    func failedState() {
        let data = #"{"status":"failed","error":"out of luck"}"#
        guard case .failed(let failure) = reader.query(AnswerSamples.state(data)) else {
            Issue.record("not failed")
            return
        }
        #expect(failure.kind == .generation)
        #expect(failure.message == "out of luck")
        #expect(failure.isRetryableByNewTask)
    }

    @Test("an error of action imitation has its own shape")
    func imitationError() {
        let body =
            #"{"code":50511,"data":{"resp_data":""},"task_id":"7","message":"m","request_id":"r-1"}"#
        check(AnswerSamples.raw(400, body), Self.again, "r-1")
    }

    @Test("a success without message is one (720P first frame)")
    func withoutMessage() {
        let body = #"{"code":10000,"data":\#(AnswerSamples.doneVideo)}"#
        guard case .done(let delivery) = reader.query(AnswerSamples.raw(200, body)) else {
            Issue.record("not done")
            return
        }
        #expect(delivery.videoURL == "https://v.x/1.mp4")
    }

    @Test(
        "what cannot be read says nothing about the task",
        arguments: [
            (200, ""), (200, "{"), (502, AnswerSamples.html), (404, AnswerSamples.html),
            (200, "null"),
            (200, "{}"), (500, ""), (401, ""), (200, #"{"code":null,"data":{"status":"expired"}}"#),
        ])
    func unreadable(_ status: Int, _ body: String) {
        check(AnswerSamples.raw(status, body), .askAgain(.unreadable), "")
        check(AnswerSamples.raw(429, body), .askAgain(.rateLimit), "")
    }

    @Test("an unknown code beside a final state is final")
    func unknownCodeWithState() {
        let body = #"{"code":59999,"data":{"status":"not_found"},"request_id":"r"}"#
        #expect(
            reader.query(AnswerSamples.raw(400, body)) == .gone(.notFound, requestID: "r"))
    }

    @Test("image models are not to be tried again after an internal error")
    func imagesFail() {
        for output in [Model.Output.images, .video] {
            guard
                case .suspect(let failure) = reader.query(
                    AnswerSamples.service(50_500, 500), output: output)
            else {
                Issue.record("not suspect")
                continue
            }
            #expect(failure.isRetryableByNewTask == (output == .video))
        }
    }
}
