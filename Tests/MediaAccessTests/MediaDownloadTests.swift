// Downloads: the file appears whole or not at all.

import Foundation
import MediaAccess
import Synchronization
import Testing

@Suite("Downloads", .timeLimit(.minutes(1)))
struct MediaDownloadTests {
    private let content = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }

    private func download(
        limit: Int = 1 << 20, time: Duration = .seconds(20), before: [UInt8]? = nil,
        _ answer: @escaping @Sendable (String) -> LoopbackServer.Answer
    ) async throws -> (
        Result<Int, MediaError>, file: [UInt8]?, part: Bool, [MediaDownload.Progress]
    ) {
        let path = NSTemporaryDirectory() + "download-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        if let before { try Data(before).write(to: URL(fileURLWithPath: path)) }
        let progress = Mutex<[MediaDownload.Progress]>([])
        let result = try await LoopbackServer.run(answering: answer) { server in
            let download = MediaDownload(fetch: sandboxedFetch(port: server.port), time: time)
            do throws(MediaError) {
                return Result<Int, MediaError>.success(
                    try await download.download(
                        "http://127.0.0.1:\(server.port)/v", to: path, limit: limit
                    ) { step in progress.withLock { $0.append(step) } })
            } catch {
                return .failure(error)
            }
        }
        let file = FileManager.default.contents(atPath: path).map(Array.init)
        let part = FileManager.default.fileExists(atPath: path + ".part")
        return (result, file, part, progress.withLock { $0 })
    }

    @Test("the file has the bytes, and progress counts up to them")
    func whole() async throws {
        let content = content
        let (result, file, part, progress) = try await download { request in
            LoopbackServer.Answer.path(request) == "/v" ? .redirect("/w") : .http(200, [], content)
        }
        #expect(try result.get() == content.count)
        #expect(file == content && !part)
        #expect(progress.last == .init(received: content.count, total: content.count))
        #expect(progress.map(\.received) == progress.map(\.received).sorted())
    }

    @Test("an old file is replaced by a whole one only")
    func replaced() async throws {
        let (result, file, _, _) = try await download(before: [1, 2, 3]) { _ in
            .http(200, [], [4, 5])
        }
        #expect(try result.get() == 2)
        #expect(file == [4, 5])
    }

    @Test("an empty file is a file")
    func empty() async throws {
        let (result, file, _, _) = try await download { _ in .http(200) }
        #expect(try result.get() == 0)
        #expect(file == [])
    }

    @Test("a failure leaves the old file and no part", arguments: [0, 1, 2, 3, 4, 5, 6])
    func failures(number: Int) async throws {
        let head = { (length: Int) in
            LoopbackServer.Answer.head(200, [("Content-Length", "\(length)")])
        }
        let piece = Array(repeating: UInt8(1), count: 65_536)
        let slow = Duration.milliseconds(300)
        let cases: [(LoopbackServer.Answer, MediaError?)] = [
            (.bytes(head(2_000_000) + piece), .tooLarge(limit: 1 << 20)),
            (
                .endless(head: LoopbackServer.Answer.head(200), piece: piece),
                .tooLarge(limit: 1 << 20)
            ),
            (.bytes(head(100_000) + piece), nil),
            (.hang(after: head(100_000) + piece), .tooSlow(limit: slow)),
            (.http(404, [], piece), .status(host: "127.0.0.1", code: 404)),
            (
                .http(206, [("Content-Range", "bytes 0-0/1")], [1]),
                .status(host: "127.0.0.1", code: 206)
            ),
            (
                .http(200, [("Content-Encoding", "gzip")], [1]),
                .encoded(host: "127.0.0.1", encoding: "gzip")
            ),
        ]
        let (answer, wanted) = cases[number]
        let (result, file, part, _) = try await download(
            time: number == 3 ? slow : .seconds(20), before: [9]
        ) { _ in answer }
        let error = #expect(throws: MediaError.self) { try result.get() }
        if let wanted { #expect(error == wanted) }
        #expect(file == [9] && !part)
    }

    @Test("a place that cannot be written is named before anything is fetched")
    func unwritable() async throws {
        try await LoopbackServer.run { _ in
            .http(200)
        } _: { server in
            let error = await #expect(throws: MediaError.self) {
                try await MediaDownload(fetch: sandboxedFetch(port: server.port)).download(
                    "http://127.0.0.1:\(server.port)/", to: "/no/such/folder/file", limit: 10)
            }
            #expect(error == .file(reason: "open: No such file or directory"))
            #expect(server.record.requests.isEmpty)
        }
    }
}
