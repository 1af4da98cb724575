// Storage that misbehaves: what is retried, what is given up, what is never believed.

import Foundation
import MediaAccess
import Synchronization
import Testing

@Suite("Broken storage", .timeLimit(.minutes(1)))
struct BrokenStorageTests {
    private let video = sampleVideo(1000)

    /// One server plays the provider (`/v`) and the storage (everything else).
    private func run(
        _ storage: @escaping @Sendable (String) -> LoopbackServer.Answer
    ) async throws -> (Result<ArchivedCopy, MediaError>, [String]) {
        let video = video
        return try await LoopbackServer.run(answering: { request in
            LoopbackServer.Answer.path(request) == "/v" ? .http(200, [], video) : storage(request)
        }) { server in
            let bucket = try S3Settings(
                bucket: "videos", prefix: "", region: "r",
                credentials: S3Credentials(accessKeyID: "AK", secretAccessKey: "SK-hidden"),
                endpoint: "http://127.0.0.1:\(server.port)")
            let archiver = Archiver(
                bucket: bucket, try archiveSettings(port: server.port), time: { 1_764_041_400 })
            let result = await archiver.result("http://127.0.0.1:\(server.port)/v", "a")
            await archiver.shutdown()
            let lines = server.record.requests.map { String($0.prefix { $0 != "\r\n" }) }
            return (result, lines)
        }
    }

    @Test("a service that stumbles is asked again within the same try")
    func stumble() async throws {
        let puts = Mutex(0)
        let (result, requests) = try await run { request in
            if request.hasPrefix("HEAD") { return .http(404) }
            let number = puts.withLock {
                $0 += 1; return $0
            }
            return number == 1 ? .http(503) : .http(200, [("ETag", "\"x\"")])
        }
        #expect(try result.get().bytes == 1000)
        // At least: on a busy machine a connection may break off, which makes another try of it.
        #expect(requests.filter { $0.hasPrefix("PUT") }.count >= 2)
    }

    @Test("an object that is not as long as what was sent is not believed")
    func short() async throws {
        let (result, _) = try await run { request in
            if request.hasPrefix("HEAD") {
                return .bytes(LoopbackServer.Answer.head(200, [("Content-Length", "999")]))
            }
            return .http(403, [], Array("<Error><Code>AccessDenied</Code></Error>".utf8))
        }
        #expect { try result.get() } throws: {
            "\($0)".contains("AccessDenied") && !"\($0)".contains("SK-hidden")
        }
    }

    @Test("keys that may write but not look do")
    func writeOnly() async throws {
        let (result, requests) = try await run { request in
            request.hasPrefix("HEAD") ? .http(403) : .http(200, [("ETag", "\"x\"")])
        }
        #expect(try result.get().url == "s3://videos/a/739.mp4")
        #expect(requests.contains { $0.hasPrefix("PUT") })
    }
}
