// `benchmarks`: each prints one table with its baseline in the same run; deploy/dev bench runs them all.

import ArgumentParser

@main
struct Benchmarks: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "benchmarks",
        abstract: "What things cost on this machine, beside what they are measured by.",
        discussion: """
            Times are for reading, never for passing or failing. Counts that repeat have bounds, and one that is \
            exceeded makes the exit code 1.
            """,
        subcommands: [
            EngineBenchmark.self, MemoryBenchmark.self, RestoreBenchmark.self,
            WrapperBenchmark.self,
            AcceptBenchmark.self, JobsBenchmark.self, WorldCommand.self,
        ])
}
