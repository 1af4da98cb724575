// Looks at the watchdogs from outside of everything that it watches.

import JobEngine
import Logging
import NIOCore
import NIOPosix
import Observability
import Synchronization

/// Runs on a thread of its own: a worker whose other threads are all stuck is noticed too.
final class Watcher: Sendable {
    private let observation: Observation
    private let logger: Logger
    private let dogs: Mutex<State>
    private let memberTurns: @Sendable () -> UInt64
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    /// Wakes the loops whose signs of life are looked for.
    private let nudge: @Sendable () -> Void
    private let hopeless: @Sendable (Watch, Duration) -> Void

    private struct State {
        var dogs: Watchdogs
        var member = TurnWatch()
    }

    init(
        _ settings: WatchSettings, observation: Observation, logger: Logger,
        memberTurns: @escaping @Sendable () -> UInt64, nudge: @escaping @Sendable () -> Void,
        hopeless: @escaping @Sendable (Watch, Duration) -> Void
    ) {
        self.observation = observation
        self.logger = logger
        dogs = Mutex(State(dogs: Watchdogs(settings)))
        self.memberTurns = memberTurns
        self.nudge = nudge
        self.hopeless = hopeless
    }

    /// Looks once a second until stopped.
    func start() {
        group.next().scheduleRepeatedTask(initialDelay: .zero, delay: .seconds(1)) { _ in
            self.look()
        }
    }

    func stop() async {
        try? await group.shutdownGracefully()
    }

    private func look() {
        let now = observation.clock.now
        let (waiting, news, stalled) = dogs.withLock { state in
            let waiting = self.waiting(&state, at: now)
            return (waiting, state.dogs.look(waiting, at: now), state.dogs.stalledWatches)
        }
        observation.health.update { $0.stalled = stalled }
        for watch in Watch.allCases {
            let label = ("watch", watch.rawValue)
            observation.meters.set(
                MetricCatalogue.stalled, to: stalled.contains(watch) ? 1 : 0, label)
            observation.meters.set(
                MetricCatalogue.waiting,
                to: waiting[watch].map { max(0, (now - $0).inSeconds) } ?? 0,
                label)
        }
        for item in news { tell(item) }
        nudge()
    }

    private func waiting(_ state: inout State, at now: Instant) -> [Watch: Instant] {
        var waiting: [Watch: Instant] = [
            .engine: observation.engine.waitingSince,
            .member: state.member.look(memberTurns(), at: now),
        ]
        waiting[.group] = observation.membership.waitingSince
        waiting[.ledger] = observation.ledger.waitingSince
        waiting[.provider] = observation.calls.overdueSince(at: now)
        return waiting
    }

    private func tell(_ news: Watchdogs.News) {
        switch news {
        case .stalled(let watch, let time):
            observation.meters.count(MetricCatalogue.stalls, ("watch", watch.rawValue))
            logger.error("watchdog: \(watch.subject)", metadata: Self.metadata(watch, time))
        case .recovered(let watch, let time):
            logger.notice(
                "watchdog: it gets on again", metadata: Self.metadata(watch, time))
        case .hopeless(let watch, let time):
            observation.health.update { $0.isHopeless = true }
            logger.critical(
                "watchdog: \(watch.subject); the process ends", metadata: Self.metadata(watch, time)
            )
            hopeless(watch, time)
        }
    }

    private static func metadata(_ watch: Watch, _ time: Duration) -> Logger.Metadata {
        ["watch": "\(watch.rawValue)", "seconds": "\(time.components.seconds)"]
    }
}
