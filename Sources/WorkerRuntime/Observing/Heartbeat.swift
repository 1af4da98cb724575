// Signs of life that a watchdog can look at from another thread.

package import JobEngine
import Synchronization

/// Something that shows again and again that it lives.
final class Heartbeat: Sendable {
    private let last: Mutex<Instant>

    init(at now: Instant) { last = Mutex(now) }

    func beat(at now: Instant) { last.withLock { $0 = max($0, now) } }

    /// How long ago it last did, as the beginning of a wait.
    var waitingSince: Instant { last.withLock { $0 } }
}

/// Work that gets on or does not: nothing is waited for while there is none.
package final class Progress: Sendable {
    private struct State {
        var pending = 0
        var since: Instant?
    }

    private let state = Mutex(State())

    package init() {}

    /// That much is left to do; `advanced`: something was done just now.
    package func remains(_ count: Int, advanced: Bool, at now: Instant) {
        state.withLock { state in
            if count == 0 {
                state.since = nil
            } else if state.pending == 0 || advanced || state.since == nil {
                state.since = now
            }
            state.pending = count
        }
    }

    /// Since when nothing was done although there was something to do.
    package var waitingSince: Instant? { state.withLock { $0.since } }
    package var pending: Int { state.withLock { $0.pending } }
}

/// A counter that someone else moves on; its standing still is seen by looking at it now and then.
struct TurnWatch: Sendable {
    private var count: UInt64?
    private var movedAt: Instant?

    /// - Returns: since when it has been standing still.
    mutating func look(_ now: UInt64, at time: Instant) -> Instant {
        if count != now {
            count = now
            movedAt = time
        }
        return movedAt ?? time
    }
}
