// User and password that change under clients.

import Foundation
import Kafka
import Testing

@Suite("User and password", .timeLimit(.minutes(1)))
struct LoginTests {
    private let old = Login.Credentials(user: "worker", password: "the-first")
    private let new = Login.Credentials(user: "worker", password: "the-second")

    private func configuration(_ broker: LoginBroker) -> ClientConfiguration {
        var configuration = ClientConfiguration(
            bootstrapServers: "127.0.0.1:\(broker.port)",
            properties: [
                "security.protocol": "SASL_PLAINTEXT", "sasl.mechanism": "PLAIN",
                "sasl.username": old.user, "sasl.password": old.password,
                "reconnect.backoff.ms": "20", "reconnect.backoff.max.ms": "100",
            ])
        configuration.login = Login(configuration.properties)
        return configuration
    }

    @Test("a client logs in with what is in force, be it newer than its properties")
    func renewed() async throws {
        let broker = try LoginBroker()
        var passwords = broker.passwords.makeAsyncIterator()
        let configuration = configuration(broker)
        let client = try Producer(configuration)
        #expect(await passwords.next() == old.password)
        try #require(configuration.login).renew(new)
        // One more with the old one may have been on its way.
        while let password = await passwords.next(), password != new.password {}
        #expect(await passwords.next() == new.password)
        await client.close()

        // Its properties have the password of the beginning still.
        let second = try Producer(configuration)
        for _ in 0..<3 { #expect(await passwords.next() == new.password) }
        await second.close()
        broker.stop()
    }

    @Test("there is a login only with a user and a password")
    func parts() {
        #expect(Login(["sasl.username": "a"]) == nil)
        #expect(Login(["sasl.password": "a"]) == nil)
        #expect(Login(["sasl.username": "a", "sasl.password": ""]) == nil)
        #expect(Login(["sasl.username": "a", "sasl.password": "b"]) != nil)
    }

    @Test("user and password show nothing of themselves")
    func redacted() {
        var dumped = ""
        dump(new, to: &dumped)
        for text in ["\(new)", String(reflecting: new), dumped] {
            #expect(!text.contains("second") && !text.contains("worker"))
        }
    }

    @Test(
        "only user and password may differ for a change to be one of the login",
        arguments: [
            (["sasl.username": "a", "sasl.password": "c"], true),
            (["sasl.username": "b", "sasl.password": "b"], true),
            (["sasl.username": "a", "sasl.password": "b"], true),
            (["sasl.username": "a"], false),
            (["sasl.username": "a", "sasl.password": "c", "linger.ms": "1"], false),
        ])
    func difference(properties: [String: String], isLogin: Bool) {
        let before = ClientConfiguration(
            bootstrapServers: "b:1",
            properties: ["sasl.username": "a", "sasl.password": "b"])
        var after = before
        after.properties = properties
        #expect(after.equalsButForLogin(before) == isLogin)
        after.bootstrapServers = "c:1"
        #expect(!after.equalsButForLogin(before))
    }
}

/// Takes connections and passwords, and hangs up: enough of a broker to see who logs in how.
private final class LoginBroker: Sendable {
    let port: Int
    let passwords: AsyncStream<String>
    private let listener: CInt

    init() throws {
        #if os(Linux)
            let stream = CInt(SOCK_STREAM.rawValue)
        #else
            let stream = SOCK_STREAM
        #endif
        let listener = socket(AF_INET, stream, 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                _ = bind(listener, generic, length)
                _ = getsockname(listener, generic, &length)
            }
        }
        self.listener = listener
        try #require(listen(listener, 16) == 0)
        port = Int(UInt16(bigEndian: address.sin_port))
        let (passwords, continuation) = AsyncStream<String>.makeStream()
        self.passwords = passwords
        Thread.detachNewThread {
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { break }
                if let password = Self.password(from: connection) { continuation.yield(password) }
                close(connection)
            }
            continuation.finish()
        }
    }

    /// Ends the thread: its `accept` fails.
    func stop() {
        shutdown(listener, CInt(SHUT_RDWR))
        close(listener)
    }

    /// Answers ApiVersions v3 and SaslHandshake v0; what comes then is NUL, user, NUL, password.
    private static func password(from connection: CInt) -> String? {
        while let request = frame(from: connection), request.count >= 8 {
            let body: [UInt8]
            switch request[1] {
            case 18:
                // Three ranges of versions (Metadata, SaslHandshake, ApiVersions), no throttling, no tags.
                body =
                    [0, 0, 4] + [0, 3, 0, 0, 0, 1, 0] + [0, 17, 0, 0, 0, 0, 0]
                    + [0, 18, 0, 0, 0, 3, 0] + [0, 0, 0, 0, 0]
            case 17: body = [0, 0] + [0, 0, 0, 1] + [0, 5] + Array("PLAIN".utf8)
            default: return nil
            }
            // Length, correlation id, body.
            let answer = [0, 0, 0, UInt8(4 + body.count)] + request[4..<8] + body
            guard send(connection, answer, answer.count, 0) == answer.count else { return nil }
            if request[1] == 17 { break }
        }
        let token = frame(from: connection)?.split(separator: 0).last
        return token.map { String(decoding: $0, as: UTF8.self) }
    }

    private static func frame(from connection: CInt) -> [UInt8]? {
        guard let head = bytes(4, from: connection) else { return nil }
        return bytes(head.reduce(0) { $0 << 8 | Int($1) }, from: connection)
    }

    private static func bytes(_ count: Int, from connection: CInt) -> [UInt8]? {
        guard (1...65_536).contains(count) else { return nil }
        var bytes = [UInt8](repeating: 0, count: count)
        return recv(connection, &bytes, count, CInt(MSG_WAITALL)) == count ? bytes : nil
    }
}
