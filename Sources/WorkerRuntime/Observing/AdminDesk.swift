// The admin server of a process that runs a worker, with the metrics behind it.

import CoreMetrics
import Kafka
package import Logging
package import Observability

/// Opened before the worker is made, so that a worker that still looks for its brokers can be asked how it is.
package struct AdminDesk: Sendable {
    /// What is told of the worker; to be given to it.
    package let health: WorkerHealth
    private let server: AdminServer?

    /// Where it listens; nil: it is off.
    package var address: AdminAddress? { server?.address }

    /// - Parameters:
    ///   - registry: shown at `/metrics`; whoever opens the desk makes it the backend of swift-metrics.
    ///   - version: of this program.
    /// - Throws: an address that was asked for by name is taken, or is none of this machine's.
    package static func open(
        _ setting: AdminSetting, registry: MetricRegistry, version: String, logger: Logger
    ) async throws(AdminError) -> AdminDesk {
        let health = WorkerHealth()
        let facts = ProcessFacts()
        registry.onScrape { meters in
            facts.update(meters)
            meters.set(
                MetricCatalogue.buildInfo, to: 1, ("version", version),
                ("librdkafka", LibraryVersion.current))
            meters.set(MetricCatalogue.ready, to: health.state.isReady ? 1 : 0)
        }
        let server = try await listen(setting, WorkerPages.pages(registry, health), logger)
        return AdminDesk(health: health, server: server)
    }

    package func close() async { await server?.stop() }

    private static func listen(
        _ setting: AdminSetting, _ pages: @escaping AdminServer.Pages, _ logger: Logger
    ) async throws(AdminError) -> AdminServer? {
        let server: AdminServer
        switch setting {
        case .off: return nil
        case .at(let address): server = try await AdminServer.start(address, pages: pages)
        case .standard: server = try await usual(pages, logger)
        }
        if !server.address.isLoopback {
            logger.warning(
                "the admin pages can be read from other machines, without a password",
                metadata: ["address": "\(server.address)"])
        }
        logger.notice("admin pages", metadata: ["address": "http://\(server.address)/"])
        return server
    }

    /// The usual port, or any: another worker on this machine may have it.
    private static func usual(_ pages: @escaping AdminServer.Pages, _ logger: Logger)
        async throws(AdminError) -> AdminServer
    {
        do throws(AdminError) {
            return try await AdminServer.start(AdminSetting.usual, pages: pages)
        } catch .addressTaken(let address) {
            logger.notice(
                "the usual admin port is taken by another process, so a free one is used",
                metadata: ["usual": "\(address)", "setting": "JIMENG_ADMIN_ADDRESS"])
            return try await AdminServer.start(
                AdminAddress(host: address.host, port: 0), pages: pages)
        }
    }
}

/// Makes the registry the backend of swift-metrics for the whole process; once.
package enum MetricsBackend {
    package static func install() -> MetricRegistry {
        let registry = MetricCatalogue.registry()
        MetricsSystem.bootstrap(registry)
        return registry
    }
}
