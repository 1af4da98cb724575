// The one way into the engine: facts gather here and are taken out together.

package import JobEngine
import Synchronization

/// Events from all sides, in the order of their arrival.
///
/// Unbounded by itself: what can gather is bounded by what the engine ordered (demand, windows, slots).
package final class Inbox: Sendable {
    private let waiting = Mutex<[Event]>([])
    private let wakeUps: AsyncStream<Void>.Continuation
    /// Yields after something was posted; one signal may stand for many events.
    package let signals: AsyncStream<Void>

    package init() {
        (signals, wakeUps) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    package func post(_ event: Event) {
        waiting.withLock { $0.append(event) }
        wakeUps.yield()
    }

    package func post(_ events: [Event]) {
        guard !events.isEmpty else { return }
        waiting.withLock { $0.append(contentsOf: events) }
        wakeUps.yield()
    }

    /// A signal without an event: a turn of the loop, for its signs of life.
    package func nudge() {
        wakeUps.yield()
    }

    package func takeAll() -> [Event] {
        waiting.withLock { events in
            defer { events = [] }
            return events
        }
    }

    package func finish() {
        wakeUps.finish()
    }
}
