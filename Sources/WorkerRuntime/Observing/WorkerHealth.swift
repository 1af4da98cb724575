// How a worker is, with reasons: what /livez and /readyz say.

import Synchronization

/// Facts about a worker from all its parts, and what follows from them.
package struct HealthState: Equatable, Sendable {
    /// Brokers that the group's member is connected to; nil: it has not said anything yet.
    package var brokersUp: Int?
    /// The group has handed out lanes to this worker, be it none, and has not taken them back.
    package var isInGroup = false
    package var lanesOwned = 0
    package var lanesRestoring = 0
    /// Accounts that the provider refuses, with its words.
    package var refusedAccounts: [String: String] = [:]
    /// Accounts that are down and only probed, with the reason. No ground to be not ready: others can do no better.
    package var downAccounts: [String: String] = [:]
    /// Accounts that are configured.
    package var accounts = 0
    package var isDraining = false
    /// What watchdogs see standing still.
    package var stalled: Set<Watch> = []
    /// Beyond recovery: the process is about to end.
    package var isHopeless = false

    package init() {}

    /// One thing that was looked at.
    package struct Finding: Equatable, Sendable {
        package var name: String
        package var isGood: Bool
        package var detail: String
    }

    /// Whether the worker does, or could do, its work. A standby without lanes is ready.
    package var isReady: Bool { findings.allSatisfy(\.isGood) }

    /// Whether the process should be left alone.
    package var isAlive: Bool { !isHopeless }

    package var findings: [Finding] {
        [broker, lanes, account, watchdogs, drain]
    }

    private var broker: Finding {
        switch brokersUp {
        case nil:
            Finding(name: "broker", isGood: isInGroup, detail: "not heard of yet")
        case 0?:
            Finding(name: "broker", isGood: false, detail: "no broker is connected")
        case let count?:
            Finding(name: "broker", isGood: true, detail: "\(count) connected")
        }
    }

    private var lanes: Finding {
        guard isInGroup else {
            return Finding(
                name: "lanes", isGood: false, detail: "the consumer group has not answered yet")
        }
        if lanesRestoring > 0 {
            return Finding(
                name: "lanes", isGood: false,
                detail: "\(lanesRestoring) being restored, \(lanesOwned) owned")
        }
        return Finding(
            name: "lanes", isGood: true,
            detail: lanesOwned == 0 ? "none: a standby" : "\(lanesOwned) owned")
    }

    /// One account that is refused leaves the others to work with.
    private var account: Finding {
        let refused = refusedAccounts.sorted { $0.key < $1.key }
            .map { "\($0.key) is refused: \($0.value)" }
        let down = downAccounts.sorted { $0.key < $1.key }
            .filter { refusedAccounts[$0.key] == nil }
            .map { "\($0.key) is down, jobs wait: \($0.value)" }
        let words = (refused + down).joined(separator: "; ")
        return Finding(
            name: "account", isGood: refusedAccounts.isEmpty || refusedAccounts.count < accounts,
            detail: words.isEmpty ? "not refused" : words)
    }

    private var watchdogs: Finding {
        let subjects = stalled.sorted { $0.rawValue < $1.rawValue }.map(\.subject)
        return Finding(
            name: "watchdog", isGood: stalled.isEmpty,
            detail: stalled.isEmpty ? "everything gets on" : subjects.joined(separator: "; "))
    }

    private var drain: Finding {
        Finding(
            name: "drain", isGood: !isDraining,
            detail: isDraining ? "draining: lanes go to other workers" : "not asked for")
    }
}

/// The state, shared by everything that knows a part of it.
package final class WorkerHealth: Sendable {
    private let shared = Mutex(HealthState())

    package init() {}

    package var state: HealthState { shared.withLock { $0 } }

    package func update(_ change: (inout HealthState) -> Void) {
        shared.withLock { change(&$0) }
    }
}
