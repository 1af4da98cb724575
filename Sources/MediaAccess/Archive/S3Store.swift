// Speaks with S3-compatible storage: one method an operation, errors with the service's own words.

import AsyncHTTPClient
internal import Crypto
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A bucket. Whoever makes one must shut it down.
final class S3Store: Sendable {
    let settings: S3Settings
    /// Those of `settings` at first.
    private let credentials: Mutex<S3Credentials>
    private let client: HTTPClient
    /// Wall-clock seconds since 1970; signatures carry it.
    private let time: @Sendable () -> Int64

    init(_ settings: S3Settings, time: @escaping @Sendable () -> Int64) {
        self.settings = settings
        self.time = time
        credentials = Mutex(settings.credentials)
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: .seconds(10), read: .seconds(60)), decompression: .disabled)
        configuration.httpVersion = .http1Only
        client = HTTPClient(
            eventLoopGroupProvider: .shared(MultiThreadedEventLoopGroup.singleton),
            configuration: configuration)
    }

    /// Requests are signed with these from now on, those of uploads under way as well.
    func renew(_ credentials: S3Credentials) { self.credentials.withLock { $0 = credentials } }

    /// Fails only when it was shut down before.
    func shutdown() async { try? await client.shutdown() }

    /// What is known of an object.
    struct Found: Sendable {
        let bytes: Int64
        /// Of our own metadata; objects sent in parts have none.
        let sha256: String?
    }

    /// Nil if there is no such object, or the keys may not look: then it is written.
    func look(_ key: String) async throws(MediaError) -> Found? {
        let answer = try await send(S3Request(method: "HEAD", path: settings.path(key)))
        if answer.status == 404 || answer.status == 403 { return nil }
        guard answer.status == 200 else { throw failure("look for the object", answer) }
        guard let bytes = answer.headers.first(name: "Content-Length").flatMap({ Int64($0) })
        else { return nil }
        return Found(bytes: bytes, sha256: answer.headers.first(name: Self.hashHeader))
    }

    private static let hashHeader = "x-amz-meta-sha256"

    /// Writes an object as a whole; the service checks its MD5 and SHA-256.
    func put(_ key: String, _ body: ByteBuffer, contentType: String, sha256: String)
        async throws(MediaError)
    {
        var request = S3Request(method: "PUT", path: settings.path(key), body: body)
        request.headers = [
            (name: "Content-Type", value: contentType),
            (name: "Content-MD5", value: Self.md5(body)),
            (name: Self.hashHeader, value: sha256),
        ]
        _ = try await succeed("write the object", request)
    }

    /// Begins an upload in parts; its id.
    func begin(_ key: String, contentType: String) async throws(MediaError) -> String {
        var request = S3Request(
            method: "POST", path: settings.path(key), query: [(name: "uploads", value: "")])
        request.headers = [(name: "Content-Type", value: contentType)]
        let answer = try await succeed("begin the upload", request)
        guard let id = S3XML.text(of: "UploadId", in: answer.text), !id.isEmpty else {
            throw .store(
                operation: "begin the upload", reason: "its answer has no UploadId", isFinal: true)
        }
        return id
    }

    /// Writes one part, counted from 1; its tag.
    func put(part: Int, of upload: String, _ key: String, _ body: ByteBuffer)
        async throws(MediaError) -> String
    {
        var request = S3Request(method: "PUT", path: settings.path(key), body: body)
        request.query = [
            (name: "partNumber", value: "\(part)"), (name: "uploadId", value: upload),
        ]
        request.headers = [(name: "Content-MD5", value: Self.md5(body))]
        let answer = try await succeed("write part \(part)", request)
        guard let tag = answer.headers.first(name: "ETag") else {
            throw .store(
                operation: "write part \(part)", reason: "its answer has no ETag", isFinal: true)
        }
        return tag
    }

    /// Makes one object of the parts.
    func complete(_ upload: String, _ key: String, tags: [String]) async throws(MediaError) {
        let parts = tags.enumerated().map { index, tag in
            "<Part><PartNumber>\(index + 1)</PartNumber><ETag>\(S3XML.escaped(tag))</ETag></Part>"
        }
        let text = "<CompleteMultipartUpload>\(parts.joined())</CompleteMultipartUpload>"
        let request = S3Request(
            method: "POST", path: settings.path(key), query: [(name: "uploadId", value: upload)],
            headers: [(name: "Content-Type", value: "application/xml")],
            body: ByteBuffer(string: text))
        let answer = try await succeed("complete the upload", request)
        // The service may have begun its answer with 200 before it found that it cannot.
        if answer.text.contains("<Error>") { throw failure("complete the upload", answer) }
    }

    /// Forgets an upload and its parts.
    func abort(_ upload: String, _ key: String) async throws(MediaError) {
        let request = S3Request(
            method: "DELETE", path: settings.path(key), query: [(name: "uploadId", value: upload)])
        _ = try await succeed("abort the upload", request)
    }

    func delete(_ key: String) async throws(MediaError) {
        _ = try await succeed(
            "delete the object", S3Request(method: "DELETE", path: settings.path(key)))
    }

    private static func md5(_ body: ByteBuffer) -> String {
        Base64.encode(body.digest(Insecure.MD5.self))
    }
}

// MARK: Sending

extension S3Store {
    struct Answer: Sendable {
        let status: Int
        let headers: HTTPHeaders
        /// At most 64 KiB.
        let text: String
    }

    /// Tries of one request before its failure is the whole archive's.
    private static let tries = 3

    /// Sends until the service takes it: content that lies in memory is worth a second try.
    private func succeed(_ operation: String, _ request: S3Request) async throws(MediaError)
        -> Answer
    {
        var failure = MediaError.cancelled
        for number in 1...Self.tries {
            do throws(MediaError) {
                let answer = try await send(request)
                if (200..<300).contains(answer.status) { return answer }
                throw self.failure(operation, answer)
            } catch {
                failure = error
            }
            if failure.isFinal || failure == .cancelled || number == Self.tries { break }
            try? await Task.sleep(for: .milliseconds(200 << (2 * number)))
        }
        throw failure
    }

    private func send(_ request: S3Request) async throws(MediaError) -> Answer {
        let query = request.encodedQuery
        let url =
            "\(settings.endpoint.scheme)://\(settings.host)\(request.path)"
            + (query.isEmpty ? "" : "?\(query)")
        var sent = HTTPClientRequest(url: url)
        sent.method = HTTPMethod(rawValue: request.method)
        let signer = S3Signer(
            credentials: credentials.withLock(\.self), region: settings.region)
        for (name, value) in signer.headers(of: request, host: settings.host, at: time()) {
            sent.headers.add(name: name, value: value)
        }
        if request.body.readableBytes > 0 || request.method == "PUT" {
            sent.body = .bytes(request.body)
        }
        do {
            let answer = try await client.execute(sent, timeout: .seconds(300))
            let body = try await answer.body.collect(upTo: 1 << 16)
            return Answer(
                status: Int(answer.status.code), headers: answer.headers,
                text: String(buffer: body))
        } catch {
            if Task.isCancelled { throw .cancelled }
            throw .store(
                operation: "reach \(settings.host)", reason: String("\(error)".prefix(200)),
                isFinal: false)
        }
    }

    private func failure(_ operation: String, _ answer: Answer) -> MediaError {
        let code = S3XML.text(of: "Code", in: answer.text)
        let message = S3XML.text(of: "Message", in: answer.text)
        let words = [code, message].compactMap { $0 }.joined(separator: ": ")
        let passes = ["RequestTimeout", "BadDigest", "InternalError", "SlowDown"]
        let isFinal =
            (300..<500).contains(answer.status) && answer.status != 408 && answer.status != 409
            && answer.status != 429 && !passes.contains(code ?? "")
        return .store(
            operation: operation,
            reason: "HTTP status \(answer.status)"
                + (words.isEmpty ? "" : ", \(words.prefix(300))"),
            isFinal: isFinal)
    }
}
