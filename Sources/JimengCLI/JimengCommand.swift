// The command line: `jimeng`.

import ArgumentParser

@main
struct JimengCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jimeng",
        abstract:
            "Runs slow, paid generation jobs from Kafka on Volcengine's Jimeng, and keeps the books.",
        subcommands: [DemoCommand.self])
}
