// Things that happened, and waiting for them without sleeping.

import Dispatch
import Synchronization

/// A list that only grows; whoever waits is woken when it has grown enough, or when its time is up.
final class Board<Item: Sendable>: Sendable {
    private struct Waiter {
        let isEnough: @Sendable ([Item]) -> Bool
        let go: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var items: [Item] = []
        var waiters: [Int: Waiter] = [:]
        var lastNumber = 0
    }

    private let state = Mutex(State())

    var items: [Item] { state.withLock { $0.items } }

    func add(_ item: Item) {
        let content = state.withLock { state -> [Waiter] in
            state.items.append(item)
            let content = state.waiters.filter { $0.value.isEnough(state.items) }
            for number in content.keys { state.waiters[number] = nil }
            return Array(content.values)
        }
        for waiter in content { waiter.go.resume(returning: true) }
    }

    /// False if that did not come to be within `limit`.
    func wait(
        within limit: Duration = .seconds(40),
        until isEnough: @escaping @Sendable ([Item]) -> Bool
    ) async -> Bool {
        await withCheckedContinuation { go in
            let number = state.withLock { state -> Int? in
                if isEnough(state.items) { return nil }
                state.lastNumber += 1
                state.waiters[state.lastNumber] = Waiter(isEnough: isEnough, go: go)
                return state.lastNumber
            }
            guard let number else { return go.resume(returning: true) }
            let deadline = DispatchTime.now() + .milliseconds(Int(limit / .milliseconds(1)))
            DispatchQueue.global().asyncAfter(deadline: deadline) {
                let late = self.state.withLock { $0.waiters.removeValue(forKey: number) }
                late?.go.resume(returning: false)
            }
        }
    }
}

/// Lets nobody through until it is opened.
final class Door: Sendable {
    private let opened = Board<Void>()

    func open() { opened.add(()) }

    func pass() async { _ = await opened.wait(within: .seconds(60)) { !$0.isEmpty } }
}
