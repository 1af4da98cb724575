// A real worker with an archive: results say where the copies lie, and there they lie.

import Foundation
import JSON
import JimengSimulator
import Kafka
import MediaAccess
import Sandbox
import Testing
import WorkerRuntime

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

@Suite("Archive, from end to end", .serialized, .timeLimit(.minutes(2)))
struct ArchiveTests {
    @Test("each result's copy is in the directory, with the bytes that the result tells")
    func directory() async throws {
        try await withFolder { folder in
            let ids = ["plain", "../../outside"]
            let place = ["JIMENG_ARCHIVE": "file://\(folder.path())videos"]
            let results = try await results(of: ids, archivedTo: place, logs: folder)
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
        }
    }

    @Test(
        "each result's copy is in the bucket, with the bytes that the result tells",
        .enabled(
            if: ProcessInfo.processInfo.environment["S3_ENDPOINT"] != nil,
            "needs an S3 server: run the tests with .ci/s3-server, which sets S3_ENDPOINT"))
    func bucket() async throws {
        let all = ProcessInfo.processInfo.environment
        let endpoint = try #require(all["S3_ENDPOINT"])
        let keys = (
            access: try #require(all["S3_ACCESS_KEY"]), secret: try #require(all["S3_SECRET_KEY"])
        )
        let place = "s3://\(try #require(all["S3_BUCKET"]))/run-\(UInt64.random(in: 0 ... .max))"
        try await withFolder { folder in
            try Data(keys.access.utf8).write(to: folder.appending(path: "access"))
            try Data(keys.secret.utf8).write(to: folder.appending(path: "secret"))
            let results = try await results(
                of: ["plain", "../../outside"],
                archivedTo: [
                    "JIMENG_ARCHIVE": place, "JIMENG_ARCHIVE_ENDPOINT": endpoint,
                    "JIMENG_ARCHIVE_ACCESS_KEY_FILE": folder.appending(path: "access").path(),
                    "JIMENG_ARCHIVE_SECRET_KEY_FILE": folder.appending(path: "secret").path(),
                ], logs: folder)
            #expect(results.count == 2)
            for result in results.values {
                let archive = try #require(result["archive"]?.object)
                let url = try #require(archive["url"]?.string)
                #expect(url.hasPrefix(place + "/"))
                let path = "/" + url.dropFirst("s3://".count)
                let (status, bytes) = try await get(path, endpoint, keys)
                #expect(status == 200)
                #expect(archive["bytes"] == JSON(bytes))
                #expect(archive["sha256"]?.string?.count == 64)
            }
        }
    }

    private func withFolder(_ body: (URL) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "jimeng-archive-\(UInt64.random(in: 0 ... .max))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try await body(folder)
    }

    /// Status and number of bytes of an object, asked for by another way than the archive's.
    private func get(_ path: String, _ endpoint: String, _ keys: (access: String, secret: String))
        async throws -> (status: Int, bytes: Int)
    {
        let url = try #require(URL(string: endpoint + path))
        let signer = S3Signer(
            credentials: try S3Credentials(
                accessKeyID: keys.access, secretAccessKey: keys.secret), region: "us-east-1")
        var request = URLRequest(url: url)
        let host = "\(try #require(url.host())):\(try #require(url.port))"
        let headers = signer.headers(
            of: S3Request(method: "GET", path: url.path(percentEncoded: true)), host: host,
            at: Int64(Date().timeIntervalSince1970))
        for (name, value) in headers { request.setValue(value, forHTTPHeaderField: name) }
        let (data, response) = try await URLSession.shared.data(for: request)
        return (try #require(response as? HTTPURLResponse).statusCode, data.count)
    }

    /// The results of requests that a worker with that archive has seen to.
    private func results(of ids: [String], archivedTo place: [String: String], logs: URL)
        async throws -> [String: JSONObject]
    {
        var options = SandboxOptions()
        options.lanes = 2
        options.generation = .fixed(.milliseconds(500))
        let sandbox = try await Sandbox(options)
        let settings = [
            "KAFKA_BOOTSTRAP_SERVERS": sandbox.bootstrapServers,
            "KAFKA_PROPERTIES": "session.timeout.ms=6000,heartbeat.interval.ms=500",
            "JIMENG_SEND_WINDOW": "2s", "JIMENG_ENDPOINT": sandbox.simulator.address.baseURL,
            "JIMENG_ACCESS_KEY": Sandbox.accessKey, "JIMENG_SECRET_KEY": Sandbox.secretKey,
            "JIMENG_CONCURRENCY": "8", "JIMENG_SUBMIT_QPS": "20", "JIMENG_QUERY_QPS": "50",
            "JIMENG_POLL_FIRST": "300ms", "JIMENG_POLL_SHORTEST": "200ms",
            "JIMENG_POLL_LONGEST": "1s", "JIMENG_IMAGE_NETWORKS": "127.0.0.0/8",
            "JIMENG_IMAGE_PORTS": "\(sandbox.simulator.address.port)",
        ].merging(place) { $1 }
        let worker = try WorkerProcess("archiving", settings: settings, logs: logs)
        try await sandbox.produce(ids)
        let results = try await self.results(ids.count, sandbox)
        worker.send(SIGTERM)
        #expect(await worker.exitStatus() == 0)
        await sandbox.stop()
        return results
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
