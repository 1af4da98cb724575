// An archive in a directory: whole files or none, once, for as long as the link lives.

import Foundation
import MediaAccess
import Testing

@Suite("Archive in a directory", .timeLimit(.minutes(1)))
struct DirectoryArchiveTests {
    private let video = sampleVideo(300_000)

    /// Runs a body with an archive, and a server that follows a script.
    private func run(
        _ answers: [LoopbackServer.Answer], change: (inout Archiver.Settings) -> Void = { _ in },
        _ body: (Archiver, LoopbackServer, TemporaryFolder) async throws -> Void
    ) async throws {
        let folder = TemporaryFolder()
        defer { folder.remove() }
        let script = Script(answers)
        try await LoopbackServer.run(answering: { script.next($0) }) { server in
            var settings = try archiveSettings(port: server.port)
            change(&settings)
            let archiver = Archiver(directory: folder.path, settings)
            try await body(archiver, server, folder)
            await archiver.shutdown()
        }
    }

    private func link(_ server: LoopbackServer) -> String { "http://127.0.0.1:\(server.port)/v" }

    @Test("the copy has the bytes, their count and their hash")
    func whole() async throws {
        try await run([.http(200, [("Content-Type", "video/mp4")], video)]) {
            archiver, server, folder in
            let copy = try await archiver.result(link(server), "cat 1").get()
            #expect(folder.files == ["cat~201/739.mp4"])
            #expect(folder.bytes("cat~201/739.mp4") == video)
            #expect(copy.bytes == 300_000 && copy.sha256 == sha256(video))
            #expect(copy.url == "file://\(folder.path)/cat~201/739.mp4")
        }
    }

    @Test("a copy that is there is the answer, and is not written again")
    func twice() async throws {
        try await run([.http(200, [], video)]) { archiver, server, folder in
            let first = try await archiver.result(link(server), "a").get()
            let path = "\(folder.path)/a/739.mp4"
            let number = try FileManager.default.attributesOfItem(atPath: path)[.systemFileNumber]
            let second = try await archiver.result(link(server), "a").get()
            #expect(second == first)
            let after = try FileManager.default.attributesOfItem(atPath: path)[.systemFileNumber]
            #expect(number as? Int == after as? Int)
        }
    }

    @Test("a file of another size under the name is replaced")
    func stale() async throws {
        try await run([.http(200, [], video)]) { archiver, server, folder in
            try FileManager.default.createDirectory(
                atPath: "\(folder.path)/a", withIntermediateDirectories: true)
            try Data([1, 2, 3]).write(to: URL(filePath: "\(folder.path)/a/739.mp4"))
            _ = try await archiver.result(link(server), "a").get()
            #expect(folder.bytes("a/739.mp4") == video)
        }
    }

    @Test("what fails in passing is tried again")
    func passing() async throws {
        let cut = LoopbackServer.Answer.bytes(
            LoopbackServer.Answer.head(200, [("Content-Length", "300000")]) + video.prefix(50_000))
        try await run([.http(503), cut, .http(500), .http(200, [], video)]) {
            archiver, server, folder in
            let copy = try await archiver.result(link(server), "a").get()
            #expect(copy.bytes == 300_000)
            #expect(folder.files == ["a/739.mp4"])
            #expect(server.record.requests.count == 4)
        }
    }

    @Test("a link that is dead is given up after three tries, with the reason")
    func dead() async throws {
        try await run([.http(403)]) { archiver, server, folder in
            #expect(
                await archiver.result(link(server), "a")
                    == .failure(
                        .archiveGivenUp(
                            tries: 3,
                            reason: "The host 127.0.0.1 answered with HTTP status 403.")))
            #expect(server.record.requests.count == 3)
            #expect(folder.files.isEmpty)
        }
    }

    @Test("nothing is tried beyond the death of the link")
    func expired() async throws {
        try await run([.http(503)]) { archiver, server, _ in
            let result = await archiver.result(link(server), "a", within: .zero)
            guard case .failure(.archiveGivenUp(tries: 1, _)) = result else {
                Issue.record("\(result)")
                return
            }
        }
    }

    @Test("internal addresses are not fetched from unless that is allowed")
    func guarded() async throws {
        try await run([.http(200, [], video)], change: { $0.fetch.gate = FetchGuard() }) {
            archiver, server, folder in
            let result = await archiver.result("http://127.0.0.1/v", "a")
            guard case .failure(let error) = result else {
                Issue.record("\(result)")
                return
            }
            #expect("\(error)".contains("loopback"))
            #expect(server.record.requests.isEmpty && folder.files.isEmpty)
        }
    }

    @Test("too large, empty or encoded products leave nothing behind")
    func unfit() async throws {
        for answer in [
            .http(200, [], video), .http(200, [], []),
            .http(200, [("Content-Encoding", "gzip")], video),
            .bytes(LoopbackServer.Answer.head(200) + video),
        ] as [LoopbackServer.Answer] {
            try await run(
                [answer],
                change: {
                    $0.largest = 100_000; $0.patience = .milliseconds(30)
                }
            ) { archiver, server, folder in
                let result = await archiver.result(link(server), "a")
                #expect(throws: MediaError.self) { try result.get() }
                #expect(folder.files.isEmpty)
            }
        }
    }

    @Test("shutting down ends what is under way and leaves nothing half-made")
    func shutdown() async throws {
        let head = LoopbackServer.Answer.head(200, [("Content-Length", "9000000")])
        try await run([.hang(after: head + video)]) { archiver, server, folder in
            async let result = archiver.result(link(server), "a")
            while folder.files.isEmpty { await Task.yield() }
            await archiver.shutdown()
            #expect(await result == .failure(.cancelled))
            #expect(folder.files.isEmpty)
            #expect(await archiver.result(link(server), "b") == .failure(.cancelled))
        }
    }

    @Test("no more copies are under way at once than allowed")
    func bounded() async throws {
        let head = LoopbackServer.Answer.head(200, [("Content-Length", "9000000")])
        try await run([.hang(after: head + video)], change: { $0.concurrency = 2 }) {
            archiver, server, folder in
            await withTaskGroup(of: Void.self) { group in
                for number in 1...6 {
                    group.addTask { [link = link(server)] in
                        _ = await archiver.result(link, "job-\(number)")
                    }
                }
                while folder.files.count < 2 { await Task.yield() }
                #expect(server.record.requests.count == 2)
                await archiver.shutdown()
            }
            #expect(folder.files.isEmpty)
        }
    }

    @Test("the check writes, and leaves nothing; where it cannot, it says so")
    func check() async throws {
        try await run([.http(404)]) { archiver, _, folder in
            let address = try await archiver.check()
            #expect(address == "file://\(folder.path)/")
            #expect(folder.files.isEmpty)
        }
        let nowhere = Archiver(directory: "/proc/nowhere", try archiveSettings(port: 1))
        await #expect(throws: MediaError.self) { try await nowhere.check() }
        await nowhere.shutdown()
    }
}
