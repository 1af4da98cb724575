// From a configuration to a worker that can run.

import CoreMetrics
import Jimeng
import JobEngine
import Kafka
package import Logging
package import MediaAccess
import Observability
import Tracing

extension WorkerConfiguration {
    /// The settings of a worker in a fleet with so many lanes.
    package func settings(lanes: Int) -> WorkerSettings {
        var settings = WorkerSettings(kafka: connection.kafka)
        settings.group = connection.group
        settings.topics = connection.topics
        settings.policy = policy
        settings.policy.lanes = lanes
        settings.policy.accounts = provider.accounts.map(\.limits)
        settings.transactionTimeout = transactionTimeout
        settings.watch = WatchSettings(transactionTimeout: transactionTimeout)
        settings.watch.limit = stallLimit
        return settings
    }

    /// The models, with the prices that were given.
    var catalogue: ModelCatalogue {
        var catalogue = ModelCatalogue(defaultModel: connection.defaultModel)
        catalogue.prices = prices
        return catalogue
    }

    /// Measures images in what is public, and in the networks that the configuration allows.
    package var prober: ImageProbe {
        var fetch = GuardedFetch()
        fetch.gate = gate
        return ImageProbe(fetch: fetch)
    }

    /// From where images and products may be fetched.
    package var gate: FetchGuard {
        FetchGuard(ports: imagePorts, allowedNetworks: imageNetworks)
    }

    /// Makes the worker with everything it needs; nothing is sent to a broker before it runs.
    ///
    /// - Parameters:
    ///   - health: is kept up to date with how the worker is.
    ///   - onHopeless: see `WorkerSettings`.
    package func worker(
        lanes: Int, logger: Logger, health: WorkerHealth = WorkerHealth(),
        onHopeless: @escaping @Sendable () -> Void = {}
    ) throws(WorkerError) -> ConfiguredWorker {
        let clients: AccountClients
        do throws(JimengError) {
            clients = AccountClients(try provider.clients())
        } catch {
            throw .setup(error.description)
        }
        let clock = SteadyClock()
        let intake = RequestIntake(catalogue: catalogue)
        let archiver = archive?.archiver(gate: gate)
        let jimeng = JimengProvider(
            clients: clients, intake: intake, prober: prober,
            archiver: archiver, clock: clock, logger: logger)
        var settings = settings(lanes: lanes)
        settings.onHopeless = onHopeless
        let observation = Observation(
            meters: Meters(MetricsSystem.factory), tracer: InstrumentationSystem.tracer,
            health: health, clock: clock,
            callTimes: Observation.callTimes(submit: policy.submitTimeout))
        do throws(WorkerError) {
            let worker = try Worker(
                settings: settings, intake: intake, provider: jimeng.ends,
                clock: clock, logger: logger, observation: observation)
            return ConfiguredWorker(
                worker: worker, clients: clients, archiver: archiver, lanes: lanes,
                configuration: self)
        } catch {
            // A client must not go before its connections are closed.
            Task { await jimeng.ends.shutdown() }
            throw error
        }
    }
}

/// A worker with what it takes to change its configuration while it works.
package struct ConfiguredWorker: Sendable {
    package let worker: Worker
    let clients: AccountClients
    let archiver: Archiver?
    package let lanes: Int
    /// What the worker was started with.
    let configuration: WorkerConfiguration

    /// Takes over what may change; everything else of the configuration waits for the next start.
    @Sendable package func adopt(_ configuration: WorkerConfiguration)
        throws(ConfigurationMistakes)
    {
        do throws(JimengError) {
            try clients.adopt(configuration.provider)
        } catch {
            throw ConfigurationMistakes(
                mistakes: [ConfigurationMistake("accounts", error.description)])
        }
        try adoptLogin(configuration.connection.kafka)
        // Keys of another bucket are of no use for this one, which stays until the next start.
        if let archive = configuration.archive, let credentials = archive.credentials,
            let own = self.configuration.archive, archive.hasPlace(of: own)
        {
            archiver?.renew(credentials)
        }
        worker.adopt(configuration.settings(lanes: lanes).policy)
    }

    /// The user and the password of other brokers are of no use for these.
    private func adoptLogin(_ kafka: ClientConfiguration) throws(ConfigurationMistakes) {
        let own = configuration.connection.kafka
        guard let login = own.login, let credentials = Login.Credentials(kafka.properties),
            kafka.equalsButForLogin(own)
        else { return }
        do throws(KafkaError) {
            try login.renew(credentials)
        } catch {
            throw ConfigurationMistakes(
                mistakes: [ConfigurationMistake(WorkerFields.properties.name, error.description)])
        }
    }
}
