// Hostile input: every reader of strangers' bytes keeps its promises, whatever they are.

import Foundation
import Testing

/// `FUZZ_SECONDS=600 deploy/dev test --filter FuzzTests` is the long form; see `FuzzBudget`.
@Suite("Hostile input", .serialized)
struct FuzzTests {
    @Test("readers of hostile bytes keep their promises", arguments: FuzzTarget.all)
    func promises(_ target: FuzzTarget) async throws {
        let budget = FuzzBudget(targets: FuzzTarget.all.count)
        let report = try await onThread {
            var run = try FuzzRun(target, budget)
            return try run.run()
        }
        if ProcessInfo.processInfo.environment.keys.contains(where: { $0.hasPrefix("FUZZ_") }) {
            print(
                "fuzz: \(target.name): \(report.runs) inputs, \(report.behaviours.count) behaviours, "
                    + "\(report.failures.count) failures, \(report.time), seed \(budget.seed)")
        }
        for failure in report.failures {
            Issue.record("Tests/FuzzTests/Corpus/\(target.name)/\(failure) (seed \(budget.seed))")
        }
        #expect(report.behaviours.count > 1, "all inputs look alike: the target checks nothing")
    }

    /// Runs what blocks on a thread of its own: the cooperative pool has two, and others need them.
    private func onThread<Value: Sendable>(
        _ body: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            let thread = Thread { continuation.resume(with: Result { try body() }) }
            // What the threads of a worker have.
            thread.stackSize = 8 << 20
            thread.start()
        }
    }
}

extension FuzzTarget {
    static let all: [FuzzTarget] = [
        request, ledger, ledgerRoundTrip, submitAnswer, queryAnswer, imageHeader, signature, trace,
        timestamp, aspectRatio, webTarget, configuration, faultDial, simulatedProvider,
        simulatorServer,
    ]
}
