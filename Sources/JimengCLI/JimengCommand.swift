// The command line: `jimeng`.

import ArgumentParser

@main
struct JimengCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "jimeng")
}
