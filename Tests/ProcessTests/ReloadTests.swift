// Limits that change under a real worker: the file is written anew, and the process is told.

import Foundation
import JSON
import JimengSimulator
import Kafka
import Sandbox
import Testing
import WorkerRuntime

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@Suite("Limits that change", .serialized, .timeLimit(.minutes(2)))
struct ReloadTests {
    @Test("slots that are added while a worker works are used at once, without a restart")
    func moreSlots() async throws {
        var options = SandboxOptions()
        options.lanes = 2
        options.slots = 4
        options.generation = .fixed(.seconds(30))
        let sandbox = try await Sandbox(options)
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "jimeng-reload-\(UInt64.random(in: 0 ... .max))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "worker.yaml")
        try Data("jimeng: {concurrency: 2}".utf8).write(to: file)
        let worker = try WorkerProcess(
            "changing",
            settings: [
                "KAFKA_BOOTSTRAP_SERVERS": sandbox.bootstrapServers,
                "KAFKA_PROPERTIES": "session.timeout.ms=6000,heartbeat.interval.ms=500",
                "JIMENG_SEND_WINDOW": "2s", "JIMENG_ENDPOINT": sandbox.simulator.address.baseURL,
                "JIMENG_ACCESS_KEY": Sandbox.accessKey, "JIMENG_SECRET_KEY": Sandbox.secretKey,
                "JIMENG_SUBMIT_QPS": "20", "JIMENG_CONFIG": file.path(),
                "JIMENG_RELOAD_INTERVAL": "0s", "JIMENG_DRAIN_TIMEOUT": "1s",
                "JIMENG_PROGRESS_TOPIC": sandbox.topics.progress ?? "",
            ], logs: folder)
        let ids = (0..<6).map { "more-\($0)" }
        let stages = try Audience(sandbox.kafka(clientID: "stages"), ids: ids)
        try await stages.follow([sandbox.topics.progress ?? ""])
        try await sandbox.produce(ids, over: 2)
        func submitted(_ count: Int) async {
            await stages.wait(within: .seconds(40)) { board in
                board.rows.count { $0.stage == "submitted" } >= count
            }
        }
        await submitted(2)
        #expect(sandbox.simulator.invoice().lines.count == 2)
        try Data("jimeng: {concurrency: 4}".utf8).write(to: file)
        worker.send(SIGHUP)
        await submitted(4)
        #expect(sandbox.simulator.invoice().lines.count == 4, "\(worker.log.suffix(2000))")
        worker.send(SIGTERM)
        #expect(await worker.exitStatus() == 0)
        await stages.close()
        await sandbox.stop()
    }
}
