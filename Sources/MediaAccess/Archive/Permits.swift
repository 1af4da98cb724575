// So many at a time, first come, first served.

/// Hands out a fixed number of permits.
actor Permits {
    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(_ count: Int) { free = count }

    /// Runs work while holding a permit.
    func hold<Value: Sendable>(
        _ work: @Sendable () async throws(MediaError) -> Value
    ) async throws(MediaError) -> Value {
        await take()
        defer { giveBack() }
        return try await work()
    }

    private func take() async {
        if free > 0 {
            free -= 1
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }

    /// A permit goes to the next in line without being free in between.
    private func giveBack() {
        if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
    }
}
