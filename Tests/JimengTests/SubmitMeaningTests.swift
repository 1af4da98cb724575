// Every code and shape that can answer a submit, with what it must mean.

import Testing

@testable import Jimeng

@Suite("Answers to a submit")
struct SubmitMeaningTests {
    let reader = AnswerReader()

    /// Code, HTTP status as documented, remedy.
    static let serviceRows: [(Int, Int, Refusal.Remedy)] = [
        (50_411, 400, .content), (50_412, 400, .content), (50_413, 400, .content),
        (50_511, 400, .content), (50_512, 400, .content), (50_513, 400, .content),
        (50_514, 400, .content), (50_516, 400, .content), (50_517, 400, .content),
        (50_518, 400, .content), (50_519, 400, .content), (50_520, 400, .content),
        (50_521, 400, .content), (50_522, 400, .content),
        (50_429, 429, .rateLimit(retryAfter: nil)), (50_430, 429, .concurrencyLimit),
        (50_500, 500, .transient), (50_501, 500, .transient), (50_215, 400, .invalid),
        (50_207, 400, .invalid), (50_218, 400, .content), (50_400, 401, .account),
        (50_200, 400, .unsupported), (50_204, 400, .unsupported), (60_208, 400, .content),
        // In no table: by the status.
        (59_999, 400, .invalid), (59_999, 200, .invalid),
        (59_999, 429, .rateLimit(retryAfter: nil)),
        (59_999, 500, .transient), (59_999, 503, .transient), (0, 200, .invalid),
        (-1, 400, .invalid),
    ]

    @Test("a code of the service says how to go on", arguments: serviceRows)
    func serviceCodes(_ code: Int, _ status: Int, _ remedy: Refusal.Remedy) {
        let expected = Refusal(
            remedy: remedy, code: String(code), message: "m", requestID: "r-1", httpStatus: status)
        #expect(reader.submit(AnswerSamples.service(code, status)) == .refused(expected))
    }

    @Test("the code decides, not the HTTP status", arguments: [200, 400, 401, 429, 500, 502])
    func codeOverStatus(_ status: Int) {
        #expect(remedy(of: AnswerSamples.service(50_430, status)) == .concurrencyLimit)
        #expect(remedy(of: AnswerSamples.service(50_412, status)) == .content)
        #expect(
            reader.submit(AnswerSamples.raw(status, AnswerSamples.accepted))
                == .accepted(AnswerSamples.task, requestID: "r-3"))
    }

    @Test("every row of the table of codes is tested above")
    func tableIsCovered() {
        let tested = Set(Self.serviceRows.map(\.0))
        #expect(ServiceCode.table.allSatisfy { tested.contains($0.code) })
        #expect(ServiceCode.table.count == Set(ServiceCode.table.map(\.code)).count)
        #expect(ServiceCode.table.count == 25)
    }

    /// Number, name, HTTP status, remedy; no remedy means that the job may have been accepted.
    static let gatewayRows: [(Int, String, Int, Refusal.Remedy?)] = [
        (100_002, "MissingParameter", 400, .setup),
        (100_003, "MissingAuthenticationToken", 401, .setup),
        (100_004, "MissingRequestInfo", 400, .setup),
        (100_005, "MissingSignature", 401, .setup),
        (100_006, "InvalidTimestamp", 400, .clock),
        (100_007, "ServiceNotFound", 404, .setup),
        (100_008, "InvalidActionOrVersion", 404, .setup),
        (100_009, "InvalidAccessKey", 401, .account),
        (100_010, "SignatureDoesNotMatch", 401, .account),
        (100_012, "LackPolicy", 403, .account), (100_013, "AccessDenied", 403, .account),
        (100_014, "InternalError", 500, nil), (100_015, "ConnectFailed", 502, nil),
        (100_016, "Timeout", 504, nil), (100_023, "BackendError", 500, nil),
        (100_018, "FlowLimit", 429, .rateLimit(retryAfter: nil)),
        (100_027, "FlowLimit", 429, .rateLimit(retryAfter: nil)),
        (100_034, "FlowLimit", 429, .rateLimit(retryAfter: nil)),
        (100_019, "CircuitBroken", 503, .rateLimit(retryAfter: nil)),
        (100_035, "Overloaded", 503, .rateLimit(retryAfter: nil)),
        (100_020, "MethodNotAllowed", 405, .setup), (100_024, "BadAuthorization", 400, .setup),
        (100_025, "BadCredential", 400, .setup), (100_026, "InvalidToken", 401, .account),
        (100_032, "Blocked", 403, .account),
        // In no table: by the status.
        (199_999, "New", 401, .account), (199_999, "New", 403, .account),
        (199_999, "New", 429, .rateLimit(retryAfter: nil)), (199_999, "New", 400, .invalid),
        (199_999, "New", 500, nil), (199_999, "New", 200, nil),
        // Known by one of the two alone.
        (0, "InvalidTimestamp", 400, .clock), (100_010, "", 401, .account),
    ]

    @Test("a code of the gateway says how to go on", arguments: gatewayRows)
    func gatewayCodes(_ number: Int, _ name: String, _ status: Int, _ remedy: Refusal.Remedy?) {
        switch reader.submit(AnswerSamples.gateway(number, name, status)) {
        case .refused(let refusal):
            #expect(refusal.remedy == remedy)
            #expect(refusal.requestID == "r-2")
            #expect(refusal.code == (name.isEmpty ? String(number) : name))
        case .unknown(let evidence):
            #expect(remedy == nil)
            #expect(evidence.reason == .gateway)
            #expect(evidence.requestID == "r-2")
        case .accepted, .notSent: Issue.record("no such meaning for an error of the gateway")
        }
    }

    @Test("every row of the gateway's table is tested above")
    func gatewayTableIsCovered() {
        let tested = Set(Self.gatewayRows.map(\.0))
        #expect(GatewayCode.table.allSatisfy { tested.contains($0.number) })
        #expect(GatewayCode.table.count == 25)
    }

    @Test(
        "a task id is found in every shape of success",
        arguments: [
            AnswerSamples.accepted, AnswerSamples.wrapped,
            #"{"code":"10000","data":{"task_id":"7392616336519610409"}}"#,
            #" {"code":10000,"data":{"task_id":7392616336519610409}} "#,
            #"{"code":10000,"ResponseMetadata":null,"data":{"task_id":"7392616336519610409"}}"#,
            #"{"ResponseMetadata":{"Error":null},"Result":{"code":10000,"#
                + #""data":{"task_id":"7392616336519610409"}}}"#,
            #"{"ResponseMetadata":{"Error":{}},"Result":{"code":10000,"#
                + #""data":{"task_id":"7392616336519610409"}}}"#,
            #"{"code":10000,"task_id":"7392616336519610409","data":null}"#,
        ])
    func shapesOfSuccess(_ body: String) {
        guard case .accepted(let task, _) = reader.submit(AnswerSamples.raw(200, body)) else {
            Issue.record("not accepted: \(body)")
            return
        }
        #expect(task == AnswerSamples.task)
    }

    @Test("an id of twenty digits stays exact")
    func longID() throws {
        for id in ["\"18446744073709551615\"", "18446744073709551615"] {
            let body = #"{"code":10000,"data":{"task_id":\#(id)}}"#
            #expect(
                reader.submit(AnswerSamples.raw(200, body))
                    == .accepted(try #require(TaskID("18446744073709551615")), requestID: nil))
        }
    }

    @Test("a code of the service in the gateway's shape is read as such")
    func wrappedBusinessError() {
        let answer = AnswerSamples.raw(400, AnswerSamples.wrappedError)
        #expect(
            reader.submit(answer)
                == .refused(
                    Refusal(
                        remedy: .invalid, code: "50215",
                        message: "Input invalid for this service.", requestID: "r-5",
                        httpStatus: 400)))
    }

    @Test(
        "whatever may have been accepted is unknown",
        arguments: [
            (200, "", Evidence.Reason.empty), (200, " \r\n", .empty),
            (502, AnswerSamples.html, .html),
            (503, "\n<!DOCTYPE html>", .html), (504, AnswerSamples.html, .html),
            (404, AnswerSamples.html, .html), (200, "OK", .notJSON), (200, "null", .wrongShape),
            (200, "[]", .wrongShape), (200, "{}", .wrongShape), (200, "10000", .wrongShape),
            (200, #"{"code":null}"#, .wrongShape), (200, #"{"code":1.5}"#, .wrongShape),
            (200, #"{"code":[10000]}"#, .wrongShape), (500, #"{"message":"x"}"#, .wrongShape),
            (200, #"{"code":10000}"#, .noTaskID), (200, #"{"code":10000,"data":null}"#, .noTaskID),
            (200, #"{"code":10000,"data":[]}"#, .noTaskID),
            (200, #"{"code":10000,"data":{"task_id":""}}"#, .noTaskID),
            (200, #"{"code":10000,"data":{"task_id":0}}"#, .noTaskID),
            (200, #"{"code":10000,"data":{"task_id":7.392616336519610e18}}"#, .noTaskID),
            (200, #"{"code":10000,"data":{"task_id":{"a":1}}}"#, .noTaskID),
            (200, #"{"code":10000,"data":"7392616336519610409"}"#, .noTaskID),
            (400, #"{"code":50412,"data":{"task_id":"7392616336519610409"}}"#, .contradictory),
            (500, #"{"ResponseMetadata":{"Error":{"CodeN":null}}}"#, .wrongShape),
            (200, "{\"code\":10000,\"data\":{\"task_id\":\"1\"}}\u{0}", .notJSON),
            (200, String(repeating: "[", count: 100_000), .notJSON),
        ])
    func unknown(_ status: Int, _ body: String, _ reason: Evidence.Reason) {
        guard case .unknown(let evidence) = reader.submit(AnswerSamples.raw(status, body)) else {
            Issue.record("not unknown: \(status) \(body.prefix(80))")
            return
        }
        #expect(evidence.reason == reason)
        #expect(evidence.httpStatus == status)
        #expect(evidence.excerpt.unicodeScalars.count <= 201)
        #expect(!evidence.description.isEmpty)
    }

    @Test("status 429 is a refusal even when its body cannot be read")
    func bare429() {
        let answer = AnswerSamples.raw(429, "slow down", retryAfter: "7")
        #expect(remedy(of: answer) == .rateLimit(retryAfter: .seconds(7)))
    }

    @Test(
        "Retry-After is read in seconds and bounded",
        arguments: [
            ("3", Duration.seconds(3)), ("999999", .seconds(3_600)), ("-1", nil), ("1.5", nil),
            ("", nil), ("99999999999999999999", nil), ("Sun, 06 Nov 1994 08:49:37 GMT", nil),
        ])
    func retryAfter(_ header: String, _ delay: Duration?) {
        var answer = AnswerSamples.service(50_429, 429)
        answer = RawAnswer(status: 429, retryAfter: header, body: answer.body)
        #expect(remedy(of: answer) == .rateLimit(retryAfter: delay))
    }

    @Test("image models are not tried again after an internal error")
    func imagesFail() {
        for code in [50_500, 50_501] {
            let answer = AnswerSamples.service(code, 500)
            guard case .refused(let images) = reader.submit(answer, output: .images),
                case .refused(let video) = reader.submit(answer, output: .video)
            else {
                Issue.record("an internal error with a body is a refusal")
                continue
            }
            #expect(images.remedy == .failed)
            #expect(video.remedy == .transient)
        }
    }

    private func remedy(of answer: RawAnswer) -> Refusal.Remedy? {
        if case .refused(let refusal) = reader.submit(answer) { refusal.remedy } else { nil }
    }
}
