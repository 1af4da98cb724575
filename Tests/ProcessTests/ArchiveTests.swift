// A real worker with an archive: results say where the copies lie, and there they lie.

import Foundation
import JSON
import JimengSimulator
import Kafka
import Sandbox
import Testing
import WorkerRuntime

@Suite("Archive, from end to end", .serialized, .timeLimit(.minutes(2)))
struct ArchiveTests {
    @Test("each result's copy is in the directory, with the bytes that the result tells")
    func directory() async throws {
        var options = SandboxOptions()
        options.lanes = 2
        options.generation = .fixed(.milliseconds(500))
        let sandbox = try await Sandbox(options)
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "jimeng-archive-\(UInt64.random(in: 0 ... .max))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let port = sandbox.simulator.address.port
        let worker = try WorkerProcess(
            "archiving",
            settings: [
                "KAFKA_BOOTSTRAP_SERVERS": sandbox.bootstrapServers,
                "KAFKA_PROPERTIES": "session.timeout.ms=6000,heartbeat.interval.ms=500",
                "JIMENG_SEND_WINDOW": "2s", "JIMENG_ENDPOINT": sandbox.simulator.address.baseURL,
                "JIMENG_ACCESS_KEY": Sandbox.accessKey, "JIMENG_SECRET_KEY": Sandbox.secretKey,
                "JIMENG_CONCURRENCY": "8", "JIMENG_SUBMIT_QPS": "20", "JIMENG_QUERY_QPS": "50",
                "JIMENG_POLL_FIRST": "300ms", "JIMENG_POLL_SHORTEST": "200ms",
                "JIMENG_POLL_LONGEST": "1s", "JIMENG_IMAGE_NETWORKS": "127.0.0.0/8",
                "JIMENG_IMAGE_PORTS": "\(port)", "JIMENG_ARCHIVE": "file://\(folder.path())videos",
            ], logs: folder)
        let ids = ["plain", "../../outside"]
        try await sandbox.produce(ids)
        let results = try await results(ids.count, sandbox)
        for id in ids {
            let archive = try #require(results[id]?["archive"]?.object)
            let url = try #require(archive["url"]?.string.flatMap { URL(string: $0) })
            #expect(url.path().hasPrefix("\(folder.path())videos/"))
            let bytes = try Data(contentsOf: url)
            #expect(archive["bytes"] == JSON(bytes.count))
            #expect(archive["sha256"]?.string?.count == 64)
            let fetched = try #require(
                results[id]?["video_url"]?.string.flatMap { URL(string: $0) })
            #expect(url.lastPathComponent == fetched.lastPathComponent)
        }
        worker.send(SIGTERM)
        #expect(await worker.exitStatus() == 0)
        await sandbox.stop()
    }

    /// Results by id, when there are so many.
    private func results(_ count: Int, _ sandbox: Sandbox) async throws -> [String: JSONObject] {
        let reader = try OutcomeReader(
            sandbox.kafka(clientID: "archive-reader"), topics: [sandbox.topics.results])
        var results: [String: JSONObject] = [:]
        for await event in try await reader.start(.beginning) {
            guard case .records(let records) = event else { continue }
            for record in records {
                let object = try #require(try JSON(parsing: record.value ?? []).object)
                results[object["id"]?.string ?? ""] = object
            }
            if results.count == count { break }
        }
        await reader.close()
        return results
    }
}
