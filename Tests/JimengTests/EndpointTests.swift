// Addresses of the provider, and the bounds of the client's settings.

import Testing

@testable import Jimeng

@Suite("Endpoint and settings")
struct EndpointTests {
    @Test(
        "an address is read and written back",
        arguments: [
            ("https://visual.volcengineapi.com", "https://visual.volcengineapi.com"),
            ("HTTPS://h.example/", "https://h.example"), ("https://h:443", "https://h"),
            ("https://h:8443", "https://h:8443"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("http://localhost:80", "http://localhost"), ("http://[::1]:9", "http://[::1]:9"),
            ("https://[2001:db8::1]", "https://[2001:db8::1]"),
        ])
    func reads(_ text: String, _ written: String) throws {
        #expect("\(try Endpoint(text))" == written)
    }

    @Test(
        "an address that is none, or leads astray, is refused",
        arguments: [
            "", "visual.volcengineapi.com", "ftp://h", "https://", "https://:443", "https://h:",
            "https://h:0", "https://h:65536", "https://h:8x", "https://h/path", "https://h?q",
            "https://h#f", "https://a b", "https://[::1", "https://[]", "https://h:1:2",
            "http://visual.volcengineapi.com", "http://128.0.0.1", "http://127.0.0.1.evil.com",
            "http://127.evil.com", "http://localhost.evil.com", "http://127.0.0.999",
        ])
    func refuses(_ text: String) {
        #expect(throws: JimengError.self) { try Endpoint(text) }
    }

    @Test("a password in an address is refused and not repeated")
    func password() throws {
        let error = #expect(throws: JimengError.self) {
            try Endpoint("https://user:hunter2@h.example")
        }
        #expect(!"\(try #require(error))".contains("hunter2"))
    }

    @Test("plain text to another machine needs to be allowed")
    func plainText() throws {
        #expect("\(try Endpoint("http://sim:8080", allowsPlainText: true))" == "http://sim:8080")
    }

    static let outOfBounds: [@Sendable (inout ClientSettings) -> Void] = [
        { $0.connectTimeout = .zero }, { $0.connectTimeout = .seconds(61) },
        { $0.answerTimeout = .seconds(601) }, { $0.answerTimeout = $0.connectTimeout },
        { $0.idleTimeout = .zero }, { $0.maximumConnections = 0 },
        { $0.maximumConnections = 10_001 }, { $0.maximumAnswerBytes = 10 },
        { $0.userAgent = "a\r\nb" }, { $0.userAgent = "" }, { $0.region = "区" },
    ]

    @Test("settings out of bounds are refused before the first connection")
    func settings() throws {
        #expect(throws: Never.self) { try ClientSettings().check() }
        for change in Self.outOfBounds {
            var settings = ClientSettings()
            change(&settings)
            #expect(throws: JimengError.self) { try settings.check() }
        }
    }
}
