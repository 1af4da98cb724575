// Keeps lines that say the same again and again from filling a log.

package import JobEngine
import Synchronization

/// Lets a line through once in a while and counts those in between. Bounded: it remembers so many different lines.
package final class RepeatLimit: Sendable {
    private struct Last {
        var at: Instant
        var suppressed = 0
    }

    private let interval: Duration
    private let largest: Int
    private let lines = Mutex<[String: Last]>([:])

    /// - Parameters:
    ///   - interval: a line comes at most once in this time.
    ///   - largest: different lines that are remembered.
    package init(interval: Duration = .seconds(10), largest: Int = 1000) {
        self.interval = interval
        self.largest = largest
    }

    /// - Returns: how many of them were left out since the last one; nil if this one is to be left out.
    package func admit(_ line: String, at now: Instant) -> Int? {
        lines.withLock { lines in
            if let last = lines[line], now >= last.at, now - last.at < interval {
                lines[line]?.suppressed += 1
                return nil
            }
            let suppressed = lines[line]?.suppressed ?? 0
            if lines.count >= largest, lines[line] == nil { forget(&lines, at: now) }
            lines[line] = Last(at: now)
            return suppressed
        }
    }

    /// What has not been said for a while makes room; if everything is new, all of it.
    private func forget(_ lines: inout [String: Last], at now: Instant) {
        lines = lines.filter { now - $0.value.at < interval }
        if lines.count >= largest { lines = [:] }
    }
}
