// A real `jimeng worker` in a process of its own, to be stopped in every way a process can be.

import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The executable beside the tests.
enum Executable {
    /// `jimeng` of the same build: `JIMENG_EXECUTABLE`, or the neighbour of the test runner.
    static var url: URL {
        if let path = ProcessInfo.processInfo.environment["JIMENG_EXECUTABLE"] {
            return URL(filePath: path)
        }
        let runner = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        return runner.deletingLastPathComponent().appending(path: "jimeng")
    }
}

final class WorkerProcess: Sendable {
    let name: String
    let logFile: URL
    private let process: Mutex<Process>
    let identifier: pid_t
    private let ended: AsyncStream<Int32>

    init(_ name: String, settings: [String: String], logs: URL) throws {
        self.name = name
        logFile = logs.appending(path: "\(name).log")
        _ = FileManager.default.createFile(atPath: logFile.path(), contents: nil)
        let process = Process()
        process.executableURL = Executable.url
        process.arguments = ["worker"]
        var environment = ProcessInfo.processInfo.environment.filter {
            !$0.key.hasPrefix("JIMENG_") && !$0.key.hasPrefix("KAFKA_")
        }
        environment.merge(settings) { _, new in new }
        environment["KAFKA_CLIENT_ID"] = name
        process.environment = environment
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = try FileHandle(forWritingTo: logFile)
        let (ended, continuation) = AsyncStream.makeStream(of: Int32.self)
        self.ended = ended
        process.terminationHandler = { process in
            continuation.yield(process.terminationStatus)
            continuation.finish()
        }
        try process.run()
        identifier = process.processIdentifier
        self.process = Mutex(process)
    }

    func send(_ signal: Int32) {
        kill(identifier, signal)
    }

    /// The exit status; waits for the end.
    func exitStatus() async -> Int32? {
        for await status in ended { return status }
        return process.withLock { $0.isRunning ? nil : $0.terminationStatus }
    }

    var log: String { (try? String(contentsOf: logFile, encoding: .utf8)) ?? "" }
}
