// A raw server on loopback that answers each request as a test wants, honestly or not.

import NIOCore
import NIOPosix
import Synchronization

/// Bytes in, bytes out; it knows no HTTP beyond the blank line that ends a request.
final class LoopbackServer: Sendable {
    /// What to do with a request.
    enum Answer: Sendable {
        /// Send the bytes and close.
        case bytes([UInt8])
        /// Send the bytes and leave the connection open in silence.
        case hang(after: [UInt8])
        /// Send the head, then a byte of the body every few milliseconds until the client goes.
        case drip(head: [UInt8], body: [UInt8])
        /// Send the head, then pieces for as long as the client reads.
        case endless(head: [UInt8], piece: [UInt8])
    }

    /// What the clients have done so far.
    struct Record: Sendable {
        var requests: [String] = []
        var bytesSent = 0
        var connectionsClosed = 0
    }

    let port: Int
    private let channel: any Channel
    private let state: State

    fileprivate final class State: Sendable {
        let record = Mutex(Record())
        let answer: @Sendable (String) -> Answer
        /// One element per connection that was closed.
        let closings = AsyncStream<Void>.makeStream()

        init(_ answer: @escaping @Sendable (String) -> Answer) { self.answer = answer }
    }

    /// Runs a server for the duration of the body.
    @discardableResult
    static func run<Value>(
        answering answer: @escaping @Sendable (String) -> Answer,
        _ body: (LoopbackServer) async throws -> Value
    ) async throws -> Value {
        let state = State(answer)
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(ConnectionHandler(state))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let server = LoopbackServer(channel, state)
        let result: Result<Value, any Error>
        do { result = .success(try await body(server)) } catch { result = .failure(error) }
        try await channel.close()
        return try result.get()
    }

    private init(_ channel: any Channel, _ state: State) {
        self.channel = channel
        self.state = state
        port = channel.localAddress?.port ?? 0
    }

    var record: Record { state.record.withLock { $0 } }

    /// Waits until as many connections have been closed.
    func closings(_ count: Int) async {
        var closings = state.closings.stream.makeAsyncIterator()
        for _ in 0..<count { await closings.next() }
    }
}

private final class ConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let state: LoopbackServer.State
    private var request = ""
    private var isOpen = true

    init(_ state: LoopbackServer.State) { self.state = state }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = unwrapInboundIn(data)
        request += buffer.readString(length: buffer.readableBytes) ?? ""
        // A TLS client hello (record type 22) has no blank line; one read is enough of it.
        guard request.contains("\r\n\r\n") || request.utf8.first == 22 else { return }
        state.record.withLock { $0.requests.append(request) }
        let answer = state.answer(request)
        request = ""
        switch answer {
        case .bytes(let bytes):
            let channel = context.channel
            send(bytes, context).whenComplete { _ in channel.close(promise: nil) }
        case .hang(let bytes):
            _ = send(bytes, context)
        case .drip(let head, let body):
            _ = send(head, context)
            drip(body[...], context)
        case .endless(let head, let piece):
            _ = send(head, context)
            repeatedly(piece, context)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        isOpen = false
        state.record.withLock { $0.connectionsClosed += 1 }
        state.closings.continuation.yield()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func send(_ bytes: [UInt8], _ context: ChannelHandlerContext) -> EventLoopFuture<Void> {
        state.record.withLock { $0.bytesSent += bytes.count }
        return context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)))
    }

    private func drip(_ rest: ArraySlice<UInt8>, _ context: ChannelHandlerContext) {
        guard isOpen, let byte = rest.first else { return }
        _ = send([byte], context)
        let later = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(in: .milliseconds(5)) {
            later.value.0.drip(rest.dropFirst(), later.value.1)
        }
    }

    private func repeatedly(_ piece: [UInt8], _ context: ChannelHandlerContext) {
        guard isOpen else { return }
        let next = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        send(piece, context).whenSuccess { next.value.0.repeatedly(piece, next.value.1) }
    }
}

// MARK: Answers

extension LoopbackServer.Answer {
    /// A plain answer with its length.
    static func http(
        _ status: Int, _ headers: [(String, String)] = [], _ body: [UInt8] = []
    ) -> Self {
        .bytes(head(status, headers + [("Content-Length", "\(body.count)")]) + body)
    }

    static func redirect(_ location: String, _ status: Int = 302) -> Self {
        http(status, [("Location", location)])
    }

    static func head(_ status: Int, _ headers: [(String, String)] = []) -> [UInt8] {
        let lines = ["HTTP/1.1 \(status) Whatever"] + headers.map { "\($0.0): \($0.1)" }
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
    }

    /// Answers like a server that knows ranges.
    static func file(_ bytes: [UInt8], for request: String) -> Self {
        guard let range = requestedRange(request) else { return http(200, [], bytes) }
        guard range.lowerBound < bytes.count else {
            return http(416, [("Content-Range", "bytes */\(bytes.count)")])
        }
        let part = range.clamped(to: bytes.indices)
        let header = "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(bytes.count)"
        return http(206, [("Content-Range", header)], Array(bytes[part]))
    }

    /// The range that a request asks for.
    static func requestedRange(_ request: String) -> Range<Int>? {
        let line = request.lowercased().split(separator: "\r\n").first {
            $0.hasPrefix("range: bytes=")
        }
        let ends = line?.dropFirst("range: bytes=".count).split(separator: "-").compactMap {
            Int($0)
        }
        guard let ends, ends.count == 2, ends[0] <= ends[1] else { return nil }
        return ends[0]..<ends[1] + 1
    }

    /// The path that a request asks for.
    static func path(_ request: String) -> String {
        request.split(separator: " ").dropFirst().first.map(String.init) ?? ""
    }
}
