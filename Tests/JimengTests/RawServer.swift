// A server on the loopback that counts what reaches it and answers as badly as a test wants.

import NIOCore
import NIOPosix
import Synchronization

/// Speaks just enough HTTP to find the end of a request; what it sends back is up to the test.
final class RawServer: Sendable {
    enum Reaction: Sendable {
        /// Writes these bytes and leaves the connection open.
        case write(String)
        /// Writes these bytes, perhaps none, and closes.
        case writeAndClose(String)
        /// Resets the connection.
        case reset
        /// Says nothing, ever.
        case silence
        /// Writes the first text, then the second again and again, until the client leaves.
        case repeating(String, String, every: TimeAmount)
    }

    struct Request: Sendable {
        let head: String
        let body: [UInt8]
        let connection: Int
    }

    private struct State {
        var requests: [Request] = []
        var connections = 0
        var bytes = 0
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())
    private let channel: any Channel

    var requests: [Request] { state.withLock { $0.requests } }
    /// How many connections were accepted.
    var connections: Int { state.withLock { $0.connections } }
    /// How many bytes came in over all connections.
    var bytes: Int { state.withLock { $0.bytes } }

    let port: Int

    /// - Parameter react: what to do about the request of that number, counted from nought.
    static func start(
        _ react: @escaping @Sendable (Int) -> Reaction
    ) async throws -> RawServer {
        let box = Box()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { child in
                child.eventLoop.makeCompletedFuture {
                    let connection = box.server.withLock { $0?.accepted() } ?? 0
                    try child.pipeline.syncOperations.addHandler(
                        Handler(box: box, connection: connection, react: react))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let server = RawServer(channel: channel)
        box.server.withLock { $0 = server }
        return server
    }

    private init(channel: any Channel) {
        self.channel = channel
        port = channel.localAddress?.port ?? 0
    }

    func stop() async { try? await channel.close().get() }

    private func accepted() -> Int {
        state.withLock {
            $0.connections += 1
            return $0.connections - 1
        }
    }

    fileprivate func received(bytes: Int) { state.withLock { $0.bytes += bytes } }

    /// The number of the request.
    fileprivate func received(_ request: Request) -> Int {
        let (number, waiting) = state.withLock { state in
            state.requests.append(request)
            defer { state.waiting = [] }
            return (state.requests.count - 1, state.waiting)
        }
        for continuation in waiting { continuation.resume() }
        return number
    }

    /// Returns when at least one request has arrived.
    func firstRequest() async {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                if state.requests.isEmpty { state.waiting.append(continuation) }
                return !state.requests.isEmpty
            }
            if isThere { continuation.resume() }
        }
    }

    /// Ties server and handlers together, which need each other.
    final class Box: Sendable {
        let server = Mutex<RawServer?>(nil)
    }
}

extension RawServer {
    static func response(
        _ status: String, _ body: String, headers: String = "Content-Type: application/json\r\n"
    ) -> String {
        "HTTP/1.1 \(status)\r\n\(headers)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    /// Collects one request after the other and reacts to each.
    fileprivate final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let box: Box
        private let connection: Int
        private let react: @Sendable (Int) -> Reaction
        private var collected: [UInt8] = []

        init(box: Box, connection: Int, react: @escaping @Sendable (Int) -> Reaction) {
            (self.box, self.connection, self.react) = (box, connection, react)
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let buffer = unwrapInboundIn(data)
            collected += buffer.readableBytesView
            guard let server = box.server.withLock({ $0 }) else { return }
            server.received(bytes: buffer.readableBytes)
            while let request = nextRequest() { perform(react(server.received(request)), context) }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }

        private func nextRequest() -> Request? {
            let blank = Array("\r\n\r\n".utf8)
            guard
                let end = collected.indices.first(where: { collected[$0...].starts(with: blank) })
            else { return nil }
            let head = String(decoding: collected[..<end], as: UTF8.self)
            let length = head.split(separator: "\r\n")
                .first { $0.lowercased().hasPrefix("content-length:") }
                .flatMap { Int($0.dropFirst(15).filter { $0 != " " }) }
            let bodyEnd = end + blank.count + (length ?? 0)
            guard collected.count >= bodyEnd else { return nil }
            let body = Array(collected[(end + blank.count)..<bodyEnd])
            collected.removeFirst(bodyEnd)
            return Request(head: head, body: body, connection: connection)
        }

        private func perform(_ reaction: Reaction, _ context: ChannelHandlerContext) {
            switch reaction {
            case .silence: break
            case .write(let text): write(text, context)
            case .writeAndClose(let text):
                write(text, context)
                context.close(promise: nil)
            case .reset:
                let socket = context.channel as? any SocketOptionProvider
                _ = socket?.setSoLinger(linger(l_onoff: 1, l_linger: 0))
                context.close(promise: nil)
            case .repeating(let first, let again, let interval):
                write(first, context)
                let channel = context.channel
                _ = context.eventLoop.scheduleRepeatedTask(
                    initialDelay: interval, delay: interval
                ) { task in
                    guard channel.isActive else { return task.cancel() }
                    channel.writeAndFlush(ByteBuffer(string: again), promise: nil)
                }
            }
        }

        private func write(_ text: String, _ context: ChannelHandlerContext) {
            guard !text.isEmpty else { return }
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
        }
    }
}
