// Counts of calls by action and result, for the invoice.

/// What was asked and what came of it.
struct RequestCounts: Sendable {
    /// By action, then by code.
    private(set) var requests: [String: [String: Int]] = [:]
    /// Answers spoilt after handling, by kind.
    private(set) var answersLost: [String: Int] = [:]
    private(set) var refusedSubmits = 0

    mutating func count(_ action: String, code: Int) {
        requests[action, default: [:]][String(code), default: 0] += 1
        if action == Action.submit.rawValue, code != 10000 { refusedSubmits += 1 }
    }

    mutating func count(_ action: String, unhandled kind: String) {
        requests[action, default: [:]][kind, default: 0] += 1
    }

    mutating func countLoss(_ name: String) {
        answersLost[name, default: 0] += 1
    }
}
