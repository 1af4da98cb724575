// URLs of strangers: one spelling comes out, and no spelling of an internal address slips through as a name.

import Foundation
import JimengSimulator
import MediaAccess

extension FuzzTarget {
    static let webTarget = FuzzTarget(
        name: "web-target", seeds: Nasty.bytes(WebCheck.seeds),
        words: Nasty.words + Nasty.bytes(WebCheck.words),
        make: { chance in
            let host = WebCheck.hosts.randomElement(using: &chance) ?? ""
            let tail = WebCheck.tails.randomElement(using: &chance) ?? ""
            return Array(((chance.chance(0.5) ? "http://" : "HTTPS://") + host + tail).utf8)
        },
        check: { bytes throws(Broken) in try WebCheck.check(bytes) })
}

private enum WebCheck {
    static let hosts = [
        "example.com", "EXAMPLE.com.", "127.0.0.1", "127.1", "2130706433", "017700000001", "0x7f.1",
        "0x7f000001",
        "127.0.0.1.", "0", "0x", "0x.0x.0x.0x", "00.00.00.00", "169.254.169.254", "[::1]",
        "[::ffff:127.0.0.1]",
        "[::127.0.0.1]", "[fe80::1%25eth0]", "[2606:4700::1111]", "8.8.8.8", "8.-0.8.8",
        "0x-0.8.8.8", "1.2.3.4.5",
        "256.256.256.256", "4294967296", "a..b", "-", "_", "xn--bcher-kva.example", "１２７.0.0.1",
        "127。0。0。1",
        "localhost", "a@b", "user:pw@10.0.0.1", "[", "]", "[]", "[::", "::1", "1e100.net",
        "0x7g.example",
    ]

    static let tails = [
        "", "/", "/a/../../b/./c", "?q=%zz", "#f", ":80/", ":/", ":0/", ":65536/", ":+80/", ":080/",
        "/%2e%2e/ü\u{301}",
        "/\r\nHost: evil", "\\@evil.example/", "/a b", ":443#@127.0.0.1", "/?/../..",
        "//evil.example", "/.", "/..",
    ]

    static let words = [
        "http://", "https://", "//", "@", "#", "?", "[", "]", ":", ".", "0x", "0", "%", "%25", "..",
        "\\", "127.0.0.1",
        "::ffff:", "ſ", "K", "\u{FF0E}",
    ]

    static let seeds =
        hosts.map { "http://\($0)/" } + tails.map { "https://example.com\($0)" }
        + [
            "http://" + String(repeating: "a", count: 9000),
            "http://" + String(repeating: "a.", count: 126) + "a/",
            "http://a/" + String(repeating: "../", count: 2500),
            "http://[" + String(repeating: ":", count: 5000) + "]/",
        ]

    static func check(_ bytes: [UInt8]) throws(Broken) -> String {
        let text = String(decoding: bytes, as: UTF8.self)
        let target: WebTarget
        do throws(MediaError) {
            target = try WebTarget(text)
        } catch {
            try follow(text)
            return Behaviour.of(error.description)
        }
        try checkForm(target)
        try checkAddress(target)
        return "\(target.scheme) \(kind(target.host)) \(target.port == 80 || target.port == 443)"
    }

    /// The spelling that is sent reads as the same target, and is plain ASCII.
    private static func checkForm(_ target: WebTarget) throws(Broken) {
        let again: WebTarget
        do throws(MediaError) {
            again = try WebTarget(target.url)
        } catch {
            // Encoding may make a URL longer than one may be.
            try hold(target.url.utf8.count > 8192, "own-spelling-refused", target.url)
            return
        }
        try hold(again == target && again.url == target.url, "own-spelling-differs", target.url)
        try hold(target.url.utf8.allSatisfy { (0x21...0x7E).contains($0) }, "not-ascii", target.url)
        try hold(target.path.utf8.first == 0x2F && !target.path.contains("#"), "path", target.path)
        let segments = target.path.prefix { $0 != "?" }.split(separator: "/")
        try hold(!segments.contains("..") && !segments.contains("."), "dots-left", target.path)
    }

    /// What the C library reads as an address must be that address here, and the guard must see it.
    private static func checkAddress(_ target: WebTarget) throws(Broken) {
        let isAdmitted = (try? FetchGuard(ports: [target.port]).admit(target)) != nil
        switch target.host {
        case .name(let name):
            var address = in_addr()
            try hold(inet_aton(name, &address) == 0, "address-passes-as-a-name", name)
            var wide = in6_addr()
            try hold(inet_pton(AF_INET6, name, &wide) == 0, "address-passes-as-a-name", name)
            try hold(isAdmitted, "name-refused", name)
        case .address(.v4(let value)):
            let (first, second) = (value >> 24, value >> 16 & 0xFF)
            let isInternal =
                [0, 10, 127].contains(first) || first >= 224
                || first == 172 && (16...31).contains(second)
                || first == 192 && second == 168 || first == 169 && second == 254
                || first == 100 && (64...127).contains(second)
            try hold(!(isAdmitted && isInternal), "internal-address-admitted", target.url)
        case .address(.v6(let value)):
            // Only 2000::/3 is public, and in it 2002::/16 and 2001::/32 hide IPv4 addresses.
            let top = UInt16(truncatingIfNeeded: value >> 112)
            try hold(
                !isAdmitted || (0x2000...0x3FFF).contains(top) && top != 0x2002,
                "internal-address-admitted", target.url)
        }
    }

    private static func kind(_ host: WebTarget.Host) -> String {
        switch host {
        case .name: "name"
        case .address(.v4): "IPv4"
        case .address(.v6): "IPv6"
        }
    }

    /// As the `Location` of a redirect the text leads to a well-formed target, or nowhere.
    private static func follow(_ text: String) throws(Broken) {
        guard let start = try? WebTarget("https://example.com/a/b?c"),
            let next = try? start.following(text)
        else { return }
        try checkForm(next)
        try checkAddress(next)
    }
}
