// A small HTTP server for one question at a time: how are you? Reads nothing but GET.

import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Why it cannot be asked.
package enum AdminError: Error, Sendable, CustomStringConvertible {
    case addressTaken(AdminAddress)
    case cannotListen(AdminAddress, reason: String)

    package var description: String {
        switch self {
        case .addressTaken(let address):
            "the admin address \(address) is taken by another process: give another one, port 0 for "
                + "any free one, or `off`"
        case .cannotListen(let address, let reason):
            "the admin address \(address) cannot be listened on: \(reason)"
        }
    }
}

/// What a page says.
package struct AdminAnswer: Equatable, Sendable {
    package var status: Int
    package var contentType: String
    package var body: String

    package init(_ status: Int, contentType: String = plainText, _ body: String) {
        (self.status, self.contentType, self.body) = (status, contentType, body)
    }

    /// A page that is there.
    package init(_ body: String) { self.init(200, body) }

    package static let plainText = "text/plain; charset=utf-8"

    package static func exposition(_ registry: MetricRegistry) -> Self {
        Self(200, contentType: Exposition.contentType, registry.exposition())
    }
}

/// Serves pages until stopped. Everything that a stranger can make it hold is bounded: connections, the size of a
/// request's head, and the time until it is complete; a request with a body is refused.
package final class AdminServer: Sendable {
    /// A page by its path, `/metrics` for example; nil: there is none. Called on an event loop: it must not block.
    package typealias Pages = @Sendable (_ path: String) -> AdminAnswer?

    struct Limits: Sendable {
        var connections = 32
        /// From the beginning of a connection, or from the last answer, until the next request is complete.
        var patience: TimeAmount = .seconds(30)
    }

    /// With the real port, also where 0 was asked for.
    package let address: AdminAddress
    private let listener: any Channel
    private let guests: Guests

    private init(_ address: AdminAddress, _ listener: any Channel, _ guests: Guests) {
        (self.address, self.listener, self.guests) = (address, listener, guests)
    }

    package static func start(
        _ address: AdminAddress, pages: @escaping Pages
    ) async throws(AdminError) -> AdminServer {
        try await start(address, limits: Limits(), pages: pages)
    }

    static func start(
        _ address: AdminAddress, limits: Limits, pages: @escaping Pages
    ) async throws(AdminError) -> AdminServer {
        let guests = Guests(limit: limits.connections)
        let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 64)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                guard guests.admit(channel) else { return channel.close() }
                return channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.configureHTTPServerPipeline(withErrorHandling: true)
                    try pipeline.addHandler(AdminHandler(limits.patience, pages))
                }
            }
        do {
            let listener = try await bootstrap.bind(host: address.host, port: address.port).get()
            let port = listener.localAddress?.port ?? address.port
            return AdminServer(
                AdminAddress(host: address.host, port: port), listener, guests)
        } catch let error as IOError where error.errnoCode == EADDRINUSE {
            throw .addressTaken(address)
        } catch {
            throw .cannotListen(address, reason: "\(error)")
        }
    }

    /// Stops listening and closes every connection. May be called twice.
    package func stop() async {
        // Closing fails only when it has happened already.
        try? await listener.close().get()
        for channel in guests.sendAway() { try? await channel.close().get() }
    }
}

/// The open connections: counted, and closed at the end.
private final class Guests: Sendable {
    private struct State {
        var open: [ObjectIdentifier: any Channel] = [:]
        var isClosed = false
    }

    private let limit: Int
    private let state = Mutex(State())

    init(limit: Int) { self.limit = limit }

    func admit(_ channel: any Channel) -> Bool {
        let isAdmitted = state.withLock { state in
            guard !state.isClosed, state.open.count < limit else { return false }
            state.open[ObjectIdentifier(channel)] = channel
            return true
        }
        guard isAdmitted else { return false }
        channel.closeFuture.whenComplete { _ in
            self.state.withLock { _ = $0.open.removeValue(forKey: ObjectIdentifier(channel)) }
        }
        return true
    }

    func sendAway() -> [any Channel] {
        state.withLock { state in
            state.isClosed = true
            return Array(state.open.values)
        }
    }
}
