// One connection to the admin server.

import NIOCore
import NIOHTTP1

/// Lives on its connection's event loop. The pipeline hands it one request at a time.
final class AdminHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    /// Bytes of a path with its query.
    private static let longestPath = 2048
    /// Bytes of all header fields together.
    private static let longestHead = 16_384

    private let patience: TimeAmount
    private let pages: AdminServer.Pages
    private var head: HTTPRequestHead?
    private var hasBody = false
    private var timer: Scheduled<Void>?

    init(_ patience: TimeAmount, _ pages: @escaping AdminServer.Pages) {
        (self.patience, self.pages) = (patience, pages)
    }

    func handlerAdded(context: ChannelHandlerContext) { wait(context) }

    func handlerRemoved(context: ChannelHandlerContext) { timer?.cancel() }

    /// Not longer than `patience` for the next request, however busily its bytes drip.
    private func wait(_ context: ChannelHandlerContext) {
        timer?.cancel()
        let channel = context.channel
        timer = context.eventLoop.scheduleTask(in: patience) { channel.close(promise: nil) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            hasBody = false
        case .body:
            hasBody = true
        case .end:
            guard let head else { return }
            self.head = nil
            send(answer(head), to: head, context)
        }
    }

    /// What is no HTTP has been answered by the pipeline when this is called.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func answer(_ head: HTTPRequestHead) -> AdminAnswer {
        let size = head.headers.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count }
        if head.uri.utf8.count > Self.longestPath { return AdminAnswer(414, "path too long\n") }
        if size > Self.longestHead { return AdminAnswer(431, "header too large\n") }
        if hasBody { return AdminAnswer(413, "requests here have no body\n") }
        guard head.method == .GET || head.method == .HEAD else {
            return AdminAnswer(405, "only GET\n")
        }
        let path = head.uri.prefix { $0 != "?" && $0 != "#" }
        return pages(String(path)) ?? AdminAnswer(404, "no such page; see /\n")
    }

    private func send(
        _ answer: AdminAnswer, to request: HTTPRequestHead, _ context: ChannelHandlerContext
    ) {
        let closes = !request.isKeepAlive || answer.status == 413
        let body = ByteBuffer(string: answer.body)
        var headers = HTTPHeaders([
            ("Content-Type", answer.contentType), ("Content-Length", "\(body.readableBytes)"),
            ("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff"),
        ])
        if answer.status == 405 { headers.add(name: "Allow", value: "GET, HEAD") }
        if closes { headers.add(name: "Connection", value: "close") }
        let head = HTTPResponseHead(
            version: request.version, status: HTTPResponseStatus(statusCode: answer.status),
            headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if request.method != .HEAD {
            context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
        }
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in
            if closes { channel.close(promise: nil) }
        }
        wait(context)
    }
}
