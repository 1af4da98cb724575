// Whose calls the provider believes.

import JimengSimulator
import Testing

@Suite("Signatures")
struct SignatureTests {
    @Test(
        "signatures of the SDK, of the original script and of others are accepted",
        arguments: GoldenRequest.all)
    func golden(_ golden: GoldenRequest) throws {
        #expect(!Reply(try answer(golden, golden.request())).words.contains(" 1000"))
    }

    @Test("the same requests with one digit changed are refused", arguments: GoldenRequest.all)
    func altered(_ golden: GoldenRequest) throws {
        let wrong = golden.signature.dropLast() + (golden.signature.hasSuffix("0") ? "1" : "0")
        let request = golden.request(signature: String(wrong))
        #expect(Reply(try answer(golden, request)).words == "401 100010")
    }

    @Test("the same requests with one byte more of body are refused", arguments: GoldenRequest.all)
    func longer(_ golden: GoldenRequest) throws {
        var request = golden.request()
        request.body.append(UInt8(ascii: " "))
        #expect(Reply(try answer(golden, request)).words == "401 100010")
    }

    private func answer(_ golden: GoldenRequest, _ request: SimulatedRequest) throws
        -> SimulatedAnswer
    {
        let account = SimulatedAccount(name: "golden", keys: [golden.key])
        var provider = SimulatedProvider(ProviderOptions(accounts: [account]))
        return provider.handle(request, at: try #require(WallTime(basic: golden.date)))
    }

    @Test("what is missing or malformed has a gateway code of its own")
    func malformed() {
        var talk = Conversation()
        func request(_ change: (inout SimulatedRequest) -> Void) -> SimulatedRequest {
            var request = talk.signer.call("CVSync2AsyncSubmitTask", "{}", at: talk.now)
            change(&request)
            return request
        }
        func authorization(_ change: (String) -> String) -> SimulatedRequest {
            request { request in
                let old = request.headers.first("Authorization") ?? ""
                request.headers.removeAll { $0.name == "Authorization" }
                request.headers.append(HeaderField("Authorization", change(old)))
            }
        }
        func without(_ name: String) -> SimulatedRequest {
            request { $0.headers.removeAll { $0.name == name } }
        }
        func at(_ target: String) -> SimulatedRequest { request { $0.target = target } }

        #expect(talk.tell(at("/?Version=2022-08-31")) == "400 100002")
        #expect(talk.tell(at("/?Action=CVSync2AsyncSubmitTask")) == "400 100002")
        #expect(talk.tell(at("/?Action=Nonsense&Version=2022-08-31")) == "404 100008")
        #expect(talk.tell(at("/?Action=CVSync2AsyncSubmitTask&Version=1999-01-01")) == "404 100008")
        #expect(talk.tell(request { $0.method = "GET" }) == "405 100020")
        #expect(talk.tell(without("Authorization")) == "401 100003")
        #expect(talk.tell(without("X-Date")) == "400 100004")
        #expect(talk.tell(without("Host")) == "400 100004")
        #expect(talk.tell(without("Content-Type")) == "401 100010")
        #expect(talk.tell(without("X-Content-Sha256")) == "401 100010")
        #expect(talk.tell(authorization { _ in "Bearer x" }) == "400 100024")
        #expect(talk.tell(authorization { $0.replacing("Credential", with: "C") }) == "400 100024")
        #expect(
            talk.tell(authorization { $0.replacing("SignedHeaders", with: "S") }) == "400 100024")
        #expect(talk.tell(authorization { $0.replacing("Signature=", with: "S=") }) == "401 100005")
        #expect(talk.tell(authorization { $0.replacing("/request", with: "") }) == "400 100025")
        #expect(talk.tell(authorization { $0.replacing("/2025", with: "/2024") }) == "400 100025")
        #expect(talk.tell(authorization { $0.replacing("AKLT", with: "AKLX") }) == "401 100009")
        #expect(talk.tell(request { $0.body = Array("{ }".utf8) }) == "401 100010")
        #expect(talk.tell(request { $0.target += "&more=1" }) == "401 100010")
        #expect(talk.tell(request { _ in }) == "400 50200")
    }

    @Test("host and x-date must be signed; their order does not matter")
    func coverage() {
        var talk = Conversation()
        for (signed, expected) in [
            (["host", "x-date"], "200 accepted"), (["x-date", "host"], "200 accepted"),
            (["x-date"], "400 100004"), (["host"], "400 100004"),
        ] {
            talk.signer.signed = signed
            #expect(talk.submit() == expected)
        }
    }

    @Test("another service or region is not served")
    func scope() {
        var talk = Conversation()
        talk.signer.scope = "cn-north-1/ecs/request"
        #expect(talk.submit() == "404 100007")
        talk.signer.scope = "cn-beijing/cv/request"
        #expect(talk.submit() == "400 100025")
    }

    @Test(
        "a wrong secret is refused as a signature that does not match, without telling the right one"
    )
    func secret() {
        var talk = Conversation()
        talk.signer.secret = "wrong"
        #expect(talk.submit() == "401 100010")
        let text = String(decoding: talk.lastAnswer.body, as: UTF8.self)
        #expect(text.contains(#""CodeN":100010,"Code":"SignatureDoesNotMatch""#))
        #expect(!text.contains("c2ltdWxh"))
    }

    @Test("the clock may be off by 15 minutes, either way, and no more")
    func clock() {
        var talk = Conversation()
        for (skew, expected) in [(899, "200 accepted"), (901, "400 100006")] {
            for sign in [1, -1] {
                let then = talk.now + .seconds(skew * sign)
                let body = #"{"req_key":"jimeng_t2v_v30","prompt":"x"}"#
                let request = talk.signer.call("CVSync2AsyncSubmitTask", body, at: then)
                #expect(talk.tell(request) == expected, "\(skew * sign) s")
                talk.wait(.seconds(200))
            }
        }
    }

    @Test("a temporary key needs its token, and the token must be signed")
    func token() {
        let account = SimulatedAccount(
            name: "sts", keys: [.init(accessKeyID: "AKTP", secret: "s", sessionToken: "STS2x")])
        var talk = Conversation(ProviderOptions(accounts: [account]))
        talk.signer = Signer(accessKeyID: "AKTP", secret: "s")
        #expect(talk.submit() == "401 100026")
        talk.signer.sessionToken = "STS2y"
        #expect(talk.submit() == "401 100026")
        talk.signer.sessionToken = "STS2x"
        talk.signer.signed = ["host", "x-date"]
        #expect(talk.submit() == "401 100010")
        talk.signer.signed = Signer.demo.signed
        #expect(talk.submit() == "200 accepted")
    }

    @Test("a token with a key that has none is refused")
    func needlessToken() {
        var talk = Conversation()
        talk.signer.sessionToken = "STS2x"
        #expect(talk.submit() == "401 100026")
    }

    @Test("secrets are not printed")
    func description() {
        let key = SimulatedAccount.Key(accessKeyID: "AK", secret: "hush", sessionToken: "quiet")
        var dumped = ""
        dump(ProviderOptions(accounts: [SimulatedAccount(name: "a", keys: [key])]), to: &dumped)
        for text in ["\(key)", String(reflecting: key), dumped] {
            #expect(!text.contains("hush") && !text.contains("quiet"))
        }
    }
}
