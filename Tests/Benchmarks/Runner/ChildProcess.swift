// Other processes of a benchmark, and what they cost.

import Foundation

enum Flush {
    static func standardOutput() { fflush(nil) }
}

/// A program that runs beside the benchmark until it is stopped.
final class ChildProcess {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    let name: String

    init(
        _ name: String, _ path: String, _ arguments: [String], _ environment: [String: String] = [:]
    )
        throws
    {
        self.name = name
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = input
        process.standardOutput = output
        try process.run()
    }

    /// Lines of its standard output up to `ready`.
    func linesUntilReady() -> [String] {
        var text = ""
        while !text.contains("ready\n") {
            let data = output.fileHandleForReading.availableData
            if data.isEmpty { break }
            text += String(decoding: data, as: UTF8.self)
        }
        return text.split(separator: "\n").map(String.init)
    }

    /// CPU seconds so far, read from the kernel; nil where it does not tell (not Linux).
    var cpu: Double? {
        guard
            let text = try? String(
                contentsOfFile: "/proc/\(process.processIdentifier)/stat", encoding: .utf8),
            let end = text.lastIndex(of: ")")
        else { return nil }
        let fields = text[end...].split(separator: " ")
        guard fields.count > 13, let user = Double(fields[12]), let system = Double(fields[13])
        else {
            return nil
        }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    /// Asks it to end, and makes it after twenty seconds.
    func stop() {
        try? input.fileHandleForWriting.close()
        process.terminate()
        let deadline = Date().addingTimeInterval(20)
        while process.isRunning, Date() < deadline { usleep(20_000) }
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
    }

    /// This very program.
    static var own: String { CommandLine.arguments[0] }
    /// The program under test, beside this one.
    static var jimeng: String {
        URL(filePath: own).deletingLastPathComponent().appending(path: "jimeng").path()
    }
}

/// A broker and a provider in a process of their own.
struct BenchmarkWorld {
    let process: ChildProcess
    let environment: [String: String]

    var servers: String { environment["KAFKA_BOOTSTRAP_SERVERS"] ?? "" }

    init(_ arguments: [String]) throws {
        process = try ChildProcess("world", ChildProcess.own, ["world"] + arguments)
        var environment: [String: String] = [:]
        for line in process.linesUntilReady() {
            let parts = line.split(separator: "=", maxSplits: 1)
            if parts.count == 2 { environment[String(parts[0])] = String(parts[1]) }
        }
        self.environment = environment
    }
}
