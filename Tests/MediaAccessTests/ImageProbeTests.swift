// Probing pictures: how little is fetched, and what servers may do wrong.

import MediaAccess
import Testing

@Suite("The image probe", .timeLimit(.minutes(1)))
struct ImageProbeTests {
    /// A JPEG file whose frame comes after so many bytes of colour profiles, and then some pixels.
    private func deepJPEG(_ depth: Int) -> [UInt8] {
        var bytes: [UInt8] = [0xFF, 0xD8]
        while bytes.count < depth {
            let length = min(60_000, depth - bytes.count + 2)
            bytes += [0xFF, 0xE2, UInt8(length >> 8), UInt8(length & 0xFF)]
            bytes += Array(repeating: 7, count: length - 2)
        }
        bytes += [0xFF, 0xC0, 0, 11, 8, 0x01, 0xE0, 0x02, 0x80, 1, 1, 0x11, 0]
        return bytes + Array(repeating: 0, count: 500_000)
    }

    private func measure(
        time: Duration = .seconds(20), depth: Int = 1 << 20,
        _ answer: @escaping @Sendable (String) -> LoopbackServer.Answer
    ) async throws -> (Result<ImageProbe.Finding, MediaError>, LoopbackServer.Record) {
        try await LoopbackServer.run(answering: answer) { server in
            let probe = ImageProbe(
                fetch: sandboxedFetch(port: server.port), time: time, depth: depth)
            do throws(MediaError) {
                let found = try await probe.measure("http://127.0.0.1:\(server.port)/p")
                return (.success(found), server.record)
            } catch {
                return (.failure(error), server.record)
            }
        }
    }

    @Test("every real file is measured with one request", arguments: RealPicture.all)
    func real(picture: RealPicture) async throws {
        let (result, record) = try await measure { .file(picture.bytes, for: $0) }
        #expect(try result.get().size == picture.size && result.get().format == picture.format)
        #expect(record.requests.count == 1)
    }

    @Test(
        "a deep header costs a second or third request and no more bytes than needed",
        arguments: [
            (100, 1), (4000, 1), (30_000, 2), (65_000, 2), (120_000, 3), (900_000, 3),
        ])
    func deep(depth: Int, requests: Int) async throws {
        let file = deepJPEG(depth)
        let (result, record) = try await measure { .file(file, for: $0) }
        let found = try result.get()
        #expect(found.size == PixelSize(width: 640, height: 480))
        #expect(found.requests == requests && record.requests.count == requests)
        #expect(found.bytes <= 1 << 20)
        let ranges = record.requests.compactMap { LoopbackServer.Answer.requestedRange($0) }
        #expect(ranges.first == 0..<4096 && ranges.count == requests)
        for (one, next) in zip(ranges, ranges.dropFirst()) {
            #expect(one.upperBound == next.lowerBound)
        }
    }

    @Test("a header deeper than the bound is given up")
    func tooDeep() async throws {
        let file = deepJPEG(200_000)
        let (result, record) = try await measure(depth: 150_000) { .file(file, for: $0) }
        let reason = "its size lies deeper than 150000 bytes"
        #expect(throws: MediaError.notMeasurable(reason: reason)) { try result.get() }
        #expect(record.bytesSent < 160_000)
    }

    @Test("a server that ignores ranges is read only as far as needed")
    func ignored() async throws {
        let file = deepJPEG(50_000)
        let piece = Array(repeating: UInt8(0), count: 65_536)
        let head = LoopbackServer.Answer.head(200, [("Content-Length", "99999999999")])
        try await LoopbackServer.run { _ in
            .endless(head: head + file, piece: piece)
        } _: { server in
            let probe = ImageProbe(fetch: sandboxedFetch(port: server.port))
            let found = try await probe.measure("http://127.0.0.1:\(server.port)/")
            #expect(found.size == PixelSize(width: 640, height: 480))
            #expect(found.requests == 1 && found.bytes < 700_000)
            // The connection is dropped, else the server would go on for ever.
            await server.closings(1)
            #expect(server.record.bytesSent < 50_000_000)
        }
    }

    @Test("an endless body without a size in it ends at the bound")
    func endless() async throws {
        let piece = Array(repeating: UInt8(7), count: 65_536)
        let start = [0xFF, 0xD8, 0xFF, 0xFE, 0, 2] as [UInt8]
        let (result, _) = try await measure { _ in
            .endless(head: LoopbackServer.Answer.head(200) + start, piece: piece)
        }
        let reason = "its size lies deeper than 1048576 bytes"
        #expect(throws: MediaError.notMeasurable(reason: reason)) { try result.get() }
    }

    @Test(
        "other ranges than asked for are not trusted",
        arguments: [
            "bytes 100-200/300", "bytes */300", "items 0-4095/5000", "nonsense", "bytes -1-5/9", "",
        ])
    func otherRange(range: String) async throws {
        let (result, record) = try await measure { request in
            LoopbackServer.Answer.requestedRange(request) == nil
                ? .http(200, [], picture.bytes)
                : .http(
                    206, range.isEmpty ? [] : [("Content-Range", range)],
                    Array(repeating: 1, count: 50))
        }
        #expect(try result.get().size == picture.size)
        #expect(record.requests.count == 2)
    }

    @Test("a server that does not know ranges at all is asked for the whole file", arguments: [416])
    func rangeRefused(status: Int) async throws {
        let (result, record) = try await measure { request in
            LoopbackServer.Answer.requestedRange(request) == nil
                ? .http(200, [], picture.bytes) : .http(status)
        }
        #expect(try result.get().size == picture.size && record.requests.count == 2)
    }

    @Test("ranges nobody asked for are a broken answer")
    func onlyRanges() async throws {
        let (result, record) = try await measure { _ in
            .http(206, [("Content-Range", "bytes 5-9/10")], [1, 2, 3, 4, 5])
        }
        let broken = MediaError.brokenAnswer(
            host: "127.0.0.1", reason: "it is a range nobody asked for")
        #expect(throws: broken) { try result.get() }
        #expect(record.requests.count == 2)
    }

    @Test("shorter ranges than asked for are put together")
    func shortRanges() async throws {
        let (result, record) = try await measure { request in
            let range = LoopbackServer.Answer.requestedRange(request) ?? 0..<0
            let part = range.clamped(to: range.lowerBound..<range.lowerBound + 150)
            return .http(
                206,
                [("Content-Range", "bytes \(part.lowerBound)-\(part.upperBound - 1)/9000")],
                Array(deepJPEG(400)[part]))
        }
        #expect(try result.get().size == PixelSize(width: 640, height: 480))
        #expect(record.requests.count == 3)
    }

    @Test("a server that gives a byte at a time is given up after a few requests")
    func stingy() async throws {
        let file = deepJPEG(4000)
        let (result, record) = try await measure { request in
            let start = LoopbackServer.Answer.requestedRange(request)?.lowerBound ?? 0
            return .http(206, [("Content-Range", "bytes \(start)-\(start)/9000")], [file[start]])
        }
        let reason = "it comes in too many small pieces"
        #expect(throws: MediaError.brokenAnswer(host: "127.0.0.1", reason: reason)) {
            try result.get()
        }
        #expect(record.requests.count == 5)
    }

    @Test("a file that ends inside of its header is told apart", arguments: [0, 1, 20, 100])
    func cut(count: Int) async throws {
        let bytes = Array(picture.bytes.prefix(count))
        let (result, _) = try await measure { _ in .http(200, [], bytes) }
        #expect(throws: MediaError.notMeasurable(reason: "it ends before its size is known")) {
            try result.get()
        }
    }

    @Test("a page instead of a picture is refused at once")
    func page() async throws {
        let (result, _) = try await measure { _ in
            .http(200, [("Content-Type", "image/png")], Array("<!DOCTYPE html><html></html>".utf8))
        }
        let reason = "it is not a JPEG, PNG, WebP, GIF, BMP, HEIC or AVIF file"
        #expect(throws: MediaError.notMeasurable(reason: reason)) { try result.get() }
    }

    @Test(
        "statuses other than success are named",
        arguments: [204, 400, 401, 403, 404, 429, 500, 503])
    func status(status: Int) async throws {
        let (result, record) = try await measure { _ in .bytes(LoopbackServer.Answer.head(status)) }
        #expect(throws: MediaError.status(host: "127.0.0.1", code: status)) { try result.get() }
        #expect(record.requests.count == 1)
    }

    @Test("packed content is refused and never unpacked", arguments: ["gzip", "br", "x-bomb"])
    func bomb(encoding: String) async throws {
        // Ten zero bytes in a gzip frame would do; what matters is that nobody looks.
        let (result, _) = try await measure { _ in
            .http(200, [("Content-Encoding", encoding)], [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3])
        }
        #expect(throws: MediaError.encoded(host: "127.0.0.1", encoding: encoding)) {
            try result.get()
        }
    }

    @Test("a server that drips ends with the time, wherever it drips")
    func drip() async throws {
        let limit = Duration.milliseconds(300)
        let head = LoopbackServer.Answer.head(200, [("Content-Length", "100000")])
        let body = Array(repeating: UInt8(0xFF), count: 100_000)
        let answers: [LoopbackServer.Answer] = [
            .drip(head: [], body: head + body),
            .drip(head: head + [0xFF, 0xD8, 0xFF, 0xE0, 0xFF, 0xFF], body: body),
            .hang(after: []), .hang(after: head),
        ]
        for answer in answers {
            let start = ContinuousClock.now
            let (result, _) = try await measure(time: limit) { _ in answer }
            #expect(throws: MediaError.tooSlow(limit: limit)) { try result.get() }
            #expect(ContinuousClock.now - start < .seconds(10))
        }
    }

    @Test("answers that are no HTTP, break off or never begin are typed errors")
    func broken() async throws {
        let half =
            LoopbackServer.Answer.head(200, [("Content-Length", "1000")]) + picture.bytes.prefix(50)
        for bytes in [[], Array("SSH-2.0-OpenSSH_9.2p1\r\n".utf8), half] {
            let (result, _) = try await measure { _ in .bytes(bytes) }
            #expect(throws: MediaError.self) { try result.get() }
        }
    }

    @Test("a head without end is bounded")
    func endlessHead() async throws {
        let piece = Array("X-Filler: \(String(repeating: "x", count: 4000))\r\n".utf8)
        let (result, record) = try await measure { _ in
            .endless(head: Array("HTTP/1.1 200 OK\r\n".utf8), piece: piece)
        }
        #expect(throws: MediaError.self) { try result.get() }
        #expect(record.bytesSent < 50_000_000)
    }
}
