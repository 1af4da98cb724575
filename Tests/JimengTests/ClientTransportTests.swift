// The client against a server that misbehaves in every way: what counts as sent, and how often.

import NIOCore
import Testing

@testable import Jimeng

@Suite("Transport", .timeLimit(.minutes(1)))
struct ClientTransportTests {
    static let now = UTCTime(secondsSince1970: 1_752_567_485)

    static func client(
        _ address: String, connect: Duration = .seconds(5), answer: Duration = .seconds(10),
        _ change: (inout ClientSettings) -> Void = { _ in }
    ) throws -> JimengClient {
        var settings = ClientSettings()
        settings.endpoint = try Endpoint(address)
        settings.connectTimeout = connect
        settings.answerTimeout = answer
        settings.maximumAnswerBytes = 100_000
        change(&settings)
        return try JimengClient(
            credentials: Credentials(accessKeyID: "AKLT", secretAccessKey: Secret("secret==")),
            settings: settings)
    }

    static func submission(imageBytes: Int = 0) throws -> PreparedSubmission {
        var request = RequestCheckTests.good("jimeng_i2v_first_v30")
        if imageBytes > 0 {
            request.imageURLs = []
            request.imagesBase64 = [
                Base64ImageTests.encode(
                    Base64ImageTests.jpeg + Array(repeating: 0, count: imageBytes))
            ]
        }
        return try ModelCatalogue().validate(request)
    }

    static var query: TaskQuery {
        get throws {
            TaskQuery(
                modelKey: "jimeng_t2v_v30", taskID: try #require(TaskID("7392616336519610409")),
                model: ModelCatalogue().model("jimeng_t2v_v30"))
        }
    }

    /// One submit to a server that reacts so to it, and what the server saw.
    private func submit(
        _ reaction: RawServer.Reaction, answer: Duration = .seconds(10)
    ) async throws -> (SubmitMeaning, RawServer) {
        let server = try await RawServer.start { _ in reaction }
        let client = try Self.client(
            "http://127.0.0.1:\(server.port)", connect: min(.seconds(5), answer * 0.9),
            answer: answer)
        let answered = await client.submit(try Self.submission(), at: Self.now)
        await client.shutdown()
        await server.stop()
        return (answered.meaning, server)
    }

    private func fault(_ meaning: SubmitMeaning) -> TransportFault.Kind? {
        guard case .unknown(let evidence) = meaning, case .transport(let fault) = evidence.reason
        else { return nil }
        return fault.kind
    }

    private func notSent(_ meaning: SubmitMeaning) -> TransportFault.Kind? {
        if case .notSent(let fault) = meaning { fault.kind } else { nil }
    }
}

// MARK: - Certainly not sent

extension ClientTransportTests {
    @Test("nobody listens: not sent", arguments: [0, 6_000_000])
    func refused(_ imageBytes: Int) async throws {
        let port = DeadPort()
        let client = try Self.client("http://127.0.0.1:\(port.number)")
        // Larger than the 4 MiB from which on the HTTP client asks for the body in pieces.
        let bytes = min(imageBytes, 4_900_000)
        let submission = try Self.submission(imageBytes: bytes)
        let meaning = await client.submit(submission, at: Self.now).meaning
        #expect(notSent(meaning) == .connectionRefused)
        await client.shutdown()
    }

    @Test("a name that cannot be resolved: not sent")
    func noName() async throws {
        // A label of more than 63 letters never leaves the resolver.
        let name = String(repeating: "a", count: 64)
        let client = try Self.client("https://\(name).invalid")
        let meaning = await client.submit(try Self.submission(), at: Self.now).meaning
        #expect(notSent(meaning) == .nameNotResolved)
        await client.shutdown()
    }

    @Test("a server that does not speak TLS: not sent")
    func noTLS() async throws {
        let answer = "HTTP/1.1 400 Bad Request\r\n\r\n"
        let server = try await RawServer.start { _ in .silence }
        let talker = try await TalkingServer.start(answer)
        for port in [talker.port] {
            let client = try Self.client("https://127.0.0.1:\(port)")
            let meaning = await client.submit(try Self.submission(), at: Self.now).meaning
            #expect(notSent(meaning) == .tls)
            await client.shutdown()
        }
        let client = try Self.client(
            "https://127.0.0.1:\(server.port)", connect: .milliseconds(200))
        let meaning = await client.submit(try Self.submission(), at: Self.now).meaning
        #expect(notSent(meaning) != nil)
        #expect(server.requests.isEmpty)
        await client.shutdown()
        await talker.stop()
        await server.stop()
    }

    @Test("a server that leaves in the midst of the TLS handshake: not sent")
    func leavesInHandshake() async throws {
        let server = try await TalkingServer.start("")
        let client = try Self.client("https://127.0.0.1:\(server.port)")
        let meaning = await client.submit(try Self.submission(), at: Self.now).meaning
        #expect(notSent(meaning) != nil, "\(meaning)")
        await client.shutdown()
        await server.stop()
    }

    @Test("no free connection in time: not sent, while the first call goes on")
    func poolIsFull() async throws {
        let server = try await RawServer.start { _ in .silence }
        let client = try Self.client(
            "http://127.0.0.1:\(server.port)", connect: .seconds(1), answer: .seconds(3)
        ) { $0.maximumConnections = 1 }
        let submission = try Self.submission()
        async let first = client.submit(submission, at: Self.now)
        await server.firstRequest()
        let second = await client.submit(submission, at: Self.now)
        #expect(notSent(second.meaning) == .poolTimeout)
        #expect(second.elapsed < .seconds(3))
        #expect(await fault(first.meaning) == .answerTimeout)
        #expect(server.requests.count == 1)
        await client.shutdown()
        await server.stop()
    }

    @Test("after the shutdown, or in a task that is cancelled already: not sent")
    func shutDown() async throws {
        let server = try await RawServer.start { _ in .silence }
        let client = try Self.client("http://127.0.0.1:\(server.port)")
        let submission = try Self.submission()
        let cancelled = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return await client.submit(submission, at: Self.now).meaning
        }
        #expect(notSent(await cancelled.value) == .cancelled)
        await client.shutdown()
        await client.shutdown()
        #expect(notSent(await client.submit(submission, at: Self.now).meaning) == .shutDown)
        #expect(server.bytes == 0)
        await server.stop()
    }
}

// MARK: - Perhaps accepted

extension ClientTransportTests {
    @Test("the server reads the request and leaves: unknown, and not sent again")
    func closesBeforeAnswer() async throws {
        let (meaning, server) = try await submit(.writeAndClose(""))
        #expect(fault(meaning) == .connectionClosed)
        #expect(server.requests.count == 1)
        #expect(server.connections == 1)
    }

    @Test("the server reads the request and resets: unknown, and not sent again")
    func resets() async throws {
        let (meaning, server) = try await submit(.reset)
        #expect(fault(meaning) == .connectionClosed)
        #expect(server.requests.count == 1)
    }

    @Test("the server never answers: unknown, in time")
    func silence() async throws {
        let (meaning, server) = try await submit(.silence, answer: .seconds(2))
        #expect(fault(meaning) == .answerTimeout)
        #expect(server.requests.count == 1)
    }

    @Test("a task that is cancelled while the answer is out: unknown")
    func cancelled() async throws {
        let server = try await RawServer.start { _ in .silence }
        let client = try Self.client("http://127.0.0.1:\(server.port)")
        let submission = try Self.submission()
        let task = Task { await client.submit(submission, at: Self.now).meaning }
        await server.firstRequest()
        task.cancel()
        #expect(fault(await task.value) == .cancelled)
        await client.shutdown()
        await server.stop()
    }

    @Test(
        "the answer breaks off in its head or its body: unknown",
        arguments: [
            "HTTP/1.1 200 O",
            "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"code\":10000,\"data\"",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"cod\r\n",
        ])
    func breaksOff(_ text: String) async throws {
        let (meaning, server) = try await submit(.writeAndClose(text))
        #expect(fault(meaning) == .connectionClosed, "\(meaning)")
        #expect(server.requests.count == 1)
    }

    @Test("an answer that is whole but for the end of its framing counts")
    func framingLost() async throws {
        let text =
            "HTTP/1.1 200 OK\r\nContent-Length: \(AnswerSamples.accepted.utf8.count + 2)\r\n\r\n"
            + AnswerSamples.accepted
        let (meaning, _) = try await submit(.writeAndClose(text))
        #expect(meaning == .accepted(AnswerSamples.task, requestID: "r-3"))
    }

    @Test("an answer that trickles in is given up in time")
    func trickle() async throws {
        let head = "HTTP/1.1 200 OK\r\nContent-Length: 50000\r\n\r\n{"
        let (meaning, server) = try await submit(
            .repeating(head, " ", every: .milliseconds(50)), answer: .seconds(2))
        #expect(fault(meaning) == .answerTimeout)
        #expect(server.requests.count == 1)
    }

    @Test(
        "what is no HTTP, no JSON or no end of it: unknown",
        arguments: [
            ("SSH-2.0-OpenSSH_9.2\r\n", nil),
            (RawServer.response("502 Bad Gateway", AnswerSamples.html), Evidence.Reason.html),
            (RawServer.response("200 OK", ""), .empty),
            (
                "HTTP/1.1 307 Temporary Redirect\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n",
                .empty
            ),
            ("HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n{", .tooLarge),
        ])
    func unreadable(_ text: String, _ reason: Evidence.Reason?) async throws {
        let reaction: RawServer.Reaction =
            reason == .tooLarge
            ? .repeating(text, String(repeating: " ", count: 60_000), every: .milliseconds(5))
            : .writeAndClose(text)
        let (meaning, server) = try await submit(reaction)
        guard case .unknown(let evidence) = meaning else {
            Issue.record("not unknown: \(meaning)")
            return
        }
        if let reason { #expect(evidence.reason == reason) }
        #expect(server.requests.count == 1)
    }
}
