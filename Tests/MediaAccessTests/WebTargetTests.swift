// URLs: what is taken apart how, what is refused, where redirects lead, what the guard admits.

import MediaAccess
import Testing

@Suite("Web targets")
struct WebTargetTests {
    @Test(
        "a URL is sent in one spelling",
        arguments: [
            ("http://example.com", "http://example.com/"),
            ("HTTPS://EXAMPLE.com./a", "https://example.com/a"),
            ("http://example.com:80/", "http://example.com/"),
            ("https://example.com:443", "https://example.com/"),
            ("https://example.com:/x", "https://example.com/x"),
            ("http://example.com:8080/a?b=c#d", "http://example.com:8080/a?b=c"),
            ("http://example.com?x", "http://example.com/?x"),
            ("http://example.com#x", "http://example.com/"),
            (
                "http://e.com/ü b\\<>\"{}|^`[]",
                "http://e.com/%C3%BC%20b%5C%3C%3E%22%7B%7D%7C%5E%60%5B%5D"
            ),
            ("http://e.com/%41%zz%", "http://e.com/%41%25zz%25"),
            ("http://e.com/a/./b/../c/..", "http://e.com/a/"),
            ("http://e.com/../../x?../y", "http://e.com/x?../y"),
            ("http://e.com/a//b/", "http://e.com/a//b/"),
            ("http://e.com/@user:x@y", "http://e.com/@user:x@y"),
            ("http://xn--bcher-kva.example/", "http://xn--bcher-kva.example/"),
            ("http://my_host-1.example/", "http://my_host-1.example/"),
            ("http://[2001:DB8::1]:8080/", "http://[2001:db8::1]:8080/"),
            ("http://1.2.3.4/", "http://1.2.3.4/"),
        ])
    func spelling(text: String, url: String) throws {
        #expect(try WebTarget(text).url == url)
        #expect(try WebTarget(url).url == url)
    }

    @Test(
        "every spelling of an IPv4 address becomes that address",
        arguments: [
            ("2130706433", "127.0.0.1"), ("0x7f000001", "127.0.0.1"), ("0X7F.1", "127.0.0.1"),
            ("017700000001", "127.0.0.1"), ("127.1", "127.0.0.1"), ("127.0.1", "127.0.0.1"),
            ("0177.0.0.01", "127.0.0.1"), ("0x7f.0x0.0x0.0x1", "127.0.0.1"),
            ("127.0.0.1.", "127.0.0.1"),
            ("0", "0.0.0.0"), ("0x", "0.0.0.0"), ("4294967295", "255.255.255.255"),
            ("169.0xfea9fe", "169.254.169.254"), ("0xa9fea9fe", "169.254.169.254"),
            ("10.65535", "10.0.255.255"),
        ])
    func looseAddresses(host: String, address: String) throws {
        let target = try WebTarget("http://\(host)/")
        #expect(target.host == .address(try #require(IPAddress(address))))
        #expect(target.url == "http://\(address)/")
    }

    @Test(
        "URLs that are not plain are refused",
        arguments: [
            "", "example.com", "//example.com/", "ftp://example.com/", "file:///etc/passwd",
            "gopher://example.com/", "javascript:alert(1)", "data:image/png;base64,AAAA",
            "http:example.com",
            "http:/example.com", "http://", "http:///x", "http://:80/", "http://user@example.com/",
            "http://user:password@example.com/", "http://@example.com/",
            "http://example.com@127.0.0.1/",
            "http://127.0.0.1\\@example.com/", "http://example.com\\.evil/", "http://exa mple.com/",
            "http://example.com\n/", "http://example.com/\r\nHost: x", "http://example.com/\u{0}",
            " http://example.com/", "http://bücher.example/", "http://１２７.0.0.1/",
            "http://127。0。0。1/",
            "http://%31%32%37.0.0.1/", "http://example%2ecom/", "http://example.com:0/",
            "http://example.com:65536/", "http://example.com:+80/", "http://example.com:80:80/",
            "http://example.com:8O/", "http://[::1/", "http://[::1]x/", "http://[::1%25eth0]/",
            "http://[1.2.3.4]/", "http://[]/", "http://::1/", "http://a..b/", "http://.a/",
            "http://1.2.3.4.5/",
            "http://256.1.1.1/", "http://1.2.3.09/", "http://0xg/", "http://4294967296/",
            "http://1.16777216/",
            "http://1..2/", "http://example.1/", "http://a.0x1f/", "http://*.example/",
            "http://[fe80::1%1]/",
            "http://\(String(repeating: "a", count: 64)).example/",
            "http://\(String(repeating: "a.", count: 130))example/",
            "http://e.com/\(String(repeating: "a", count: 8192))",
        ])
    func refused(text: String) {
        do throws(MediaError) {
            let target = try WebTarget(text)
            Issue.record("admitted as \(target.url)")
        } catch {
            guard case .invalidURL = error else {
                Issue.record("\(error)")
                return
            }
        }
    }

    @Test("descriptions and errors keep path and query to themselves")
    func secrets() throws {
        let target = try WebTarget("https://example.com/private?signature=abc")
        #expect("\(target)" == "https://example.com:443")
        #expect(throws: MediaError.invalidURL(reason: "it contains a user name or password")) {
            try WebTarget("https://me:secret@example.com/private?signature=abc")
        }
    }

    @Test(
        "redirects lead where browsers go",
        arguments: [
            ("http://other.example/x", "http://other.example/x"),
            ("HTTPS://o.example", "https://o.example/"),
            ("//other.example/x", "https://other.example/x"), ("/y", "https://e.com:8443/y"),
            ("y", "https://e.com:8443/a/y"), ("../y?z", "https://e.com:8443/y?z"),
            ("./", "https://e.com:8443/a/"),
            ("?q", "https://e.com:8443/a/b?q"), ("", "https://e.com:8443/a/b?c"),
            ("#f", "https://e.com:8443/a/b?c"), ("y:z", nil), ("file:///etc/passwd", nil),
            ("http://u@other.example/", nil), ("https:other", nil),
        ] as [(String, String?)])
    func redirects(location: String, wanted: String?) throws {
        let target = try WebTarget("https://e.com:8443/a/b?c")
        #expect((try? target.following(location))?.url == wanted)
    }
}

@Suite("The fetch guard")
struct FetchGuardTests {
    @Test(
        "addresses in URLs are checked in every spelling",
        arguments: [
            "http://127.0.0.1/", "http://2130706433/", "http://0x7f.1/", "http://017700000001/",
            "http://[::1]/", "http://[::ffff:127.0.0.1]/",
            "http://169.254.169.254/latest/meta-data/",
            "http://[fd00:ec2::254]/", "http://0/", "http://10.1/", "https://192.168.0.1./",
        ])
    func literals(url: String) {
        do throws(MediaError) {
            let target = try FetchGuard().admit(url)
            Issue.record("admitted \(target)")
        } catch {
            guard case .forbiddenAddress = error else {
                Issue.record("\(error)")
                return
            }
        }
    }

    @Test("ports outside of the list are refused")
    func ports() throws {
        let refusal = MediaError.forbiddenPort(host: "e.com", port: 8080)
        #expect(throws: refusal) { try FetchGuard().admit("http://e.com:8080/") }
        #expect(throws: MediaError.forbiddenPort(host: "e.com", port: 22)) {
            try FetchGuard().admit("https://e.com:22/")
        }
        #expect(try FetchGuard().admit("https://e.com:80/").port == 80)
        #expect(try FetchGuard(ports: [8080]).admit("http://e.com:8080/").port == 8080)
    }

    @Test("one bad address among good ones spoils all, and none is none")
    func mixed() throws {
        let target = try WebTarget("http://e.com/")
        let good = try #require(IPAddress("8.8.8.8"))
        let bad = try #require(IPAddress("10.0.0.1"))
        let gate = FetchGuard()
        #expect(throws: Never.self) { try gate.admit([good], of: target) }
        let refusal = MediaError.forbiddenAddress(host: "e.com", address: bad, reason: "private")
        #expect(throws: refusal) { try gate.admit([good, bad], of: target) }
        #expect(throws: MediaError.unresolvable(host: "e.com", reason: "the look-up found nothing"))
        {
            try gate.admit([], of: target)
        }
    }
}
