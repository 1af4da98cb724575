// The simulator's server over raw sockets: whatever is sent, it answers or hangs up, and serves the next one.

import Foundation
import JimengSimulator

extension FuzzTarget {
    static let simulatorServer = FuzzTarget(
        name: "simulator-server", seeds: Nasty.bytes(ServerCheck.seeds),
        words: Nasty.words + Nasty.bytes(ServerCheck.words),
        cost: 6,
        make: { chance in
            let count = Int.random(in: 1...4, using: &chance)
            return (0..<count).flatMap { _ in
                Array((ServerCheck.seeds.randomElement(using: &chance) ?? "").utf8)
            }
        },
        check: { bytes throws(Broken) in try ServerCheck.check(bytes) })
}

private enum ServerCheck {
    private static let health = "GET /_sim/health HTTP/1.1\r\nHost: h\r\n\r\n"

    static let words = [
        "\r\n", "\r\n\r\n", "\n", "HTTP/1.1", "HTTP/1.0", "HTTP/9.9", "GET ", "POST ",
        "PRI * HTTP/2.0", "CONNECT ",
        "Content-Length: 5\r\n", "Content-Length: -1\r\n",
        "Content-Length: 99999999999999999999\r\n",
        "Transfer-Encoding: chunked\r\n", "5\r\nhello\r\n", "0\r\n\r\n", "ffffffffffffffff\r\n",
        "Expect: 100-continue\r\n",
        "Connection: close\r\n", "Upgrade: websocket\r\n", "Host: h\r\n", " folded\r\n", "\u{0}",
        "*",
    ]

    static let seeds = [
        health, "GET / HTTP/1.0\r\n\r\n", "HEAD /_sim/help HTTP/1.1\r\nHost: h\r\n\r\n",
        "POST /?Action=CVSync2AsyncSubmitTask&Version=2022-08-31 HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}",
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc",
        "PUT /_sim/dial HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}",
        "POST / HTTP/1.1\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "GET /\(String(repeating: "a", count: 100_000)) HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nX: \(String(repeating: "b", count: 200_000))\r\n\r\n",
        "GET / HTTP/1.1\r\n" + (0..<3000).map { "X-\($0): y\r\n" }.joined() + "\r\n",
        "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}",
        "GET /images/../../etc/passwd HTTP/1.1\r\nHost: \u{0}\r\n\r\n",
        String(repeating: "\r\n", count: 1000),
        "GET /videos/x HTTP/1.1\r\nRange: bytes=9223372036854775807-,0-0,-99999999999999999999\r\n\r\n",
    ]

    /// One server for all inputs: what one breaks, the next one meets.
    private static let port: Int = {
        // Written before the signal, read after it.
        final class Box: @unchecked Sendable { var port = 0 }
        let (box, started) = (Box(), DispatchSemaphore(value: 0))
        Task.detached {
            // Left running: it ends with the process.
            let server = try? await SimulatorServer.start(maximumBody: 1 << 20)
            box.port = server?.address.port ?? 0
            started.signal()
        }
        started.wait()
        return box.port
    }()

    static func check(_ bytes: [UInt8]) throws(Broken) -> String {
        guard let socket = BlockingSocket(port: port) else { throw Broken("no-connection") }
        socket.send(bytes)
        let answer = socket.readToEnd()
        try hold(socket.isAtEnd, "connection-left-open", "\(answer.count) bytes came")
        if !answer.isEmpty {
            try hold(answer.starts(with: "HTTP/1.".utf8), "answer-is-not-http")
        }
        guard let next = BlockingSocket(port: port) else {
            throw Broken("no-connection-afterwards")
        }
        next.send(Array(health.utf8))
        try hold(next.readToEnd().starts(with: "HTTP/1.1 200".utf8), "server-is-ill")
        let lines = String(decoding: answer, as: UTF8.self).replacing("\r\n", with: "\n").split(
            separator: "\n")
        return lines.filter { $0.hasPrefix("HTTP/1.") }.prefix(6).map { String($0.prefix(13)) }
            .joined(separator: ", ")
    }
}

/// A connection that is written to, half closed, and read to its end; each read waits for at most five seconds.
private final class BlockingSocket {
    private let file: Int32
    private(set) var isAtEnd = false

    init?(port: Int) {
        #if canImport(Darwin)
            file = socket(AF_INET, SOCK_STREAM, 0)
        #else
            file = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #endif
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let status = withUnsafePointer(to: address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(file, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else {
            close(file)
            return nil
        }
        var limit = timeval(tv_sec: 5, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(file, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
        setsockopt(file, SOL_SOCKET, SO_SNDTIMEO, &limit, size)
    }

    deinit { close(file) }

    /// Sends as much as the peer takes, then says that no more will come.
    func send(_ bytes: [UInt8]) {
        var offset = 0
        while offset < bytes.count {
            let count = bytes.withUnsafeBytes {
                #if canImport(Darwin)
                    Foundation.send(
                        file, $0.baseAddress.map { $0 + offset }, bytes.count - offset, 0)
                #else
                    Foundation.send(
                        file, $0.baseAddress.map { $0 + offset }, bytes.count - offset,
                        Int32(MSG_NOSIGNAL))
                #endif
            }
            if count <= 0 { break }
            offset += count
        }
        shutdown(file, Int32(SHUT_WR))
    }

    func readToEnd() -> [UInt8] {
        var all: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while all.count < 1 << 22 {
            let count = recv(file, &piece, piece.count, 0)
            if count > 0 {
                all += piece[..<count]
            } else {
                // A reset is an end, too; only silence is none.
                isAtEnd = count == 0 || errno == ECONNRESET
                return all
            }
        }
        return all
    }
}
