// Watchdogs: what must get on, how long it may stand still, and when it is hopeless.

package import JobEngine

/// What is watched. Names are values of the metrics' label `watch`.
package enum Watch: String, CaseIterable, Sendable {
    /// The loop that decides.
    case engine
    /// The thread of the group's member: without its polls the group puts the worker out.
    case member
    /// Membership: from a revocation until lanes (or none) are handed out again.
    case group
    /// Ledger transactions, while there is something to write.
    case ledger
    /// Answers of the provider that are later than every time-out allows.
    case provider

    /// What stands still, for people.
    var subject: String {
        switch self {
        case .engine: "the loop that decides does not get on"
        case .member: "the thread of the consumer group's member does not get on"
        case .group: "the consumer group does not take this worker in"
        case .ledger: "nothing is committed to the ledger, although there is something to write"
        case .provider: "a call to the provider is overdue beyond all its time-outs"
        }
    }
}

/// How patient watchdogs are.
package struct WatchSettings: Equatable, Sendable {
    /// Standing still for so long is noticed.
    package var patience: [Watch: Duration]
    /// After so long without progress the process is to end: whoever started it should start it again.
    package var limit: Duration = .seconds(600)

    /// - Parameter transactionTimeout: a transaction that takes longer has been ended by the broker.
    package init(transactionTimeout: Duration = .seconds(15)) {
        patience = [
            .engine: .seconds(15), .member: .seconds(15),
            // A rebalance waits for its slowest member.
            .group: .seconds(120),
            .ledger: transactionTimeout + .seconds(15), .provider: .seconds(15),
        ]
    }
}

/// All watchdogs as one value: told since when each thing has been standing still, it says what is new.
package struct Watchdogs: Sendable {
    package enum News: Equatable, Sendable {
        case stalled(Watch, for: Duration)
        case recovered(Watch, after: Duration)
        /// Said once.
        case hopeless(Watch, for: Duration)
    }

    private let settings: WatchSettings
    /// Since when each has been standing still, of those that were found to.
    private var stalled: [Watch: Instant] = [:]
    private var isHopeless = false
    private var lastLook: Instant?

    package init(_ settings: WatchSettings) {
        self.settings = settings
    }

    /// What stands still at the moment.
    package var stalledWatches: Set<Watch> { Set(stalled.keys) }

    /// - Parameter waiting: since when each watched thing has been waiting for progress; none: there is nothing to do.
    package mutating func look(_ waiting: [Watch: Instant], at now: Instant) -> [News] {
        defer { lastLook = now }
        // A watcher that was itself frozen (a suspended machine, SIGSTOP) has no right to blame anybody: everything
        // stood still meanwhile, and gets its time anew.
        if let lastLook, now - lastLook > .seconds(10) { return [] }
        return Watch.allCases.flatMap { look($0, waiting[$0], at: now) }
    }

    private mutating func look(_ watch: Watch, _ since: Instant?, at now: Instant) -> [News] {
        let patience = settings.patience[watch] ?? settings.limit
        guard let since, now - since >= patience else {
            guard let began = stalled.removeValue(forKey: watch) else { return [] }
            return [.recovered(watch, after: now - began)]
        }
        var news: [News] = []
        if stalled.updateValue(since, forKey: watch) == nil {
            news.append(.stalled(watch, for: now - since))
        }
        if now - since >= max(settings.limit, patience), !isHopeless {
            isHopeless = true
            news.append(.hopeless(watch, for: now - since))
        }
        return news
    }
}
