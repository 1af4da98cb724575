// The thread that a client lives on: it alone touches the client's state, and blocks as it likes.

internal import Synchronization

/// State that lives on a thread of its own.
protocol ThreadState: SendableMetatype {
    /// Waits for what happens and handles it; returns soon after the thread was woken.
    mutating func poll()
    /// The last call: says goodbye within `limit` and lets go of the client.
    mutating func end(within limit: Duration)
}

/// Runs orders one after another and lets the state poll in between.
final class ClientThread<State: ThreadState>: Sendable {
    private struct Order: Sendable {
        let run: @Sendable (inout State) -> Void
        let reject: @Sendable () -> Void
    }

    private struct Inbox {
        var orders: [Order] = []
        var endWithin: Duration?
        var hasEnded = false
    }

    private let inbox = Mutex(Inbox())
    private let turnCount = Atomic<UInt64>(0)
    private let wake: @Sendable () -> Void
    private let gone: Gate<CloseOutcome>

    /// - Parameters:
    ///   - wake: ends the state's `poll`.
    ///   - gone: opens when what the state held is destroyed.
    ///   - makeState: runs on the new thread.
    init(
        _ name: String, gone: Gate<CloseOutcome>, wake: @escaping @Sendable () -> Void,
        makeState: @escaping @Sendable () -> State
    ) {
        self.gone = gone
        self.wake = wake
        DedicatedThread.start(name) {
            var state = makeState()
            self.run(&state)
        }
    }

    /// How often the thread has come round: it stands still only when the thread is stuck, or has ended.
    var turns: UInt64 { turnCount.load(ordering: .relaxed) }

    /// Runs `body` on the thread and waits for its answer.
    func perform<Answer: Sendable>(
        _ operation: String,
        _ body: @escaping @Sendable (inout State) throws(KafkaError) -> Answer
    ) async throws(KafkaError) -> Answer {
        let result: Result<Answer, KafkaError> = await withCheckedContinuation { continuation in
            submit(
                Order(
                    run: { state in
                        let result: Result<Answer, KafkaError>
                        do throws(KafkaError) {
                            result = .success(try body(&state))
                        } catch {
                            result = .failure(error)
                        }
                        continuation.resume(returning: result)
                    },
                    reject: { continuation.resume(returning: .failure(.closed(operation))) }))
        }
        return try result.get()
    }

    /// Runs `body` on the thread some time soon; never, if the thread has ended.
    func post(_ body: @escaping @Sendable (inout State) -> Void) {
        submit(Order(run: body, reject: {}))
    }

    /// Asks the thread to end; orders given before are done first.
    func end(within limit: Duration) {
        inbox.withLock { if $0.endWithin == nil { $0.endWithin = limit } }
        wake()
    }

    /// Ends the thread and waits until the client is gone, or for `limit` at most.
    func close(within limit: Duration) async -> CloseOutcome {
        end(within: limit / 2)
        let gone = gone
        let watchdog = Task {
            try? await Task.sleep(for: limit)
            if !Task.isCancelled { gone.open(.abandoned) }
        }
        defer { watchdog.cancel() }
        return await gone.value()
    }

    private func submit(_ order: Order) {
        let isRejected = inbox.withLock { inbox in
            if !inbox.hasEnded { inbox.orders.append(order) }
            return inbox.hasEnded
        }
        if isRejected { order.reject() } else { wake() }
    }

    private func run(_ state: inout State) {
        while true {
            turnCount.add(1, ordering: .relaxed)
            let (orders, endWithin) = inbox.withLock { inbox in
                defer { inbox.orders.removeAll() }
                return (inbox.orders, inbox.endWithin)
            }
            for order in orders { order.run(&state) }
            if let endWithin { return end(&state, within: endWithin) }
            state.poll()
        }
    }

    private func end(_ state: inout State, within limit: Duration) {
        let late = inbox.withLock { inbox in
            inbox.hasEnded = true
            defer { inbox.orders.removeAll() }
            return inbox.orders
        }
        for order in late { order.reject() }
        state.end(within: limit)
    }
}
