// Lines that repeat others, with time as an argument.

import JobEngine
import Logging
import Synchronization
import Testing
import WorkerRuntime

@Suite("Repeated log lines")
struct RepeatLimitTests {
    private static func at(_ seconds: Int) -> Instant {
        Instant(milliseconds: Int64(seconds) * 1000)
    }

    @Test("a line comes once in its time, and then tells how many were left out")
    func once() {
        let limit = RepeatLimit(interval: .seconds(10))
        #expect(limit.admit("down", at: Self.at(0)) == 0)
        for second in 1...9 { #expect(limit.admit("down", at: Self.at(second)) == nil) }
        #expect(limit.admit("other", at: Self.at(9)) == 0)
        #expect(limit.admit("down", at: Self.at(10)) == 9)
        #expect(limit.admit("down", at: Self.at(30)) == 0)
    }

    @Test("a wall clock that is set back lets lines through")
    func clockSetBack() {
        let limit = RepeatLimit(interval: .seconds(10))
        #expect(limit.admit("down", at: Self.at(100)) == 0)
        #expect(limit.admit("down", at: Self.at(50)) == 0)
    }

    @Test("it remembers no more than it may")
    func bounded() {
        let limit = RepeatLimit(interval: .seconds(10), largest: 2)
        for name in ["a", "b", "c"] { #expect(limit.admit(name, at: Self.at(0)) == 0) }
        #expect(limit.admit("c", at: Self.at(1)) == nil)
        #expect(limit.admit("a", at: Self.at(1)) == 0, "forgotten with the rest")
    }

    @Test(
        "warnings of one place are limited; other places, other levels and lines about jobs are not"
    )
    func lines() {
        let lines = Mutex(0)
        let sink = LineSink { _ in lines.withLock { $0 += 1 } }
        func count(_ body: (Logger) -> Void) -> Int {
            lines.withLock { $0 = 0 }
            var settings = LogSettings()
            settings.format = .json
            body(settings.logger(isTerminal: false, sink: sink))
            return lines.withLock { $0 }
        }
        #expect(count { log in for _ in 0..<5 { log.warning("down") } } == 1)
        #expect(
            count { log in for lane in 0..<5 { log.error("down", metadata: ["lane": "\(lane)"]) } }
                == 5)
        #expect(count { log in for _ in 0..<5 { log.info("done") } } == 5)
        #expect(count { log in for _ in 0..<5 { log.warning("odd", metadata: ["job": "a"]) } } == 5)
        #expect(count { log in for _ in 0..<5 { log.critical("ends") } } == 5)
    }
}
