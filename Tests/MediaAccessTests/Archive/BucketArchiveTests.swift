// An archive in a bucket, against a real server that checks signatures, and a raw one that misbehaves.

import Foundation
import MediaAccess
import Testing

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// The server that `.ci/s3-server` runs, if it does.
private struct Storage {
    let endpoint: String
    let bucket: String
    let accessKey: String
    let secretKey: String

    static var current: Storage? {
        let all = ProcessInfo.processInfo.environment
        guard let endpoint = all["S3_ENDPOINT"], let bucket = all["S3_BUCKET"],
            let accessKey = all["S3_ACCESS_KEY"], let secretKey = all["S3_SECRET_KEY"]
        else { return nil }
        return Storage(
            endpoint: endpoint, bucket: bucket, accessKey: accessKey, secretKey: secretKey)
    }

    /// Settings below a prefix of their own, so that a run never meets another.
    func settings(bucket: String? = nil, secretKey: String? = nil) throws -> S3Settings {
        try S3Settings(
            bucket: bucket ?? self.bucket, prefix: "run-\(UInt64.random(in: 0 ... .max))",
            region: "us-east-1",
            credentials: S3Credentials(
                accessKeyID: accessKey, secretAccessKey: secretKey ?? self.secretKey),
            endpoint: endpoint, partSize: 5 << 20)
    }

    /// A signed request of the test's own: what lies there, by another way than the archive's.
    func get(_ path: String, query: [(name: String, value: String)] = [], method: String = "GET")
        async throws -> (HTTPURLResponse, [UInt8])
    {
        let settings = try settings()
        let request = S3Request(method: method, path: path, query: query)
        let signer = S3Signer(
            credentials: try S3Credentials(accessKeyID: accessKey, secretAccessKey: secretKey),
            region: "us-east-1")
        let time = Int64(Date().timeIntervalSince1970)
        let suffix = query.isEmpty ? "" : "?" + query.map { "\($0.name)=\($0.value)" }.joined()
        var sent = URLRequest(url: try #require(URL(string: endpoint + path + suffix)))
        sent.httpMethod = method
        for (name, value) in signer.headers(of: request, host: settings.host, at: time) {
            sent.setValue(value, forHTTPHeaderField: name)
        }
        let (data, response) = try await URLSession.shared.data(for: sent)
        return (try #require(response as? HTTPURLResponse), Array(data))
    }
}

@Suite(
    "Archive in a bucket", .serialized, .timeLimit(.minutes(2)),
    .enabled(
        if: Storage.current != nil,
        "needs an S3 server: run the tests with .ci/s3-server, which sets S3_ENDPOINT"))
struct BucketArchiveTests {
    private func run(
        _ answers: [LoopbackServer.Answer], _ bucket: S3Settings,
        _ body: (Archiver, String, LoopbackServer) async throws -> Void
    ) async throws {
        let script = Script(answers)
        try await LoopbackServer.run(answering: { script.next($0) }) { server in
            let archiver = Archiver(
                bucket: bucket, try archiveSettings(port: server.port),
                time: { Int64(Date().timeIntervalSince1970) })
            try await body(archiver, "http://127.0.0.1:\(server.port)/v", server)
            await archiver.shutdown()
        }
    }

    @Test("new keys are signed with at once")
    func renewedKeys() async throws {
        let storage = try #require(Storage.current)
        let bucket = try storage.settings(secretKey: "not-the-key")
        let video = sampleVideo(70_000)
        let answers = Array(repeating: LoopbackServer.Answer.http(200, [], video), count: 4)
        try await run(answers, bucket) { archiver, link, _ in
            let refused = await archiver.result(link, "cat/1")
            #expect(throws: MediaError.self) { try refused.get() }
            archiver.renew(
                try S3Credentials(
                    accessKeyID: storage.accessKey, secretAccessKey: storage.secretKey))
            #expect(try await archiver.result(link, "cat/1").get().bytes == 70_000)
        }
    }

    @Test("a small product is one object with type and hash; a second try finds it")
    func single() async throws {
        let storage = try #require(Storage.current)
        let (bucket, video) = (try storage.settings(), sampleVideo(70_000))
        try await run([.http(200, [], video)], bucket) { archiver, link, _ in
            let copy = try await archiver.result(link, "cat/1").get()
            #expect(copy.bytes == 70_000 && copy.sha256 == sha256(video))
            #expect(copy.url == "s3://videos/\(bucket.prefix)/cat~2f1/739.mp4")
            let path = "/videos/\(bucket.prefix)/cat~2f1/739.mp4"
            let (head, bytes) = try await storage.get(path)
            #expect(bytes == video)
            #expect(head.value(forHTTPHeaderField: "Content-Type") == "video/mp4")
            #expect(head.value(forHTTPHeaderField: "x-amz-meta-sha256") == sha256(video))
            let written = head.value(forHTTPHeaderField: "Last-Modified")
            let second = try await archiver.result(link, "cat/1").get()
            #expect(second == copy)
            let (again, _) = try await storage.get(path)
            #expect(again.value(forHTTPHeaderField: "Last-Modified") == written)
        }
    }

    @Test("a large product goes in parts and comes out whole")
    func parts() async throws {
        let storage = try #require(Storage.current)
        let (bucket, video) = (try storage.settings(), sampleVideo(12_000_000))
        try await run([.http(200, [], video)], bucket) { archiver, link, _ in
            let copy = try await archiver.result(link, "big").get()
            #expect(copy.bytes == 12_000_000 && copy.sha256 == sha256(video))
            let (head, bytes) = try await storage.get("/videos/\(bucket.prefix)/big/739.mp4")
            #expect(bytes == video)
            #expect(head.value(forHTTPHeaderField: "ETag")?.hasSuffix("-3\"") == true)
            #expect(head.value(forHTTPHeaderField: "Content-Type") == "video/mp4")
            // Once more, as after a crash: one object under one name.
            let second = try await archiver.result(link, "big").get()
            #expect(second == copy)
        }
    }

    @Test("an upload whose source breaks off is aborted; nothing is left to pay for")
    func aborted() async throws {
        let storage = try #require(Storage.current)
        let (bucket, video) = (try storage.settings(), sampleVideo(12_000_000))
        let cut = LoopbackServer.Answer.bytes(
            LoopbackServer.Answer.head(200, [("Content-Length", "12000000")])
                + video.prefix(11_000_000))
        try await run([cut, .http(404)], bucket) { archiver, link, _ in
            let result = await archiver.result(link, "cut")
            #expect(throws: MediaError.self) { try result.get() }
            let (_, list) = try await storage.get("/videos", query: [(name: "uploads", value: "")])
            #expect(!String(decoding: list, as: UTF8.self).contains(bucket.prefix))
            let (head, _) = try await storage.get("/videos/\(bucket.prefix)/cut/739.mp4")
            #expect(head.statusCode == 404)
        }
    }

    @Test("wrong keys and a bucket that is not there are named, and given up soon")
    func refused() async throws {
        let storage = try #require(Storage.current)
        for (bucket, word) in [
            (try storage.settings(secretKey: "wrong"), "SignatureDoesNotMatch"),
            (try storage.settings(bucket: "nothing-here"), "NoSuchBucket"),
        ] {
            try await run([.http(200, [], sampleVideo(1000))], bucket) { archiver, link, _ in
                let result = await archiver.result(link, "a")
                #expect { try result.get() } throws: { "\($0)".contains(word) }
                await #expect { try await archiver.check() } throws: { "\($0)".contains(word) }
            }
        }
    }

    @Test("the check writes and leaves nothing")
    func check() async throws {
        let storage = try #require(Storage.current)
        let bucket = try storage.settings()
        try await run([.http(404)], bucket) { archiver, _, _ in
            let address = try await archiver.check()
            #expect(address == "s3://videos/\(bucket.prefix)")
        }
    }
}
