// Everything that a worker is told, read and checked as a whole before the first connection.

package import Jimeng
package import JobEngine
import Kafka
package import MediaAccess

/// The configuration of a worker. What it holds of secrets never shows itself.
package struct WorkerConfiguration: Sendable {
    package var connection = ConnectionConfiguration()
    package var provider = ProviderConfiguration()
    /// The engine's knobs; lanes and accounts are filled in when the worker is made.
    package var policy = Policy()
    /// Prices that take the place of the catalogue's.
    package var prices: [String: Price] = [:]
    /// How many lanes there must be; nil: as many as the ledger has partitions.
    package var lanes: Int?
    package var transactionTimeout: Duration = .seconds(15)
    package var imageNetworks: [IPNetwork] = []
    package var imagePorts: Set<Int> = [80, 443]
    /// Nil: nothing is archived.
    package var archive: ArchiveConfiguration?
    /// How long a start tries to reach the brokers.
    package var startTimeout: Duration = .seconds(60)
    package var admin = AdminSetting.standard
    /// How long a watchdog may see no progress before the process ends.
    package var stallLimit: Duration = .seconds(600)
    /// How often files are looked at for changes; nil: never.
    package var reloadInterval: Duration?
    /// All files that it was read from.
    private(set) var files: FilesRead = [:]

    /// - Throws: everything that is wrong, before any connection.
    package init(_ sources: ConfigurationSources) throws(ConfigurationMistakes) {
        var reader = FieldReader(sources)
        connection = ConnectionConfiguration(&reader)
        provider = ProviderConfiguration(&reader)
        readPolicy(&reader)
        lanes = reader.read(WorkerFields.lanes)
        transactionTimeout = reader.read(WorkerFields.transactionTimeout) ?? transactionTimeout
        imageNetworks = reader.read(WorkerFields.imageNetworks) ?? []
        imagePorts = reader.read(WorkerFields.imagePorts) ?? imagePorts
        archive = ArchiveConfiguration.read(&reader)
        policy.archives = archive != nil
        startTimeout = reader.read(WorkerFields.startTimeout) ?? startTimeout
        admin = AdminSetting(&reader)
        stallLimit = reader.read(WorkerFields.stallLimit) ?? stallLimit
        let interval = reader.read(WorkerFields.reloadInterval) ?? .zero
        reloadInterval = interval == .zero ? nil : interval
        check(&reader)
        files = reader.files
        try reader.finish()
    }

    private mutating func readPolicy(_ reader: inout FieldReader) {
        policy.unknownSubmit = reader.read(WorkerFields.unknownSubmit) ?? policy.unknownSubmit
        policy.taskTimeout = reader.read(WorkerFields.taskTimeout) ?? policy.taskTimeout
        policy.sendWindow = reader.read(WorkerFields.sendWindow) ?? policy.sendWindow
        policy.submitTimeout = provider.submitTimeout
        policy.unknownHold = reader.read(WorkerFields.unknownHold) ?? policy.unknownHold
        policy.dedupWindow = reader.read(WorkerFields.dedupWindow) ?? policy.dedupWindow
        policy.maximumTries = reader.read(WorkerFields.retryTries) ?? policy.maximumTries
        let tenants = TenantsReader.read(&reader)
        policy.tenants = tenants.named
        policy.otherTenants = tenants.others
        prices = reader.read(WorkerFields.prices) ?? [:]
        policy.budget.perDay = reader.read(WorkerFields.budget)
        policy.budget.whenExhausted =
            reader.read(WorkerFields.budgetExhausted) ?? policy.budget.whenExhausted
        policy.budget.offset = reader.read(WorkerFields.budgetZone) ?? policy.budget.offset
        policy.windowJobs = reader.read(WorkerFields.windowJobs) ?? policy.windowJobs
        policy.windowBytes = reader.read(WorkerFields.windowBytes) ?? policy.windowBytes
        policy.closingGrace = reader.read(WorkerFields.drainTimeout) ?? policy.closingGrace
        var polling = policy.polling
        polling.firstLook = reader.read(WorkerFields.pollFirst) ?? polling.firstLook
        polling.shortest = reader.read(WorkerFields.pollShortest) ?? polling.shortest
        polling.longest = reader.read(WorkerFields.pollLongest) ?? polling.longest
        polling.usual = reader.read(WorkerFields.pollUsual) ?? polling.usual
        polling.queries = reader.read(WorkerFields.pollQueries).map(Double.init)
        policy.polling = polling
    }

    // MARK: What must fit together

    private func check(_ reader: inout FieldReader) {
        if policy.polling.shortest > policy.polling.longest {
            reader.refuse(
                WorkerFields.pollShortest.name,
                "is longer than \(WorkerFields.pollLongest.name)")
        }
        // Another owner exists when the group has noticed that this one is silent.
        let otherOwner = connection.sessionTimeout - connection.heartbeatInterval
        if policy.sendWindow >= otherOwner {
            reader.refuse(
                WorkerFields.sendWindow.name,
                "is \(DurationText.text(policy.sendWindow)), but must be shorter than "
                    + "\(DurationText.text(otherOwner)) (session.timeout.ms less "
                    + "heartbeat.interval.ms): after that another worker may own the job")
        }
        guard let lanes else { return }
        if let pool = smallestPool, lanes > pool.slots {
            reader.refuse(WorkerFields.lanes.name, "is \(lanes), but \(Self.tooFew(pool))")
        }
        for mistake in LaneFit.mistakes(policy, catalogue, lanes: lanes) { reader.refuse(mistake) }
    }

    private static func tooFew(_ pool: (name: String, slots: Int)) -> String {
        "\(pool.name) has \(pool.slots) slots only: a lane without a slot would never submit"
    }

    /// What does not fit a fleet that works with so many lanes.
    func misfits(lanes: Int) -> [ConfigurationMistake] {
        var mistakes = LaneFit.mistakes(policy, catalogue, lanes: lanes)
        if let pool = smallestPool, lanes > pool.slots {
            mistakes.append(
                ConfigurationMistake(
                    WorkerFields.concurrency.name,
                    "is too small: there are \(lanes) lanes, and "
                        + Self.tooFew(pool)))
        }
        return mistakes
    }

    /// The pool with the fewest slots, which bounds the number of lanes.
    package var smallestPool: (name: String, slots: Int)? {
        provider.accounts.flatMap { account in
            [("account \(account.limits.name)", account.limits.concurrency)]
                + account.limits.modelConcurrency.map {
                    ("model \($0.key) of account \(account.limits.name)", $0.value)
                }
        }
        .min { $0.1 < $1.1 }
        .map { (name: $0.0, slots: $0.1) }
    }
}
