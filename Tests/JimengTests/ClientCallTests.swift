// The client against a server that behaves: what goes over the wire, and how connections are used.

import NIOCore
import Testing

@testable import Jimeng

@Suite("Calls", .timeLimit(.minutes(1)))
struct ClientCallTests {
    static let now = ClientTransportTests.now

    private func run<Result>(
        _ react: @escaping @Sendable (Int) -> RawServer.Reaction,
        _ use: (JimengClient, RawServer) async throws -> Result
    ) async throws -> Result {
        let server = try await RawServer.start(react)
        let client = try ClientTransportTests.client("http://127.0.0.1:\(server.port)")
        let result = try await use(client, server)
        await client.shutdown()
        await server.stop()
        return result
    }

    private static let accepted = RawServer.response("200 OK", AnswerSamples.accepted)
    private static let inQueue = RawServer.response(
        "200 OK", String(decoding: AnswerSamples.state(AnswerSamples.waiting).body, as: UTF8.self))

    @Test("a submit is the signed POST that the provider expects")
    func onTheWire() async throws {
        let submission = try ClientTransportTests.submission()
        let (meaning, request, port) = try await run({ _ in .write(Self.accepted) }) {
            client, server in
            let meaning = await client.submit(submission, seed: 5, at: Self.now).meaning
            return (meaning, try #require(server.requests.first), server.port)
        }
        #expect(meaning == .accepted(AnswerSamples.task, requestID: "r-3"))
        #expect(request.body == submission.body(seed: 5))
        var expected = UnsignedRequest(host: "127.0.0.1:\(port)")
        expected.query = [("Action", "CVSync2AsyncSubmitTask"), ("Version", "2022-08-31")]
        expected.headers = [("Content-Type", "application/json")]
        expected.body = request.body
        let signer = RequestSigner(
            credentials: try Credentials(
                accessKeyID: "AKLT", secretAccessKey: Secret("secret==")))
        let lines = request.head.split(separator: "\r\n").map(String.init)
        #expect(
            lines.first
                == "POST /?Action=CVSync2AsyncSubmitTask&Version=2022-08-31 HTTP/1.1")
        for header in signer.sign(expected, at: Self.now) {
            let sent = lines.filter { $0.lowercased().hasPrefix(header.name.lowercased() + ":") }
            #expect(sent == ["\(header.name): \(header.value)"])
        }
        #expect(lines.contains("User-Agent: jimeng-worker"))
        #expect(lines.contains { $0.lowercased() == "content-length: \(request.body.count)" })
    }

    @Test("a query names the model and the task")
    func queryOnTheWire() async throws {
        let query = try ClientTransportTests.query
        let (meaning, request) = try await run({ _ in .write(Self.inQueue) }) { client, server in
            let meaning = await client.query(query, at: Self.now).meaning
            return (meaning, try #require(server.requests.first))
        }
        #expect(meaning == .inProgress(.inQueue))
        #expect(request.body == query.body)
        #expect(request.head.hasPrefix("POST /?Action=CVSync2AsyncGetResult&"))
    }

    @Test("a large body arrives as it is")
    func largeBody() async throws {
        let submission = try ClientTransportTests.submission(imageBytes: 4_900_000)
        let (meaning, body) = try await run({ _ in .write(Self.accepted) }) { client, server in
            let meaning = await client.submit(submission, at: Self.now).meaning
            return (meaning, try #require(server.requests.first).body)
        }
        #expect(meaning == .accepted(AnswerSamples.task, requestID: "r-3"))
        #expect(body.count > 4 << 20)
        #expect(body == submission.body())
    }

    @Test("queries share a connection, every submit has its own")
    func connections() async throws {
        let query = try ClientTransportTests.query
        let submission = try ClientTransportTests.submission()
        let requests = try await run({ $0 < 3 ? .write(Self.inQueue) : .write(Self.accepted) }) {
            client, server in
            for _ in 0..<3 { _ = await client.query(query, at: Self.now) }
            for _ in 0..<2 { _ = await client.submit(submission, at: Self.now) }
            return server.requests
        }
        #expect(requests.map(\.connection) == [0, 0, 0, 1, 2])
    }

    @Test("a kept connection that the server closes under a query: asked once, then anew")
    func keptConnectionCloses() async throws {
        let query = try ClientTransportTests.query
        let (meanings, requests) = try await run({
            $0 == 1 ? .writeAndClose("") : .write(Self.inQueue)
        }) { client, server in
            var meanings: [QueryMeaning] = []
            for _ in 0..<3 { meanings.append(await client.query(query, at: Self.now).meaning) }
            return (meanings, server.requests)
        }
        #expect(meanings[0] == .inProgress(.inQueue))
        guard case .askAgain(let again) = meanings[1] else {
            Issue.record("\(meanings[1])")
            return
        }
        #expect(again.reason == .transport)
        #expect(meanings[2] == .inProgress(.inQueue))
        #expect(requests.map(\.connection) == [0, 0, 1])
    }

    @Test("a connection that the server closes after each answer harms nobody")
    func closesAfterAnswer() async throws {
        let query = try ClientTransportTests.query
        let submission = try ClientTransportTests.submission()
        for round in 0..<10 {
            let (meaning, requests) = try await run({ number in
                .writeAndClose(number == 0 ? Self.inQueue : Self.accepted)
            }) { client, server in
                _ = await client.query(query, at: Self.now)
                return (
                    await client.submit(submission, at: Self.now).meaning, server.requests
                )
            }
            #expect(
                meaning == .accepted(AnswerSamples.task, requestID: "r-3"), "round \(round)")
            #expect(requests.count == 2)
        }
    }

    @Test("a hundred submits at once each arrive once")
    func manyAtOnce() async throws {
        let submission = try ClientTransportTests.submission()
        let (accepted, requests) = try await run({ number in
            number.isMultiple(of: 3) ? .writeAndClose("") : .write(Self.accepted)
        }) { client, server in
            let accepted = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<100 {
                    group.addTask {
                        if case .accepted = await client.submit(submission, at: Self.now).meaning {
                            true
                        } else {
                            false
                        }
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            return (accepted, server.requests.count)
        }
        #expect(requests == 100)
        #expect(accepted == 66)
    }

    @Test("the provider's clock is compared with ours")
    func clockSkew() async throws {
        let query = try ClientTransportTests.query
        // 45 seconds ahead of the time that the call is given.
        let date = "Date: Tue, 15 Jul 2025 08:18:50 GMT\r\n"
        let dated = RawServer.response("500 Internal Server Error", "", headers: date)
        let skews = try await run({ $0 == 0 ? .write(dated) : .write(Self.inQueue) }) { client, _ in
            let first = await client.query(query, at: Self.now).clockSkew
            let second = await client.query(query, at: Self.now).clockSkew
            return (first, second)
        }
        let skew = try #require(skews.0)
        #expect(skew < .seconds(45))
        #expect(skew > .seconds(40))
        #expect(skews.1 == nil)
    }

    @Test("a limit is told with the time that the provider asks for")
    func retryAfter() async throws {
        let limit = RawServer.response(
            "429 Too Many Requests",
            String(decoding: AnswerSamples.service(50_429, 429).body, as: UTF8.self),
            headers: "Retry-After: 3\r\n")
        let query = try ClientTransportTests.query
        let submission = try ClientTransportTests.submission()
        let (submitted, queried) = try await run({ _ in .write(limit) }) { client, _ in
            (
                await client.submit(submission, at: Self.now).meaning,
                await client.query(query, at: Self.now).meaning
            )
        }
        guard case .refused(let refusal) = submitted, case .askAgain(let again) = queried else {
            Issue.record("\(submitted) \(queried)")
            return
        }
        #expect(refusal.remedy == .rateLimit(retryAfter: .seconds(3)))
        #expect(again.retryAfter == .seconds(3))
    }

    @Test("a query that fails on its way says nothing about the task")
    func queryFails() async throws {
        let port = DeadPort()
        let client = try ClientTransportTests.client("http://127.0.0.1:\(port.number)")
        let meaning = await client.query(try ClientTransportTests.query, at: Self.now).meaning
        guard case .askAgain(let again) = meaning else {
            Issue.record("\(meaning)")
            return
        }
        #expect(again.reason == .transport)
        await client.shutdown()
    }
}
