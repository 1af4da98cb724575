// One connection to the simulator: gathers a request, asks the provider, sends or spoils the
// answer.

import NIOCore
import NIOHTTP1

/// Lives on its connection's event loop. The pipeline hands it one request at a time.
final class ConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart

    private let provider: SharedProvider
    private let maximumBody: Int
    private var head: HTTPRequestHead?
    private var body = ByteBuffer()
    private var isTooLarge = false
    /// An answer that is held back, and what its client would learn from it.
    private var held: (timer: Scheduled<Void>, receipt: Receipt?)?

    init(_ provider: SharedProvider, maximumBody: Int) {
        (self.provider, self.maximumBody) = (provider, maximumBody)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            begin(head, context.channel)
        case .body(var part):
            isTooLarge = isTooLarge || body.readableBytes + part.readableBytes > maximumBody
            if !isTooLarge { body.writeBuffer(&part) }
        case .end:
            if let head { finish(head, context) }
        }
    }

    /// A client that leaves while its answer is held back never learns it.
    func channelInactive(context: ChannelHandlerContext) {
        if let held {
            held.timer.cancel()
            if let receipt = held.receipt { provider.lost(receipt) }
        }
        held = nil
        context.fireChannelInactive()
    }

    private func begin(_ head: HTTPRequestHead, _ channel: any Channel) {
        self.head = head
        body = ByteBuffer()
        isTooLarge = false
        // curl asks before it sends a large body and waits a second for the answer.
        if head.headers.first(name: "Expect")?.lowercased() == "100-continue" {
            let answer = HTTPResponseHead(version: head.version, status: .continue)
            channel.writeAndFlush(HTTPServerResponsePart.head(answer), promise: nil)
        }
    }

    private func finish(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        let request = SimulatedRequest(
            method: head.method.rawValue, target: head.uri,
            headers: head.headers.map { HeaderField($0.name, $0.value) },
            body: Array(body.readableBytesView))
        body = ByteBuffer()
        self.head = nil
        let answer =
            isTooLarge
            ? .text(413, "The body is over \(maximumBody) bytes.\n")
            : provider.handle(request)
        guard answer.delay > .zero else { return send(answer, to: head, context.channel) }
        let channel = context.channel
        let timer = context.eventLoop.assumeIsolated().scheduleTask(
            in: .nanoseconds(answer.delay.wholeNanoseconds)
        ) {
            self.held = nil
            self.send(answer, to: head, channel)
        }
        held = (timer, answer.receipt)
    }

    private func send(
        _ answer: SimulatedAnswer, to request: HTTPRequestHead, _ channel: any Channel
    ) {
        switch answer.fault {
        case .dropBeforeHandling, .dropAfterHandling:
            channel.close(promise: nil)
        case .truncate(let afterBytes):
            write(answer, to: request, bytes: afterBytes, channel)
            channel.flush()
            channel.close(promise: nil)
        case nil:
            write(answer, to: request, bytes: answer.body.count, channel)
            let closes = !request.isKeepAlive
            let (provider, receipt) = (provider, answer.receipt)
            channel.writeAndFlush(HTTPServerResponsePart.end(nil)).whenComplete { result in
                if case .failure = result, let receipt { provider.lost(receipt) }
                if closes { channel.close(promise: nil) }
            }
        }
    }

    /// Writes the head, which announces the whole body, and the first `bytes` of the body;
    /// flushes nothing.
    private func write(
        _ answer: SimulatedAnswer, to request: HTTPRequestHead, bytes: Int, _ channel: any Channel
    ) {
        var headers = HTTPHeaders(answer.headers.map { ($0.name, $0.value) })
        headers.add(name: "Content-Length", value: String(answer.body.count))
        if !request.isKeepAlive { headers.add(name: "Connection", value: "close") }
        let head = HTTPResponseHead(
            version: request.version, status: HTTPResponseStatus(statusCode: answer.status),
            headers: headers)
        let part = request.method == .HEAD ? [] : answer.body.prefix(bytes)
        channel.write(HTTPServerResponsePart.head(head), promise: nil)
        let body = HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(bytes: part)))
        channel.write(body, promise: nil)
    }
}
