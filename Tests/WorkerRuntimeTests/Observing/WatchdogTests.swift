// Watchdogs, with stalls as arguments and no clock.

import JobEngine
import Testing
import WorkerRuntime

@Suite("Watchdogs")
struct WatchdogTests {
    private static let start = Instant(milliseconds: 1_000_000)

    private static func at(_ seconds: Int) -> Instant { start + .seconds(seconds) }

    /// Looks once a second, as the watcher does, and gathers what is said.
    private static func look(
        _ dogs: inout Watchdogs, seconds: ClosedRange<Int>, waiting: (Int) -> [Watch: Instant]
    ) -> [Watchdogs.News] {
        seconds.flatMap { dogs.look(waiting($0), at: at($0)) }
    }

    private static var settings: WatchSettings {
        var settings = WatchSettings(transactionTimeout: .seconds(15))
        settings.patience[.group] = .seconds(15)
        settings.limit = .seconds(60)
        return settings
    }

    @Test("a thing that gets on is not spoken of")
    func quiet() {
        var dogs = Watchdogs(Self.settings)
        let news = Self.look(&dogs, seconds: 0...100) { [.engine: Self.at($0 - 2)] }
        #expect(news.isEmpty)
        #expect(dogs.stalledWatches.isEmpty)
    }

    @Test("standing still is said once, getting on again once", arguments: Watch.allCases)
    func stallAndRecovery(watch: Watch) {
        var dogs = Watchdogs(Self.settings)
        let patience = watch == .ledger ? 30 : 15
        let stalled = Self.look(&dogs, seconds: 0...40) { _ in [watch: Self.start] }
        #expect(stalled == [.stalled(watch, for: .seconds(patience))])
        #expect(dogs.stalledWatches == [watch])
        let recovered = Self.look(&dogs, seconds: 41...80) { [watch: Self.at($0)] }
        #expect(recovered == [.recovered(watch, after: .seconds(41))])
        #expect(dogs.stalledWatches.isEmpty)
    }

    @Test("nothing left to do is a recovery too")
    func recoveryByRest() {
        var dogs = Watchdogs(Self.settings)
        _ = Self.look(&dogs, seconds: 0...40) { _ in [.ledger: Self.start] }
        #expect(dogs.look([:], at: Self.at(41)) == [.recovered(.ledger, after: .seconds(41))])
    }

    @Test("what stands still beyond the limit is given up, once")
    func hopeless() {
        var dogs = Watchdogs(Self.settings)
        let news = Self.look(&dogs, seconds: 0...200) { _ in
            [.ledger: Self.start, .member: Self.start]
        }
        #expect(
            news == [
                .stalled(.member, for: .seconds(15)), .stalled(.ledger, for: .seconds(30)),
                .hopeless(.member, for: .seconds(60)),
            ])
    }

    @Test("a watcher that was frozen itself blames nobody, and gives everything its time anew")
    func frozenWatcher() {
        var dogs = Watchdogs(Self.settings)
        _ = Self.look(&dogs, seconds: 0...5) { [.engine: Self.at($0)] }
        // The machine slept for an hour; the loops get on a moment after the watcher does.
        #expect(dogs.look([.engine: Self.at(5)], at: Self.at(3600)).isEmpty)
        #expect(dogs.look([.engine: Self.at(3601)], at: Self.at(3601)).isEmpty)
    }

    @Test("progress is waited for only while there is something to do")
    func progress() {
        let progress = Progress()
        #expect(progress.waitingSince == nil)
        progress.remains(3, advanced: false, at: Self.at(1))
        progress.remains(5, advanced: false, at: Self.at(2))
        #expect(progress.waitingSince == Self.at(1))
        progress.remains(4, advanced: true, at: Self.at(3))
        #expect(progress.waitingSince == Self.at(3))
        progress.remains(0, advanced: true, at: Self.at(4))
        #expect(progress.waitingSince == nil)
    }

    @Test("a call is overdue when its own time-outs have passed, and no more once it is answered")
    func calls() {
        let board = CallBoard(patience: [.submit: .seconds(75), .query: .seconds(20)])
        let submit = board.begin(.submit, at: Self.at(0))
        let query = board.begin(.query, at: Self.at(10))
        #expect(board.inFlight == [.submit: 1, .query: 1])
        #expect(board.overdueSince(at: Self.at(30)) == nil)
        #expect(board.overdueSince(at: Self.at(31)) == Self.at(30))
        board.end(query)
        #expect(board.overdueSince(at: Self.at(31)) == nil)
        #expect(board.overdueSince(at: Self.at(100)) == Self.at(75))
        board.end(submit)
        #expect(board.inFlight.isEmpty)
    }
}
