// Notices that files of the configuration changed while the worker works, and takes over what may change.

import FoundationEssentials
import JobEngine
import Kafka
package import Logging
package import Observability

/// Looks at the YAML file and at all files of secrets. What is wrong is said once, and the old configuration stays in
/// force until the files are right.
package actor ConfigurationWatch {
    private let lanes: Int
    /// What the worker works with where a restart is needed for anything else.
    private let started: WorkerConfiguration
    private let adopt: Adopt
    private let logger: Logger
    private let meters: Meters
    private var sources: ConfigurationSources
    private var configuration: WorkerConfiguration
    /// What the last reading read, whether it was taken over or refused.
    private var known: FilesRead
    /// What was new at the last look: read only if it is still the same at the next, since a file may be seen half written.
    private var fresh: FilesRead?

    /// Takes over a configuration that is right; throws if that turns out to be impossible.
    package typealias Adopt = @Sendable (WorkerConfiguration) throws(ConfigurationMistakes) -> Void

    /// - Parameters:
    ///   - configuration: what is in force.
    ///   - sources: what `configuration` was read from.
    ///   - lanes: how many lanes the fleet works with; what does not fit them is refused.
    package init(
        _ configuration: WorkerConfiguration, _ sources: ConfigurationSources, lanes: Int,
        registry: MetricRegistry, logger: Logger, adopt: @escaping Adopt
    ) {
        self.lanes = lanes
        self.adopt = adopt
        self.configuration = configuration
        started = configuration
        self.sources = sources
        self.logger = logger
        meters = Meters(registry)
        // As it was read, be it a minute ago: a change while the worker looked for its brokers counts.
        known = configuration.files
        meters.set(MetricCatalogue.reloadRefused, to: 0)
        for result in ["applied", "refused"] {
            meters.begin(MetricCatalogue.reloads, ("result", result))
        }
    }

    /// The same files as they are now.
    private var present: FilesRead {
        Dictionary(
            uniqueKeysWithValues: known.keys.map { path in
                (path, (try? Data(contentsOf: URL(filePath: path)))?.hashValue)
            })
    }

    /// Looks again and again, until the task is cancelled.
    package func run(every interval: Duration) async {
        while !Task.isCancelled {
            try? await Task.sleep(for: interval)
            if Task.isCancelled { return }
            look()
        }
    }

    /// Takes over what changed, once it has stood still for two looks.
    package func look() {
        let now = present
        guard now != known else { return fresh = nil }
        guard now == fresh else { return fresh = now }
        reload()
    }

    /// Reads everything anew, whether it changed or not.
    package func reload() {
        fresh = nil
        let sources = sources.again()
        do throws(ConfigurationMistakes) {
            let new = try WorkerConfiguration(sources)
            let misfits = new.misfits(lanes: lanes)
            known = new.files
            guard misfits.isEmpty else { throw ConfigurationMistakes(mistakes: misfits) }
            try takeOver(new, sources)
        } catch {
            if !error.files.isEmpty { known = error.files }
            meters.count(MetricCatalogue.reloads, ("result", "refused"))
            meters.set(MetricCatalogue.reloadRefused, to: 1)
            logger.warning(
                "the changed configuration is refused; the one before stays in force",
                metadata: ["mistakes": "\(error)"])
        }
    }

    private func takeOver(_ new: WorkerConfiguration, _ sources: ConfigurationSources)
        throws(ConfigurationMistakes)
    {
        let changes = ConfigurationChanges(
            from: (configuration, self.sources), to: (new, sources), of: started)
        try adopt(new)
        (configuration, self.sources) = (new, sources)
        meters.count(MetricCatalogue.reloads, ("result", "applied"))
        meters.set(MetricCatalogue.reloadRefused, to: 0)
        logger.notice(
            "configuration read anew",
            metadata: [
                "changed":
                    "\(changes.live.isEmpty ? "nothing" : changes.live.joined(separator: ", "))"
            ])
        if !changes.later.isEmpty {
            logger.warning(
                "changed settings that take effect at the next start only",
                metadata: ["settings": "\(changes.later.joined(separator: ", "))"])
        }
    }
}

/// Which settings differ between two readings, by name and without values.
struct ConfigurationChanges: Equatable {
    /// Those that take effect at once.
    private(set) var live: [String] = []
    /// Those that need a restart.
    private(set) var later: [String] = []

    typealias Reading = (WorkerConfiguration, ConfigurationSources)

    /// - Parameter started: what brokers and bucket are of: keys of others are of no use for these.
    init(from old: Reading, to new: Reading, of started: WorkerConfiguration) {
        let before = Set(Self.lines(old))
        let after = Set(Self.lines(new))
        for name in Set(before.symmetricDifference(after).map(\.name)).sorted() {
            if Self.isLive(name) { live.append(name) } else { later.append(name) }
        }
        for account in new.0.provider.accounts {
            let was = old.0.provider.accounts.first { $0.limits.name == account.limits.name }
            guard let was, was.credentials != account.credentials else { continue }
            live.append("keys of account \(account.limits.name)")
        }
        let kafka = new.0.connection.kafka
        if kafka.properties != old.0.connection.kafka.properties {
            if kafka.equalsButForLogin(started.connection.kafka) {
                live.append("Kafka's user and password")
            } else {
                later.append(WorkerFields.properties.name)
            }
        }
        if let archive = new.0.archive, archive.credentials != old.0.archive?.credentials,
            let own = started.archive
        {
            let name = "keys of the archive"
            if archive.hasPlace(of: own) { live.append(name) } else { later.append(name) }
        }
    }

    private struct Line: Hashable {
        let name: String
        let value: String
    }

    /// Where a value came from is no part of it.
    private static func lines(_ reading: Reading) -> [Line] {
        EffectiveConfiguration(reading.0, reading.1).lines
            .filter { $0.name != WorkerFields.properties.name }
            .map { Line(name: $0.name, value: $0.value) }
    }

    /// What `Policy.adopting` and `AccountClients.adopt` take over.
    static let liveNames: Set<String> = Set(WorkerFields.live.map(\.name))

    private static func isLive(_ name: String) -> Bool {
        liveNames.contains(name) || name.hasPrefix("accounts[")
    }
}

extension WorkerFields {
    /// Settings that take effect while a worker works.
    static let live: [FieldInfo] = [
        accessKey.info, secretKey.info, sessionToken.info, account.info, concurrency.info,
        submitRate.info, queryRate.info, tenants.info, budget.info, budgetExhausted.info,
        unknownSubmit.info,
        unknownHold.info, taskTimeout.info, retryTries.info, pollFirst.info, pollShortest.info,
        pollLongest.info, pollUsual.info, pollQueries.info, windowJobs.info, windowBytes.info,
    ]
}
