// The server over real loopback sockets.

import JimengSimulator
import Testing

@Suite("Server", .timeLimit(.minutes(1)))
struct ServerTests {
    /// Runs a server for one test.
    private func serving(
        _ options: ProviderOptions = Conversation.options(concurrency: 100),
        maximumBody: Int = 64 << 20, _ body: @Sendable (SimulatorServer) async throws -> Void
    ) async throws {
        let server = try await SimulatorServer.start(
            provider: SimulatedProvider(options), maximumBody: maximumBody)
        do {
            try await body(server)
        } catch {
            await server.stop()
            throw error
        }
        await server.stop()
    }

    private func submit(_ prompt: String, _ server: SimulatorServer) -> SimulatedRequest {
        var signer = Signer.demo
        signer.host = "127.0.0.1:\(server.address.port)"
        let body = #"{"req_key":"jimeng_t2v_v30","prompt":"\#(prompt)"}"#
        return signer.call("CVSync2AsyncSubmitTask", body, at: .current())
    }

    private func query(_ id: String, _ server: SimulatorServer) -> SimulatedRequest {
        var signer = Signer.demo
        signer.host = "127.0.0.1:\(server.address.port)"
        let body = #"{"req_key":"jimeng_t2v_v30","task_id":"\#(id)"}"#
        return signer.call("CVSync2AsyncGetResult", body, at: .current())
    }

    private func reply(_ answer: WireAnswer?) -> Reply {
        Reply(SimulatedAnswer(status: answer?.status ?? 0, body: answer?.body ?? []))
    }

    @Test("submit, query and download over one kept connection; the link points at the server")
    func wholeWay() async throws {
        try await serving { server in
            try await Wire.to(server) { wire in
                let accepted = reply(try await wire.ask(submit("a cat [sim:time=0s]", server)))
                #expect(accepted.words == "200 accepted")
                let done = reply(try await wire.ask(query(accepted.acceptedTask ?? "", server)))
                let url = try #require(done.videoURL)
                #expect(url.hasPrefix(server.address.baseURL + "/videos/"))
                let path = String(url.dropFirst(server.address.baseURL.count))
                let video = try #require(try await wire.get(path))
                #expect(video.status == 200 && video.body == SampleVideo.bytes)
                let part = try #require(
                    try await wire.get(path, [HeaderField("Range", "bytes=4-7")]))
                #expect(part.status == 206 && part.text == "ftyp")
                let head = try #require(
                    try await wire.ask(SimulatedRequest(method: "HEAD", target: path)))
                #expect(head.status == 200 && head.announced == SampleVideo.bytes.count)
                #expect(try await wire.isHealthy())
            }
            let invoice = server.invoice()
            #expect(invoice.lines.count == 1 && invoice.lines[0].delivered)
            #expect(invoice.lines[0].videoFetches == 2)
        }
    }

    @Test("a client that asks to close is closed after its answer")
    func close() async throws {
        try await serving { server in
            try await Wire.to(server) { wire in
                let answer = try await wire.get(
                    "/_sim/health", [HeaderField("Connection", "close")])
                #expect(answer?.headers.first("Connection") == "close")
                #expect(try await wire.receive() == nil)
            }
        }
    }

    @Test("dropped answers close the connection: before handling nothing, after it a task")
    func drops() async throws {
        try await serving { server in
            for (marker, lines) in [("drop-before", 0), ("drop-after-accept", 1)] {
                try await Wire.to(server) { (wire: inout Wire) async throws in
                    #expect(try await wire.ask(submit("[sim:\(marker)]", server)) == nil)
                }
                #expect(server.invoice().lines.count == lines)
            }
            #expect(server.invoice().lines.first?.answerLoss == "dropped")
        }
    }

    @Test("a truncated answer announces all and sends half")
    func truncated() async throws {
        try await serving { server in
            try await Wire.to(server) { wire in
                let answer = try #require(try await wire.ask(submit("[sim:truncate]", server)))
                #expect(answer.status == 200 && !answer.isWhole)
                #expect(answer.body.count == answer.announced / 2)
                #expect(try await wire.receive() == nil)
            }
        }
    }

    @Test("an empty body is announced as such and keeps the connection")
    func empty() async throws {
        try await serving { server in
            try await Wire.to(server) { wire in
                let answer = try #require(try await wire.ask(submit("[sim:empty]", server)))
                #expect(answer.status == 200 && answer.announced == 0)
                #expect(try await wire.isHealthy())
            }
        }
    }

    @Test("a slow answer arrives after its delay")
    func slow() async throws {
        try await serving { server in
            try await Wire.to(server) { wire in
                let clock = ContinuousClock()
                let begin = clock.now
                let answer = try await wire.ask(submit("[sim:slow=80ms]", server))
                #expect(reply(answer).words == "200 accepted")
                #expect(clock.now - begin >= .milliseconds(80))
            }
        }
    }

    @Test("a slow answer does not block others; a client that leaves meanwhile never learned it")
    func slowAndGone() async throws {
        try await serving { server in
            try await Wire.to(server) { slow in
                try await slow.send(submit("[sim:slow=1h]", server))
                // Asks until the slow submit has been handled: it was accepted at once.
                try await Wire.to(server) { (other: inout Wire) async throws in
                    while server.invoice().lines.isEmpty {
                        #expect(try await other.isHealthy())
                    }
                }
                #expect(server.invoice().lines[0].answerDropped == false)
            }
            try await Wire.to(server) { (other: inout Wire) async throws in
                while !server.invoice().lines[0].answerDropped {
                    #expect(try await other.isHealthy())
                }
            }
            #expect(server.invoice().lines[0].answerLoss == "unwritten")
        }
    }

    @Test("requests sent at once over one connection are answered in order")
    func pipelined() async throws {
        try await serving { server in
            try await Wire.to(server) { wire in
                try await wire.send(submit("[sim:slow=20ms]", server))
                try await wire.send(SimulatedRequest(method: "GET", target: "/_sim/health"))
                #expect(try await reply(wire.receive()).words == "200 accepted")
                let health = try await wire.receive()
                #expect(health?.text == #"{"status":"ok"}"#)
            }
        }
    }

    @Test("two hundred connections at once, all accepted, all on the invoice")
    func many() async throws {
        try await serving(Conversation.options(concurrency: 150, submits: 1000)) { server in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 1...200 {
                    group.addTask {
                        try await Wire.to(server) { wire in
                            let status = try await wire.status(of: submit("job \(number)", server))
                            #expect(status == 200 || status == 429)
                        }
                    }
                }
                try await group.waitForAll()
            }
            let counts = server.invoice().requests["CVSync2AsyncSubmitTask"]
            #expect(counts == ["10000": 150, "50430": 50])
            #expect(server.invoice().lines.count == 150)
        }
    }

    @Test("the dial is turned from outside and from inside")
    func dial() async throws {
        try await serving { server in
            try await Wire.to(server) { (wire: inout Wire) async throws in
                let put = SimulatedRequest(
                    method: "PUT", target: "/_sim/dial", body: Array(#"{"html_pages":1}"#.utf8))
                #expect(try await wire.status(of: put) == 200)
                #expect(server.dial().htmlPages == 1)
                #expect(try await reply(wire.ask(submit("x", server))).words.hasSuffix("html"))
                server.setDial(FaultDial())
                #expect(try await reply(wire.ask(submit("x", server))).words == "200 accepted")
            }
        }
    }

    @Test("a body over the bound is refused, and the connection goes on")
    func bound() async throws {
        try await serving(maximumBody: 1000) { server in
            try await Wire.to(server) { (wire: inout Wire) async throws in
                for (count, status) in [(1000, 404), (1001, 413), (1000, 404)] {
                    let request = SimulatedRequest(
                        method: "POST", target: "/x", body: Array(repeating: 32, count: count))
                    #expect(try await wire.status(of: request) == status)
                }
            }
        }
    }

    @Test("a client that expects 100 is told to go on")
    func expectation() async throws {
        try await serving { server in
            try await Wire.to(server) { wire in
                try await wire.send(
                    raw: "PUT /_sim/dial HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n"
                        + "Expect: 100-continue\r\n\r\n")
                #expect(try await wire.receiveStatus() == 100)
                try await wire.send(raw: "{}")
                #expect(try await wire.receiveStatus() == 200)
            }
        }
    }

    @Test("what is not HTTP is answered with 400")
    func garbage() async throws {
        try await serving { server in
            try await Wire.to(server) { wire in
                try await wire.send(raw: "hello\r\n\r\n")
                #expect(try await wire.receiveStatus() == 400)
            }
        }
    }

    @Test("stopping closes connections, also those with answers held back, and can be done twice")
    func stop() async throws {
        let server = try await SimulatorServer.start()
        try await Wire.to(server) { wire in
            #expect(try await wire.isHealthy())
            try await wire.send(submit("[sim:slow=1h]", server))
            await server.stop()
            #expect(try await wire.receive() == nil)
        }
        await server.stop()
        await #expect(throws: (any Error).self) { try await Wire.to(server) { _ in } }
    }

    @Test("a port that is taken is an error that says so")
    func taken() async throws {
        try await serving { server in
            let port = server.address.port
            let error = await #expect(throws: SimulatorError.self) {
                _ = try await SimulatorServer.start(port: port)
            }
            #expect(error?.description.contains("cannot listen on 127.0.0.1:\(port)") == true)
        }
    }
}
