// The invoice: what the provider accepted, delivered and charges. The truth that tests compare
// with.

/// A full account of a simulated provider at one instant. Its JSON (`GET /_sim/invoice`) has the
/// same names in snake case.
package struct Invoice: Codable, Sendable, Equatable {
    /// How a task ended.
    package enum Outcome: String, Codable, Sendable {
        case unfinished, succeeded, failed
    }

    /// One accepted submission.
    package struct Line: Codable, Sendable, Equatable {
        /// 1 for the first one.
        package let number: Int
        package let account: String
        package let accessKeyID: String
        package let taskID: String
        package let reqKey: String
        package let frames: Int
        /// Lower-case hex of the submitted body's hash.
        package let bodySHA256: String
        /// The prompt's first bytes, at most 80.
        package let promptStart: String
        package let acceptedAt: WallTime
        /// Absent while unfinished.
        package let finishedAt: WallTime?
        package let outcome: Outcome
        /// The code of a failed task.
        package let failureCode: Int?
        /// Whether queries answer `not_found` for ever.
        package let lost: Bool
        /// Whether the answer to the submit did not arrive whole, and how: `dropped`, `html_502`,
        /// `truncated`, `empty`, or `unwritten` when the client had gone.
        package let answerDropped: Bool
        package let answerLoss: String?
        /// Whether a query returned its video.
        package let delivered: Bool
        package let deliveredAt: WallTime?
        package let deliveries: Int
        package let queries: Int
        package let videoFetches: Int
        /// Zero while unfinished, and for failed tasks.
        package let chargedFen: Fen
    }

    /// One account's sums.
    package struct Account: Codable, Sendable, Equatable {
        package let name: String
        package let concurrency: Int
        package let accepted: Int
        package let unfinished: Int
        /// The most tasks that were unfinished at once, ever.
        package let maximumUnfinished: Int
        package let chargedFen: Fen
    }

    package let at: WallTime
    package let lines: [Line]
    package let accounts: [Account]
    /// Calls by action (`unknown` where there was none) and by the code decided for them; calls
    /// that ended before handling count as `dropped_before_handling` or `html_<status>`.
    package let requests: [String: [String: Int]]
    /// Submits that were handled and not accepted.
    package let refusedSubmits: Int
    /// Answers spoilt after handling, by kind.
    package let answersLost: [String: Int]
    /// The sum of the lines.
    package let chargedFen: Fen
}

extension WallTime: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let time = WallTime(iso: try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "an instant looks like 2025-07-15T08:18:05.000Z")
        }
        self = time
    }

    /// Written with milliseconds.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(iso)
    }
}
