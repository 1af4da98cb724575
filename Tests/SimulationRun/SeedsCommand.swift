// `fleets seeds`: so many worlds, each from its seed.

import ArgumentParser
import Simulation

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

struct SeedsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "seeds",
        abstract: "Run worlds from their seeds; a seed that breaks a promise is shrunk and told.",
        discussion: "Exit code 1 if a promise was broken. A seed replays: --first SEED --count 1.")

    @Option(help: "How many seeds.")
    var count: UInt64 = 500

    @Option(help: "The first seed.")
    var first: UInt64 = 0

    @Flag(help: "Tell all that happened, not only what concerns the broken promise.")
    var everything = false

    func validate() throws {
        guard count > 0, first <= UInt64.max - count else {
            throw ValidationError(
                "--count must be at least 1, and --first + --count a number of 64 bits")
        }
    }

    func run() async throws {
        let began = ContinuousClock.now
        var told = began
        let report = await Simulation.run(
            first..<first + count, atOnce: ProcessInfo.processInfo.activeProcessorCount
        ) { seeds in
            guard told.duration(to: .now) > .seconds(10) else { return }
            told = .now
            Progress.tell(
                "\(seeds) of \(count) seeds, \(Progress.rate(seeds, since: began)) per second")
        }
        for failure in report.failures {
            print(everything ? Simulation.shrink(failure.seed, everything: true) : failure)
        }
        print(
            "simulation: \(report.seeds) seeds, \(Progress.rate(report.seeds, since: began)) per second, "
                + "\(report.failures.count) failed")
        if !report.failures.isEmpty { throw ExitCode(1) }
    }
}
