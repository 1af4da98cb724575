// Guarded fetching over real connections: pinning, rebinding, redirects, TLS names.

import MediaAccess
import Synchronization
import Testing

/// A fetch that may reach loopback on one port and asks a table instead of the system's resolver.
func sandboxedFetch(
    port: Int, names: [String: String] = [:], allowed: String = "127.0.0.1/32"
) -> GuardedFetch {
    GuardedFetch(
        gate: FetchGuard(
            ports: [port], allowedNetworks: [allowed].compactMap { IPNetwork($0) }),
        resolver: AddressResolver { name in
            [names[name]].compactMap { $0.flatMap { IPAddress($0) } }
        },
        connectTime: .seconds(2), silence: .seconds(5))
}

/// A small picture and its size.
let picture = RealPicture.all[0]

@Suite("Guarded fetching", .timeLimit(.minutes(1)))
struct GuardedFetchTests {
    @Test("the connection goes to the checked address and asks for the host by its name")
    func pinned() async throws {
        try await LoopbackServer.run {
            .file(picture.bytes, for: $0)
        } _: { server in
            let fetch = sandboxedFetch(port: server.port, names: ["images.invalid": "127.0.0.1"])
            let found = try await ImageProbe(fetch: fetch)
                .measure("http://Images.INVALID.:\(server.port)/a%20b?c=d")
            #expect(found.size == picture.size)
            let request = try #require(server.record.requests.first)
            #expect(request.hasPrefix("GET /a%20b?c=d HTTP/1.1\r\n"))
            #expect(request.lowercased().contains("\r\nhost: images.invalid:\(server.port)\r\n"))
            #expect(request.lowercased().contains("\r\naccept-encoding: identity\r\n"))
            #expect(server.record.requests.count == 1)
        }
    }

    @Test(
        "no spelling of a name passes the pinning by",
        arguments: [
            "localhost", "xn--bcher-kva.invalid", "my_host-1.invalid", "a-.invalid", "1a.x.invalid",
        ])
    func names(name: String) async throws {
        try await LoopbackServer.run {
            .file(picture.bytes, for: $0)
        } _: { server in
            let fetch = sandboxedFetch(port: server.port, names: [name: "127.0.0.1"])
            let found = try await ImageProbe(fetch: fetch).measure("http://\(name):\(server.port)/")
            #expect(found.size == picture.size)
        }
        // The system knows localhost at an address where somebody listens; the table says another.
        try await LoopbackServer.run {
            .file(picture.bytes, for: $0)
        } _: { server in
            let fetch = sandboxedFetch(
                port: server.port, names: [name: "127.0.0.9"], allowed: "127.0.0.0/8")
            await #expect(throws: MediaError.self) {
                try await ImageProbe(fetch: fetch).measure("http://\(name):\(server.port)/")
            }
            #expect(server.record.requests.isEmpty)
        }
    }

    @Test("TLS asks for the host's name although the address is pinned")
    func serverName() async throws {
        try await LoopbackServer.run { _ in
            .bytes([21, 3, 3, 0, 2, 2, 40])
        } _: { server in
            let fetch = sandboxedFetch(port: server.port, names: ["secure.invalid": "127.0.0.1"])
            await #expect(throws: MediaError.self) {
                try await ImageProbe(fetch: fetch).measure("https://secure.invalid:\(server.port)/")
            }
            let hello = try #require(server.record.requests.first)
            #expect(hello.utf8.first == 22 && hello.contains("secure.invalid"))
        }
    }

    @Test("a name that changes its address after the look-up gains nothing")
    func rebinding() async throws {
        try await LoopbackServer.run {
            .file(picture.bytes, for: $0)
        } _: { server in
            let lookUps = Mutex(0)
            var fetch = sandboxedFetch(port: server.port)
            fetch.resolver = AddressResolver { _ in
                let count = lookUps.withLock { count in
                    count += 1
                    return count
                }
                return [IPAddress(count == 1 ? "127.0.0.1" : "127.0.0.2")].compactMap { $0 }
            }
            let found = try await ImageProbe(fetch: fetch).measure(
                "http://r.invalid:\(server.port)/")
            #expect(found.size == picture.size)
            #expect(lookUps.withLock { $0 } == 1)
            // The second fetch looks up again, finds the bad address and does not connect.
            await #expect(
                throws: MediaError.forbiddenAddress(
                    host: "r.invalid", address: .v4(0x7F00_0002), reason: "loopback")
            ) {
                try await ImageProbe(fetch: fetch).measure("http://r.invalid:\(server.port)/")
            }
            #expect(server.record.requests.count == 1)
        }
    }

    @Test("without an allowance loopback is refused before any connection")
    func loopback() async throws {
        try await LoopbackServer.run {
            .file(picture.bytes, for: $0)
        } _: { server in
            let fetch = sandboxedFetch(
                port: server.port, names: ["l.invalid": "127.0.0.1"], allowed: "192.0.2.0/24")
            for host in ["127.0.0.1", "2130706433", "l.invalid", "[::ffff:127.0.0.1]", "localhost"]
            {
                await #expect(throws: MediaError.self) {
                    try await ImageProbe(fetch: fetch).measure("http://\(host):\(server.port)/")
                }
            }
            #expect(server.record.requests.isEmpty)
        }
    }

    @Test(
        "redirects are followed with each of their statuses", arguments: [301, 302, 303, 307, 308])
    func redirects(status: Int) async throws {
        try await LoopbackServer.run { request in
            switch LoopbackServer.Answer.path(request) {
            case "/a": .redirect("b/c?d", status)
            case "/b/c?d": .redirect("http://other.invalid:\(port(request))/e", status)
            default: .file(picture.bytes, for: request)
            }
        } _: { server in
            let fetch = sandboxedFetch(port: server.port, names: ["other.invalid": "127.0.0.1"])
            let found = try await ImageProbe(fetch: fetch).measure(
                "http://127.0.0.1:\(server.port)/a")
            #expect(found.size == picture.size)
            #expect(server.record.requests.count == 3)
        }
    }

    @Test("the fourth redirect in a row is one too many")
    func redirectLoop() async throws {
        try await LoopbackServer.run { _ in
            .redirect("/again")
        } _: { server in
            await #expect(throws: MediaError.tooManyRedirects(maximum: 3)) {
                try await ImageProbe(fetch: sandboxedFetch(port: server.port))
                    .measure("http://127.0.0.1:\(server.port)/")
            }
            #expect(server.record.requests.count == 4)
        }
    }

    @Test(
        "a redirect is checked like a URL",
        arguments: [
            "http://169.254.169.254:PORT/latest/meta-data/", "http://2130706434:PORT/",
            "http://127.0.0.1:22/",
            "file:///etc/passwd", "http://user:pass@127.0.0.1:PORT/", "http://inner.invalid:PORT/",
            "gopher://x/",
            "http://[::1]:PORT/",
        ])
    func redirectToInside(location: String) async throws {
        try await LoopbackServer.run { request in
            .redirect(location.replacing("PORT", with: "\(port(request))"))
        } _: { server in
            let fetch = sandboxedFetch(port: server.port, names: ["inner.invalid": "10.0.0.1"])
            let error = await #expect(throws: MediaError.self) {
                try await ImageProbe(fetch: fetch).measure("http://127.0.0.1:\(server.port)/")
            }
            switch error {
            case .forbiddenAddress, .forbiddenPort, .invalidURL: break
            default: Issue.record("\(String(describing: error))")
            }
            #expect(server.record.requests.count == 1)
        }
    }

    @Test("a redirect without a place is a broken answer")
    func redirectToNowhere() async throws {
        try await LoopbackServer.run { _ in
            .http(302)
        } _: { server in
            await #expect(
                throws: MediaError.brokenAnswer(
                    host: "127.0.0.1", reason: "it redirects to nowhere")
            ) {
                try await ImageProbe(fetch: sandboxedFetch(port: server.port))
                    .measure("http://127.0.0.1:\(server.port)/")
            }
        }
    }

    @Test("the next address is tried when one does not answer")
    func nextAddress() async throws {
        try await LoopbackServer.run {
            .file(picture.bytes, for: $0)
        } _: { server in
            var fetch = sandboxedFetch(port: server.port, allowed: "127.0.0.0/8")
            // The server listens on 127.0.0.1 only, so 127.0.0.9 refuses the connection.
            fetch.resolver = AddressResolver { _ in [.v4(0x7F00_0009), .v4(0x7F00_0001)] }
            let found = try await ImageProbe(fetch: fetch).measure(
                "http://two.invalid:\(server.port)/")
            #expect(found.size == picture.size)
        }
    }

    @Test("a host without address, and one that nobody listens at")
    func nobody() async throws {
        let port = try await LoopbackServer.run { _ in
            .http(200)
        } _: {
            $0.port
        }
        let fetch = sandboxedFetch(port: port, names: ["gone.invalid": "127.0.0.1"])
        await #expect(
            throws: MediaError.unresolvable(host: "no.invalid", reason: "the look-up found nothing")
        ) { try await ImageProbe(fetch: fetch).measure("http://no.invalid:\(port)/") }
        let error = await #expect(throws: MediaError.self) {
            try await ImageProbe(fetch: fetch).measure("http://gone.invalid:\(port)/")
        }
        guard case .unreachable(host: "gone.invalid", _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test("a resolver that fails or never answers is bounded")
    func resolverTrouble() async throws {
        struct Trouble: Error {}
        var fetch = sandboxedFetch(port: 80)
        fetch.resolver = AddressResolver { _ in throw Trouble() }
        await #expect(throws: MediaError.unresolvable(host: "a.invalid", reason: "Trouble()")) {
            try await ImageProbe(fetch: fetch).measure("http://a.invalid/")
        }
        fetch.resolver = AddressResolver { _ in
            for await _ in AsyncStream<Void>.makeStream().stream {}
            throw CancellationError()
        }
        let limit = Duration.milliseconds(100)
        await #expect(throws: MediaError.tooSlow(limit: limit)) {
            try await ImageProbe(fetch: fetch, time: limit).measure("http://a.invalid/")
        }
    }

    @Test("the system's resolver knows localhost and refuses what cannot exist")
    func systemResolver() async throws {
        let found = try await AddressResolver.system.resolve("localhost")
        #expect(
            !found.isEmpty && found.allSatisfy { AddressPolicy().refusal(of: $0) == "loopback" })
        await #expect(throws: (any Error).self) {
            try await AddressResolver.system.resolve("a..invalid")
        }
    }

    @Test("cancelling the task ends the fetch as cancelled")
    func cancelled() async throws {
        let (arrivals, arrival) = AsyncStream<Void>.makeStream()
        try await LoopbackServer.run { _ in
            arrival.yield()
            return .hang(after: LoopbackServer.Answer.head(200))
        } _: { server in
            let probe = ImageProbe(fetch: sandboxedFetch(port: server.port))
            let task = Task { () async throws(MediaError) in
                try await probe.measure("http://127.0.0.1:\(server.port)/")
            }
            for await _ in arrivals { break }
            task.cancel()
            let error = await #expect(throws: MediaError.self) { try await task.value }
            #expect(error == .cancelled)
            await server.closings(1)
        }
    }
}

/// The port that a request was sent to, from its Host header.
private func port(_ request: String) -> Int {
    let host = request.lowercased().split(separator: "\r\n").first { $0.hasPrefix("host: ") }
    return host?.split(separator: ":").last.flatMap { Int($0) } ?? 0
}
