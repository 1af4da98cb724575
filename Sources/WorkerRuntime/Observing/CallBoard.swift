// Calls that wait for their answer, and which of them should have had it by now.

package import JobEngine
import Synchronization

/// The kinds of calls that the engine orders.
package enum CallKind: String, CaseIterable, Sendable {
    case submit, query, probe, archive
}

/// Bounded by what the engine orders: one call for each job at most.
package final class CallBoard: Sendable {
    private struct Call {
        var kind: CallKind
        var answerBy: Instant
    }

    private struct State {
        var next: UInt64 = 0
        var calls: [UInt64: Call] = [:]
    }

    private let state = Mutex(State())
    private let patience: [CallKind: Duration]

    /// - Parameter patience: how long each kind may take by its own time-outs.
    package init(patience: [CallKind: Duration]) {
        self.patience = patience
    }

    package func begin(_ kind: CallKind, at now: Instant) -> UInt64 {
        let answerBy = now + (patience[kind] ?? .seconds(3600))
        return state.withLock { state in
            state.next += 1
            state.calls[state.next] = Call(kind: kind, answerBy: answerBy)
            return state.next
        }
    }

    package func end(_ call: UInt64) {
        state.withLock { _ = $0.calls.removeValue(forKey: call) }
    }

    /// How many calls of each kind are under way.
    package var inFlight: [CallKind: Int] {
        state.withLock { state in
            var counts: [CallKind: Int] = [:]
            for call in state.calls.values { counts[call.kind, default: 0] += 1 }
            return counts
        }
    }

    /// Since when an answer has been overdue, of the one that is so longest.
    package func overdueSince(at now: Instant) -> Instant? {
        state.withLock { $0.calls.values.map(\.answerBy).filter { $0 < now }.min() }
    }
}
