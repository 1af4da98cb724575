// The command line: `jimeng`.

import ArgumentParser
import Kafka

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@main
struct JimengCommand: AsyncParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "jimeng",
        abstract:
            "Runs slow, paid generation jobs from Kafka on Volcengine's Jimeng, and keeps the books.",
        discussion: """
            See it work:         jimeng demo
            Play with it:        jimeng sandbox        (then `jimeng worker` in a second terminal)
            In earnest:          jimeng topics create; jimeng worker
            Without Kafka:       jimeng generate --image URL --prompt TEXT --download cat.mp4

            \(ExitStatus.help)
            """,
        version: "jimeng \(version) (librdkafka \(LibraryVersion.current))",
        subcommands: [
            DemoCommand.self, SandboxCommand.self, WorkerCommand.self, SubmitCommand.self,
            ResultsCommand.self, JobsCommand.self, ExplainCommand.self, CancelCommand.self,
            ResolveCommand.self, ReplayCommand.self, LanesCommand.self, SpendCommand.self,
            GenerateCommand.self, TopicsCommand.self, DoctorCommand.self, SimulateCommand.self,
        ])

    /// Runs the command that the arguments name.
    static func main() async {
        // A reader that goes away is an error of `write`, not the end of the process.
        signal(SIGPIPE, SIG_IGN)
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch let failure as CommandFailure {
            Output.note("jimeng: \(failure.message)")
            Signals.exitNow(failure.status.rawValue)
        } catch {
            exit(withError: error)
        }
    }
}
