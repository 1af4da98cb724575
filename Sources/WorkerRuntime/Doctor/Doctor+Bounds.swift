// Keeps a check within its time, whatever it hangs on.

extension Doctor {
    /// What a check found, or that it took too long; then it is left to itself.
    func bounded(
        _ area: Finding.Area, _ name: String, _ check: @escaping @Sendable () async -> [Finding]
    ) async -> [Finding] {
        let (results, continuation) = AsyncStream.makeStream(of: [Finding].self)
        // Calls within a check have bounds of their own; this is for several that each take long.
        let limit = limit * 6
        let work = Task { continuation.yield(await check()) }
        let alarm = Task {
            guard (try? await Task.sleep(for: limit)) != nil else { return }
            continuation.yield([
                Finding(
                    area, .unreachable,
                    "\(name) took longer than \(DurationText.text(limit))",
                    why: "something answers too slowly, or not at all",
                    remedy: "try again with --timeout \(DurationText.text(self.limit * 3))")
            ])
        }
        defer {
            work.cancel()
            alarm.cancel()
        }
        for await findings in results { return findings }
        return []
    }
}
