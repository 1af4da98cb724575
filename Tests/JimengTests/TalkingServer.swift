// A server that talks first, or hangs up at the first byte, whoever comes.

import NIOCore
import NIOPosix

/// For clients that expect a handshake.
struct TalkingServer: Sendable {
    private let channel: any Channel

    var port: Int { channel.localAddress?.port ?? 0 }

    /// - Parameter text: what is written at once; nothing means to close at the first byte that comes.
    static func start(_ text: String) async throws -> TalkingServer {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { child in
                child.eventLoop.makeCompletedFuture {
                    try child.pipeline.syncOperations.addHandler(Handler(text: text))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return TalkingServer(channel: channel)
    }

    func stop() async { try? await channel.close().get() }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let text: String

        init(text: String) { self.text = text }

        func channelActive(context: ChannelHandlerContext) {
            guard !text.isEmpty else { return }
            context.writeAndFlush(NIOAny(ByteBuffer(string: text)), promise: nil)
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            if text.isEmpty { context.close(promise: nil) }
        }
    }
}
