// A value that arrives once and that any number of tasks can wait for.

internal import Synchronization

final class Gate<Value: Sendable>: Sendable {
    private enum State {
        case shut([CheckedContinuation<Value, Never>])
        case open(Value)
    }

    private let state = Mutex(State.shut([]))

    /// Lets everyone through with `value`; the first value stays.
    func open(_ value: Value) {
        let waiters = state.withLock { state -> [CheckedContinuation<Value, Never>] in
            guard case .shut(let waiters) = state else { return [] }
            state = .open(value)
            return waiters
        }
        for waiter in waiters { waiter.resume(returning: value) }
    }

    /// The value, if it has arrived.
    var current: Value? {
        state.withLock { if case .open(let value) = $0 { value } else { nil } }
    }

    func value() async -> Value {
        await withCheckedContinuation { waiter in
            let value = state.withLock { state -> Value? in
                switch state {
                case .open(let value): return value
                case .shut(let waiters):
                    state = .shut(waiters + [waiter])
                    return nil
                }
            }
            if let value { waiter.resume(returning: value) }
        }
    }
}
