// Bounds the time of a whole operation, whatever its parts do.

/// Runs work and cancels it when the time is up.
///
/// Returns when the work has ended, so the work must honour cancellation.
func withTimeLimit<Value: Sendable>(
    _ limit: Duration, _ work: @escaping @Sendable () async throws(MediaError) -> Value
) async throws(MediaError) -> Value {
    let first = await withTaskGroup(of: Result<Value, MediaError>.self) { group in
        group.addTask {
            do throws(MediaError) { return .success(try await work()) } catch {
                return .failure(error)
            }
        }
        group.addTask {
            let isOver = (try? await Task.sleep(for: limit)) != nil
            return .failure(isOver ? .tooSlow(limit: limit) : .cancelled)
        }
        defer { group.cancelAll() }
        return await group.next()
    }
    guard let first else { throw .cancelled }
    return try first.get()
}
