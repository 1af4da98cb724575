// How long to fuzz: short by default, longer by the environment.

import Foundation

/// `FUZZ_RUNS` inputs for each target, or `FUZZ_SECONDS` for all targets together; `FUZZ_SEED` begins elsewhere.
///
/// The short form draws the same inputs each time. The long forms draw new ones unless a seed is given.
struct FuzzBudget: Sendable {
    /// Ends after so many inputs; `nil` without such a bound.
    let runs: Int?
    /// Ends after so long; `nil` without such a bound.
    let time: Duration?
    let seed: UInt64

    init(
        environment: [String: String] = ProcessInfo.processInfo.environment, targets: Int
    ) {
        let seconds = environment["FUZZ_SECONDS"].flatMap(Double.init).map { max(1, $0) }
        time = seconds.map { .seconds($0 / Double(targets)) }
        let runs = environment["FUZZ_RUNS"].flatMap(Int.init)
        self.runs = runs ?? (seconds == nil ? Self.short : nil)
        let isLong = seconds != nil || runs != nil
        seed =
            environment["FUZZ_SEED"].flatMap(UInt64.init)
            ?? (isLong ? UInt64.random(in: 1...999_999) : 1)
    }

    private static let short = 300

    func isSpent(after runs: Int, since start: ContinuousClock.Instant) -> Bool {
        if let most = self.runs, runs >= most { return true }
        if let time, runs % 16 == 0, ContinuousClock.now - start >= time { return true }
        return false
    }
}
