// The simulated provider behind an HTTP/1.1 server.

import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A running server. It serves the provider's API at `POST /?Action=...&Version=2022-08-31`,
/// videos and test images, and the simulator's desk under `/_sim/`. Any client of the provider
/// works against it with nothing changed but the address (plain http).
package final class SimulatorServer: Sendable {
    /// Where a server listens.
    package struct Address: Sendable, Equatable {
        /// The name or address that was asked for.
        package let host: String
        /// The real port, also when 0 was asked for.
        package let port: Int

        /// What links and clients begin with.
        package var baseURL: String {
            host.contains(":") ? "http://[\(host)]:\(port)" : "http://\(host):\(port)"
        }
    }

    /// Something beside the provider that its desk can be asked to do.
    ///
    /// - Parameter body: of the `PUT`.
    package typealias Control = @Sendable (_ body: [UInt8]) -> SimulatedAnswer

    /// Where this server listens.
    package let address: Address
    private let provider: SharedProvider
    private let listener: any Channel
    private let connections: Connections

    private init(
        _ address: Address, _ provider: SharedProvider, _ listener: any Channel,
        _ connections: Connections
    ) {
        (self.address, self.provider) = (address, provider)
        (self.listener, self.connections) = (listener, connections)
    }

    /// Starts a server that answers until `stop()`.
    ///
    /// - Parameters:
    ///   - port: 0 for any free one.
    ///   - provider: what is served; the server takes it over.
    ///   - maximumBody: bodies over this many bytes are answered with 413.
    ///   - controls: what the desk does beside the provider's own, by path (`/_sim/…`).
    ///   - clock: the provider's wall time; tests may bring their own.
    /// - Throws: `SimulatorError.cannotListen`.
    package static func start(
        host: String = "127.0.0.1", port: Int = 0, provider: SimulatedProvider = .init(),
        maximumBody: Int = 64 << 20, controls: [String: Control] = [:],
        clock: @escaping @Sendable () -> WallTime = WallTime.current
    ) async throws(SimulatorError) -> SimulatorServer {
        let shared = SharedProvider(provider, clock: clock, controls: controls)
        let connections = Connections()
        let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                connections.add(channel)
                return channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline(
                        withErrorHandling: true)
                    try channel.pipeline.syncOperations.addHandler(
                        ConnectionHandler(shared, maximumBody: maximumBody))
                }
            }
        do {
            let listener = try await bootstrap.bind(host: host, port: port).get()
            let address = Address(host: host, port: listener.localAddress?.port ?? port)
            return SimulatorServer(address, shared, listener, connections)
        } catch {
            throw .cannotListen(host: host, port: port, reason: "\(error)")
        }
    }

    /// Stops listening and closes every connection; answers still held back are lost. May be
    /// called twice.
    package func stop() async {
        // Closing fails only when it has happened already.
        try? await listener.close().get()
        await connections.closeAll()
    }

    /// The invoice as of now.
    package func invoice() -> Invoice { provider.invoice() }

    /// The fault dial as it stands.
    package func dial() -> FaultDial { provider.dial() }

    /// Sets the fault dial for the calls that follow.
    package func setDial(_ dial: FaultDial) { provider.setDial(dial) }
}

/// The open connections, so that stopping can close them.
private final class Connections: Sendable {
    private struct State {
        var open: [ObjectIdentifier: any Channel] = [:]
        var isClosed = false
    }

    private let state = Mutex(State())

    func add(_ channel: any Channel) {
        let isLate = state.withLock { state in
            if !state.isClosed { state.open[ObjectIdentifier(channel)] = channel }
            return state.isClosed
        }
        // A connection accepted while the server was stopping would otherwise outlive it.
        if isLate { return channel.close(promise: nil) }
        channel.closeFuture.whenComplete { _ in
            self.state.withLock { _ = $0.open.removeValue(forKey: ObjectIdentifier(channel)) }
        }
    }

    func closeAll() async {
        let channels = state.withLock { state in
            state.isClosed = true
            return Array(state.open.values)
        }
        for channel in channels {
            try? await channel.close().get()
        }
    }
}
