// Ctrl-C, SIGTERM and SIGHUP as events.

import UnixSignals

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

enum Signals {
    /// Calls `react` with each signal and its number in order (1 for the first), until the process ends.
    static func onStop(_ react: @escaping @Sendable (_ signal: UnixSignal, _ count: Int) -> Void)
        async
    {
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        Task {
            var count = 0
            for await signal in signals {
                count += 1
                react(signal, count)
            }
        }
    }

    /// Calls `react` at each SIGHUP, until the process ends.
    static func onReload(_ react: @escaping @Sendable () -> Void) async {
        let signals = await UnixSignalsSequence(trapping: .sighup)
        Task {
            for await _ in signals { react() }
        }
    }

    /// Waits for the first signal; a second one ends the process at once.
    static func firstStop() async {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        await onStop { signal, count in
            if count > 1 { exitNow(128 + signal.number) }
            continuation.yield()
        }
        for await _ in stream { return }
    }

    /// Leaves without waiting for anything.
    static func exitNow(_ code: Int32) -> Never {
        _exit(code)
    }
}

extension UnixSignal {
    /// As `kill -l` counts them.
    var number: Int32 {
        self == .sigint ? SIGINT : SIGTERM
    }
}
