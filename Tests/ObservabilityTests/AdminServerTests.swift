// Conversations with the admin server, byte by byte.

import NIOCore
import NIOPosix
import Observability
import Testing

@Suite("Admin server")
struct AdminServerTests {
    private static let pages: AdminServer.Pages = { path in
        path == "/livez" ? AdminAnswer("alive\n") : nil
    }

    private static func server() async throws -> AdminServer {
        try await AdminServer.start(AdminAddress(host: "127.0.0.1", port: 0), pages: pages)
    }

    @Test(
        "answers each kind of request",
        arguments: [
            ("GET /livez HTTP/1.1\r\nHost: a\r\n\r\n", "200 OK", "alive"),
            ("GET /livez?verbose HTTP/1.1\r\nHost: a\r\n\r\n", "200 OK", "alive"),
            ("GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n", "404 Not Found", "no such page"),
            ("DELETE /livez HTTP/1.1\r\nHost: a\r\n\r\n", "405 Method Not Allowed", "only GET"),
            (
                "POST /livez HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi",
                "413 Payload Too Large", "no body"
            ),
            ("gibberish\r\n\r\n", "400 Bad Request", ""),
            (
                "GET /\(String(repeating: "a", count: 3000)) HTTP/1.1\r\nHost: a\r\n\r\n",
                "414 URI Too Long", "too long"
            ),
            (
                "GET /livez HTTP/1.1\r\nHost: a\r\nX: \(String(repeating: "a", count: 20_000))\r\n\r\n",
                "431 Request Header Fields Too Large", "too large"
            ),
        ])
    func answers(request: String, status: String, body: String) async throws {
        let server = try await Self.server()
        let closing = request.replacing("Host: a", with: "Host: a\r\nConnection: close")
        let answer = try await Self.talk(to: server.address, closing)
        #expect(answer.hasPrefix("HTTP/1.1 \(status)\r\n"), "\(answer)")
        #expect(answer.contains(body))
        await server.stop()
    }

    @Test("a port that is taken is named as such")
    func takenPort() async throws {
        let server = try await Self.server()
        await #expect(throws: AdminError.self) {
            _ = try await AdminServer.start(server.address, pages: Self.pages)
        }
        do {
            _ = try await AdminServer.start(server.address, pages: Self.pages)
        } catch {
            #expect("\(error)".contains("is taken by another process"))
        }
        await server.stop()
        try await AdminServer.start(server.address, pages: Self.pages).stop()
    }

    @Test("a connection beyond the limit is closed without a word, and one that ends makes room")
    func limits() async throws {
        let server = try await Self.server()
        var idle: [any Channel] = []
        for _ in 0..<32 {
            let channel = try await Self.connect(server.address, Collector())
            // Its first answer shows that the server has let it in.
            let collector = try await channel.pipeline.handler(type: Collector.self).get()
            try await channel.writeAndFlush(
                ByteBuffer(string: "GET /livez HTTP/1.1\r\nHost: a\r\n\r\n"))
            _ = await collector.first()
            idle.append(channel)
        }
        #expect(try await Self.talk(to: server.address, Self.question) == "")
        try await idle.removeLast().close()
        while try await Self.talk(to: server.address, Self.question) == "" {}
        for channel in idle { try? await channel.close() }
        await server.stop()
    }

    private static let question = "GET /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"

    @Test(
        "addresses",
        arguments: ["127.0.0.1:9464", "[::1]:0", "localhost:80", "worker_1.local:65535"])
    func addresses(text: String) throws {
        #expect(try #require(AdminAddress(text)).description == text)
    }

    @Test(
        "no addresses", arguments: ["", "9464", ":9464", "::1:9464", "a b:1", "host:65536", "h:-1"])
    func wrongAddresses(text: String) {
        #expect(AdminAddress(text) == nil)
    }

    @Test("who is on loopback")
    func loopback() {
        #expect(AdminAddress("127.0.0.9:1")?.isLoopback == true)
        #expect(AdminAddress("[::1]:1")?.isLoopback == true)
        #expect(AdminAddress("0.0.0.0:1")?.isLoopback == false)
    }

    // MARK: A client

    /// Sends text and gathers everything until the server closes.
    private static func talk(to address: AdminAddress, _ text: String) async throws -> String {
        let collector = Collector()
        let channel = try await connect(address, collector)
        // A server that closes at once may do so before the request is out.
        try? await channel.writeAndFlush(ByteBuffer(string: text))
        return await collector.all()
    }

    private static func connect(_ address: AdminAddress, _ collector: Collector) async throws
        -> any Channel
    {
        try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { $0.pipeline.addHandler(collector) }
            .connect(host: address.host, port: address.port).get()
    }
}

/// Gathers what comes over a connection.
private final class Collector: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer

    private let parts: AsyncStream<String>
    private let continuation: AsyncStream<String>.Continuation

    init() { (parts, continuation) = AsyncStream.makeStream() }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        continuation.yield(String(buffer: unwrapInboundIn(data)))
    }

    func channelInactive(context: ChannelHandlerContext) { continuation.finish() }
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    func first() async -> String? { await parts.first { _ in true } }

    func all() async -> String {
        var text = ""
        for await part in parts { text += part }
        return text
    }
}
