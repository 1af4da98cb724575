// Carries out one guarded GET: admits, looks up once, connects to the checked address, follows redirects.

import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix

/// Fetches what the guard admits, and nothing else.
///
/// Each hop has a short-lived client of its own whose name table pins the host to the checked address
/// (TLS still asks for, and verifies, the host's name). The client is shut down when the caller has
/// read what it wants, which drops the connection with whatever the server would still like to send.
package struct GuardedFetch: Sendable {
    package var gate: FetchGuard
    package var resolver: AddressResolver

    /// How long one address may take to accept the connection.
    package var connectTime: Duration

    /// How long the server may be silent.
    package var silence: Duration

    package var userAgent: String

    package init(
        gate: FetchGuard = FetchGuard(), resolver: AddressResolver = .system,
        connectTime: Duration = .seconds(3), silence: Duration = .seconds(10),
        userAgent: String = "jimeng-worker"
    ) {
        self.gate = gate
        self.resolver = resolver
        self.connectTime = connectTime
        self.silence = silence
        self.userAgent = userAgent
    }

    /// An answer whose body has not been read yet.
    struct Answer {
        let target: WebTarget
        let status: Int
        let headers: HTTPHeaders
        let body: HTTPClientResponse.Body

        var host: String { target.host.description }

        /// The announced length of the body, if there is one.
        var length: Int? { headers.first(name: "Content-Length").flatMap { Int($0) } }
    }

    /// Gets a URL and hands the answer behind all redirects to a reader.
    func get<Value: Sendable>(
        _ target: WebTarget, headers: HTTPHeaders,
        reading read: (Answer) async throws(MediaError) -> Value
    ) async throws(MediaError) -> Value {
        var target = try gate.admit(target)
        for _ in 0...gate.maximumRedirects {
            switch try await hop(target, headers, read) {
            case .value(let value): return value
            case .redirect(let next): target = try gate.admit(next)
            }
        }
        throw .tooManyRedirects(maximum: gate.maximumRedirects)
    }
}

// MARK: One hop

extension GuardedFetch {
    private enum Hop<Value: Sendable>: Sendable {
        case value(Value)
        case redirect(WebTarget)
    }

    /// More addresses than this are not tried.
    private static let maximumAddresses = 3

    private func hop<Value: Sendable>(
        _ target: WebTarget, _ headers: HTTPHeaders,
        _ read: (Answer) async throws(MediaError) -> Value
    ) async throws(MediaError) -> Hop<Value> {
        var failure = MediaError.unresolvable(
            host: target.host.description, reason: "the look-up found nothing")
        for address in try await addresses(of: target).prefix(Self.maximumAddresses) {
            do throws(MediaError) {
                return try await exchange(target, at: address, headers, read)
            } catch .unreachable(let host, let reason) {
                failure = .unreachable(host: host, reason: reason)
            }
        }
        throw failure
    }

    /// The one look-up: what it finds is checked and is all that is connected to.
    private func addresses(of target: WebTarget) async throws(MediaError) -> [IPAddress] {
        guard case .name(let name) = target.host else {
            if case .address(let address) = target.host { return [address] }
            return []
        }
        let found: [IPAddress]
        do {
            found = try await resolver.resolve(name)
        } catch {
            if Task.isCancelled { throw .cancelled }
            throw .unresolvable(host: name, reason: shortened(error))
        }
        try gate.admit(found, of: target)
        return found
    }

    private func exchange<Value: Sendable>(
        _ target: WebTarget, at address: IPAddress, _ headers: HTTPHeaders,
        _ read: (Answer) async throws(MediaError) -> Value
    ) async throws(MediaError) -> Hop<Value> {
        let client = HTTPClient(
            eventLoopGroupProvider: .shared(MultiThreadedEventLoopGroup.singleton),
            configuration: configuration(target, address))
        let result: Result<Hop<Value>, MediaError>
        do throws(MediaError) {
            let answer = try await answer(of: client, target, headers)
            if let next = try redirect(answer) {
                result = .success(.redirect(next))
            } else {
                result = .success(.value(try await read(answer)))
            }
        } catch {
            result = .failure(error)
        }
        // Fails only when it was shut down before.
        try? await client.shutdown()
        return try result.get()
    }

    private func answer(
        of client: HTTPClient, _ target: WebTarget, _ headers: HTTPHeaders
    ) async throws(MediaError) -> Answer {
        var request = HTTPClientRequest(url: target.url)
        request.headers = headers
        request.headers.add(name: "User-Agent", value: userAgent)
        request.headers.add(name: "Accept-Encoding", value: "identity")
        let response: HTTPClientResponse
        do {
            response = try await client.execute(request, deadline: .distantFuture)
        } catch {
            if Task.isCancelled { throw .cancelled }
            throw .unreachable(host: target.host.description, reason: shortened(error))
        }
        return Answer(
            target: target, status: Int(response.status.code), headers: response.headers,
            body: response.body)
    }

    private func redirect(_ answer: Answer) throws(MediaError) -> WebTarget? {
        guard [301, 302, 303, 307, 308].contains(answer.status) else { return nil }
        guard let location = answer.headers.first(name: "Location") else {
            throw .brokenAnswer(host: answer.host, reason: "it redirects to nowhere")
        }
        return try answer.target.following(location)
    }

    private func configuration(
        _ target: WebTarget, _ address: IPAddress
    ) -> HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: .init(connectTime), read: .init(silence)),
            decompression: .disabled)
        configuration.httpVersion = .http1Only
        configuration.connectionPool.retryConnectionEstablishment = false
        if case .name(let name) = target.host {
            configuration.dnsOverride = [name: address.description]
        }
        configuration.http1_1ConnectionDebugInitializer = { channel in
            Self.requirePeer(of: channel, address)
        }
        return configuration
    }

    /// The second lock: no request goes out on a connection to another address than the checked one.
    ///
    /// The name table above is the first; it would be passed by if the client's own reader of URLs
    /// ever spelled a host otherwise than we do.
    private static func requirePeer(
        of channel: any Channel, _ address: IPAddress
    ) -> EventLoopFuture<Void> {
        let peer = channel.remoteAddress?.ipAddress
        if peer.flatMap({ IPAddress($0) }) == address {
            return channel.eventLoop.makeSucceededVoidFuture()
        }
        channel.close(promise: nil)
        return channel.eventLoop.makeFailedFuture(WrongPeer())
    }

    private struct WrongPeer: Error, CustomStringConvertible {
        var description: String { "the connection went to another address than the checked one" }
    }
}

// MARK: Reading bodies

extension GuardedFetch.Answer {
    /// Hands over the body piece by piece until it ends or the reader has enough.
    func forEachPiece(
        _ isEnough: (ByteBuffer) async throws(MediaError) -> Bool
    ) async throws(MediaError) {
        var pieces = body.makeAsyncIterator()
        while let piece = try await next(&pieces) {
            if try await isEnough(piece) { return }
        }
    }

    private func next(
        _ pieces: inout HTTPClientResponse.Body.AsyncIterator
    ) async throws(MediaError) -> ByteBuffer? {
        do {
            let piece = try await pieces.next()
            // A cancelled sequence ends like one that is complete.
            if piece == nil, Task.isCancelled { throw CancellationError() }
            return piece
        } catch {
            if Task.isCancelled { throw .cancelled }
            throw .brokenAnswer(host: host, reason: shortened(error))
        }
    }

    /// The content as it is, not packed: what is packed might be a bomb.
    func requireIdentity() throws(MediaError) {
        for encoding in headers[canonicalForm: "Content-Encoding"]
        where encoding.lowercased() != "identity" {
            throw .encoded(host: host, encoding: String(encoding.prefix(40)))
        }
    }
}

/// Errors of the libraries below, cut to a bound.
private func shortened(_ error: any Error) -> String { String("\(error)".prefix(200)) }
