// The simulated provider: its dial, its calls and its server bear whatever comes.

import JSON
import Jimeng
import JimengSimulator

extension FuzzTarget {
    static let faultDial = FuzzTarget(
        name: "fault-dial", seeds: SimulatorCheck.dials,
        make: { chance in Array(SimulatorCheck.dialGrammar.object(&chance).utf8) },
        check: { bytes throws(Broken) in try SimulatorCheck.dial(bytes) })

    static let simulatedProvider = FuzzTarget(
        name: "simulated-provider", seeds: SimulatorCheck.bodies,
        words: Nasty.words + SimulatorCheck.words,
        make: { chance in SimulatorCheck.body(&chance) },
        check: { bytes throws(Broken) in try SimulatorCheck.calls(bytes) })
}

private enum SimulatorCheck {
    private static let now = WallTime(nanoseconds: 1_795_343_820_000_000_000)

    // MARK: Dial

    static let dialGrammar = JSONGrammar(members: [
        ("submit_refusals", [#"{"50430":0.5}"#, "{}", #"{"50430":1e-300,"x":1}"#]),
        ("query_refusals", [#"{"50500":1}"#]),
        ("failed_tasks", [#"{"50511":0.5,"50516":0.5}"#]),
        ("drop_before_handling", ["0", "1", "0.5", "-0"]),
        ("drop_after_acceptance", ["0.5"]), ("html_pages", ["0.5"]),
        ("html_statuses", ["[502]", "[]", "[599,1e2]"]),
        ("slow_answers", ["1"]),
        ("slow_delay_seconds", ["[0,0]", "[0,1e300]", "[1e18,1e19]", "[2,1]", "[1]", "[0,9e9]"]),
        ("truncated_answers", ["1"]), ("empty_bodies", ["1"]), ("lost_tasks", ["1"]),
        ("done_without_url", ["1"]),
        ("done_without_url_seconds", ["10", "1e300", "1e12", "9e9", "-1"]),
        ("unknown_statuses", ["1"]),
        ("unknown_status_texts", [#"["x"]"#, "[]", #"["\u0000"]"#]), ("late_successes", ["1"]),
        ("late_success_seconds", ["1e300", "1e10", "1200"]), ("expiring_links", ["1"]),
        ("expiring_link_seconds", ["2", "1e19", "9.3e9"]),
        ("clock_skew_seconds", ["-1e300", "9e9", "-9e9", "1e-9", "600"]),
        ("preset", [#""rough""#, #""none""#]),
    ])

    static let dials = Nasty.bytes([
        #"{"clock_skew_seconds":1e300}"#, #"{"clock_skew_seconds":9.2e9}"#,
        #"{"clock_skew_seconds":-9.2e9}"#,
        #"{"slow_answers":1,"slow_delay_seconds":[1e30,1e30]}"#,
        #"{"late_successes":1,"late_success_seconds":9.2e9}"#,
        #"{"preset":"rough"}"#, "{\"preset\":\"\(String(repeating: "x", count: 10_000))\"}",
        #"{"done_without_url":1,"done_without_url_seconds":1e19}"#,
        String(repeating: "[", count: 10_000), "",
    ])

    static func dial(_ bytes: [UInt8]) throws(Broken) -> String {
        let dial: FaultDial
        do throws(SimulatorError) {
            dial = try FaultDial(json: bytes)
        } catch {
            return Behaviour.of(error.description)
        }
        try hold(dial.problem == nil, "dial-with-a-problem", dial.problem ?? "")
        guard let json = try? dial.json() else { throw Broken("dial-not-written") }
        do throws(SimulatorError) {
            _ = try FaultDial(json: json)
        } catch {
            throw Broken("written-dial-refused", error.description)
        }
        var provider = SimulatedProvider(dial: dial)
        for second in 0..<4 {
            let time = now + .seconds(second * 40)
            let submitted = provider.handle(
                signed("CVSync2AsyncSubmitTask", Self.submit, at: time), at: time)
            try check(submitted)
            _ = provider.handle(
                signed("CVSync2AsyncGetResult", query(submitted), at: time), at: time)
        }
        _ = provider.invoice(at: now + .seconds(1_000_000))
        return "dial \(dial.slowAnswers > 0) \(dial.lateSuccesses > 0) \(dial.clockSkew > .zero)"
    }

    // MARK: Calls

    static let submit = Array(#"{"req_key":"jimeng_t2v_v30","prompt":"a cat"}"#.utf8)

    static let bodies: [[UInt8]] =
        [submit]
        + Nasty.bytes([
            #"{"req_key":"jimeng_t2v_v30","prompt":"a [sim:refuse=50430x3][sim:time=20s][sim:slow=250ms]"}"#,
            #"{"req_key":"jimeng_i2v_first_v30","prompt":"b","image_urls":["http://x/y.jpg"],"seed":-1,"frames":121}"#,
            #"{"req_key":"jimeng_t2i_v40","prompt":"c","size":4194304,"scale":0.5}"#,
            #"{"prompt":"[sim:time=1e300s]"}"#,
            #"{"prompt":"[sim:refuse=99999999999999999999x9999999999999999999]"}"#,
            #"{"prompt":"[sim:[sim:]]"}"#,
            #"{"req_key":"jimeng_t2v_v30","prompt":"[sim:link=8784h][sim:no-url=8784h]"}"#,
            #"{"req_key":"jimeng_t2v_v30","prompt":"[sim:time=inf s][sim:slow=nans]"}"#,
        ])

    static let words = Nasty.bytes([
        "[sim:", "]", "x3", "x-1", "x99999999999999999999", "=", "time=", "slow=", "refuse=",
        "1e308h", "0.0000001ms", "lost",
        "[sim:empty]", "[sim:truncate]", "[sim:query-error=502]", "[sim:status=\u{301}]",
        "jimeng_t2v_v30", "\"task_id\":",
    ])

    private static let grammar = JSONGrammar(members: [
        ("req_key", ["\"jimeng_t2v_v30\"", "\"jimeng_vgfm_i2v_l20\"", "\"jimeng_t2i_v40\""]),
        (
            "prompt",
            [
                "\"x\"", "\"[sim:time=3s]\"", "\"[sim:fail=50516][sim:link=2s]\"",
                "\"[sim:drop-after-accept]\"",
            ]
        ),
        ("image_urls", [#"["http://x/a.jpg"]"#]), ("binary_data_base64", [#"["AAAA"]"#]),
        ("seed", ["-1", "5"]),
        ("frames", ["121", "241"]), ("aspect_ratio", ["\"16:9\""]), ("width", ["1024"]),
        ("height", ["1024"]), ("scale", ["0.5"]),
        ("template_id", ["\"robo_arm\""]), ("camera_strength", ["\"weak\""]),
        ("task_id", ["\"1\""]),
        (
            "req_json",
            [#""{\"return_url\":true}""#, "\"{\"", "\"\(String(repeating: "[", count: 3000))\""]
        ),
    ])

    static func body(_ chance: inout SplitMix64) -> [UInt8] { Array(grammar.object(&chance).utf8) }

    /// The body goes to every action, signed; then, unsigned, as the rest of a request.
    static func calls(_ bytes: [UInt8]) throws(Broken) -> String {
        var provider = SimulatedProvider()
        var seen: [String] = []
        for (action, body) in [("CVSync2AsyncSubmitTask", bytes), ("CVSync2AsyncGetResult", bytes)]
        {
            let answer = provider.handle(signed(action, body, at: now), at: now)
            try check(answer)
            seen.append(Behaviour.of(String(decoding: answer.body.prefix(120), as: UTF8.self)))
            let later = now + .seconds(100_000)
            try check(
                provider.handle(
                    signed("CVSync2AsyncGetResult", query(answer), at: later), at: later))
        }
        let text = String(decoding: bytes.prefix(2000), as: UTF8.self)
        for target in [
            "/\(text)", "/?\(text)", "/videos/\(text)", "/images/\(text)", "/_sim/\(text)", text,
        ] {
            var request = SimulatedRequest(method: "GET", target: target, body: bytes)
            request.headers = [
                HeaderField(
                    "Authorization",
                    "HMAC-SHA256 Credential=\(text), SignedHeaders=\(text), Signature=\(text)"),
                HeaderField("X-Date", String(text.prefix(16))),
                HeaderField("Range", "bytes=\(text)"), HeaderField("Host", text),
            ]
            try check(provider.handle(request, at: now))
        }
        _ = provider.invoice(at: now + .seconds(1_000_000))
        return seen.joined(separator: "; ")
    }

    private static func check(_ answer: SimulatedAnswer) throws(Broken) {
        try hold((100...599).contains(answer.status), "status", "\(answer.status)")
        try hold(answer.delay >= .zero, "negative-delay")
        let isJSON = answer.headers.contains {
            $0.name == "Content-Type" && $0.value.hasPrefix("application/json")
        }
        if isJSON, !answer.body.isEmpty { _ = try Promise.json(answer.body, "answer-is-not-json") }
    }

    private static func query(_ answer: SimulatedAnswer) -> [UInt8] {
        let id = (try? JSON(parsing: answer.body))?["data"]?["task_id"]?.string ?? "1"
        return Array(#"{"req_key":"jimeng_t2v_v30","task_id":"\#(id)"}"#.utf8)
    }

    /// Signed by the client's own signer with the key that everybody knows.
    private static func signed(_ action: String, _ body: [UInt8], at time: WallTime)
        -> SimulatedRequest
    {
        var unsigned = UnsignedRequest(host: "sim.test")
        unsigned.query = [(name: "Action", value: action), (name: "Version", value: "2022-08-31")]
        unsigned.headers = [(name: "Content-Type", value: "application/json")]
        unsigned.body = body
        guard
            let credentials = try? Credentials(
                accessKeyID: "AKLTsimulator", secretAccessKey: Secret("c2ltdWxhdG9yLXNlY3JldA=="))
        else { return SimulatedRequest(method: "POST", target: "/") }
        let headers = RequestSigner(credentials: credentials)
            .sign(unsigned, at: UTCTime(secondsSince1970: time.nanoseconds / 1_000_000_000))
        return SimulatedRequest(
            method: "POST", target: "/?Action=\(action)&Version=2022-08-31",
            headers: headers.map { HeaderField($0.name, $0.value) }, body: body)
    }
}
