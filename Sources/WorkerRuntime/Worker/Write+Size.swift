// How large a write is, for the bound of a transaction.

import JobEngine

extension Write {
    /// Bytes of requests that this write carries, once or twice.
    var requestBytes: Int {
        var bytes = 0
        if case .put(let entry) = change { bytes += entry.request?.payload.count ?? 0 }
        switch outcome {
        case .outcome(let outcome): bytes += outcome.entry.request?.payload.count ?? 0
        case .rejection(let rejection): bytes += rejection.payload.count
        case nil: break
        }
        return bytes
    }
}
