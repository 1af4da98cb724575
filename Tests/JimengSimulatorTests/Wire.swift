// A bare HTTP/1.1 client for the tests: sees exactly what comes over the socket.

import JimengSimulator
import NIOCore
import NIOPosix

/// What arrived of one answer.
struct WireAnswer: Sendable {
    let status: Int
    let headers: [HeaderField]
    /// May be shorter than announced when the connection closed.
    let body: [UInt8]
    let announced: Int

    var text: String { String(decoding: body, as: UTF8.self) }
    var isWhole: Bool { body.count == announced }
}

/// One connection. Not for use by several tasks at once.
struct Wire {
    private var bytes: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    private let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    private var buffer: [UInt8] = []

    /// Connects, runs the body, closes.
    static func to(
        _ server: SimulatorServer, _ body: @Sendable (inout Wire) async throws -> Void
    ) async throws {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: server.address.host, port: server.address.port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                        wrappingChannelSynchronously: channel)
                }
            }
        try await channel.executeThenClose { inbound, outbound in
            var wire = Wire(bytes: inbound.makeAsyncIterator(), outbound: outbound)
            try await body(&wire)
        }
    }

    private init(
        bytes: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator,
        outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    ) {
        (self.bytes, self.outbound) = (bytes, outbound)
    }

    /// Sends text as it is.
    func send(raw text: String) async throws {
        try await outbound.write(ByteBuffer(string: text))
    }

    func send(_ request: SimulatedRequest) async throws {
        var head = "\(request.method) \(request.target) HTTP/1.1\r\n"
        if request.headers.first("Host") == nil { head += "Host: sim.test\r\n" }
        for field in request.headers { head += "\(field.name): \(field.value)\r\n" }
        head += "Content-Length: \(request.body.count)\r\n\r\n"
        try await outbound.write(ByteBuffer(bytes: Array(head.utf8) + request.body))
    }

    /// The next answer; nil when the connection closed before its head was whole.
    mutating func receive(hasBody: Bool = true) async throws -> WireAnswer? {
        let end = Array("\r\n\r\n".utf8)
        var head: Range<Int>?
        while head == nil {
            head = buffer.firstRange(of: end)
            if head == nil, try await !more() { return nil }
        }
        guard let head else { return nil }
        let lines = String(decoding: buffer[..<head.lowerBound], as: UTF8.self)
            .replacing("\r\n", with: "\n").split(separator: "\n")
        buffer.removeFirst(head.upperBound)
        let headers = lines.dropFirst().map { line in
            let parts = line.split(separator: ":", maxSplits: 1)
            return HeaderField(
                String(parts[0]), parts.count > 1 ? String(parts[1].drop { $0 == " " }) : "")
        }
        let announced = Int(headers.first("Content-Length") ?? "0") ?? 0
        while hasBody, buffer.count < announced, try await more() {}
        let body = Array(buffer.prefix(hasBody ? announced : 0))
        buffer.removeFirst(body.count)
        let status = Int(lines.first?.split(separator: " ").dropFirst().first ?? "") ?? 0
        return WireAnswer(status: status, headers: headers, body: body, announced: announced)
    }

    /// Sends and receives.
    mutating func ask(_ request: SimulatedRequest) async throws -> WireAnswer? {
        try await send(request)
        return try await receive(hasBody: request.method != "HEAD")
    }

    mutating func get(_ target: String, _ headers: [HeaderField] = []) async throws -> WireAnswer? {
        try await ask(SimulatedRequest(method: "GET", target: target, headers: headers))
    }

    /// The status of the answer to a request; nil when there was none.
    mutating func status(of request: SimulatedRequest) async throws -> Int? {
        try await ask(request)?.status
    }

    /// The status of the next answer; nil when there was none.
    mutating func receiveStatus() async throws -> Int? {
        try await receive()?.status
    }

    /// Whether the server answers on this connection.
    mutating func isHealthy() async throws -> Bool {
        try await get("/_sim/health")?.status == 200
    }

    private mutating func more() async throws -> Bool {
        do {
            guard let part = try await bytes.next() else { return false }
            buffer.append(contentsOf: part.readableBytesView)
            return true
        } catch is IOError {
            // A reset is an end, too.
            return false
        }
    }
}
