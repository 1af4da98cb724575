// A URL taken apart strictly, so that what is checked is what is connected to.

/// A place on the web: scheme, host, port and path.
///
/// Strict where readers of URLs differ and attacks live: the host is plain ASCII letters, digits,
/// dots, hyphens and underscores, or an address. Every spelling of an IPv4 address (decimal, octal,
/// hexadecimal, fewer than four parts) becomes an address here and cannot pass as a name.
package struct WebTarget: Sendable, Hashable {
    package enum Scheme: String, Sendable, Hashable {
        case http, https

        var port: Int { self == .http ? 80 : 443 }
    }

    package enum Host: Sendable, Hashable, CustomStringConvertible {
        /// In lower case, without a dot at the end.
        case name(String)
        case address(IPAddress)

        package var description: String {
            switch self {
            case .name(let name): name
            case .address(.v6(let value)): "[\(IPAddress.v6(value))]"
            case .address(let address): address.description
            }
        }
    }

    package let scheme: Scheme
    package let host: Host
    package let port: Int

    /// Path and query, percent-encoded, beginning with a slash.
    package let path: String

    /// Reads an absolute http or https URL of at most 8192 bytes.
    package init(_ url: String) throws(MediaError) {
        guard url.utf8.count <= 8192 else {
            throw .invalidURL(reason: "it is longer than 8192 bytes")
        }
        guard url.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw .invalidURL(reason: "it contains a control character")
        }
        guard let colon = url.utf8.firstIndex(of: UInt8(ascii: ":")),
            let scheme = Scheme(rawValue: url[..<colon].lowercased())
        else { throw .invalidURL(reason: "only http and https URLs are fetched") }
        guard url[colon...].utf8.starts(with: "://".utf8) else {
            throw .invalidURL(reason: "'//' does not follow its scheme")
        }
        let rest = url.utf8[url.utf8.index(colon, offsetBy: 3)...]
        let end = rest.firstIndex { "/?#".utf8.contains($0) } ?? rest.endIndex
        let authority = Substring(rest[..<end])
        if authority.utf8.contains(UInt8(ascii: "@")) {
            throw .invalidURL(reason: "it contains a user name or password")
        }
        let (host, port) = try Self.split(authority)
        self.scheme = scheme
        self.host = try Host(parsing: host)
        self.port = try Self.parse(port: port) ?? scheme.port
        path = Self.encodedPath(rest[end...])
    }

    /// The URL in the one spelling that is sent: what was checked and nothing else.
    package var url: String {
        let suffix = port == scheme.port ? "" : ":\(port)"
        return "\(scheme)://\(host)\(suffix)\(path)"
    }

    private static func split(_ authority: Substring) throws(MediaError) -> (Substring, Substring) {
        let hostEnd: Substring.Index
        if authority.utf8.first == UInt8(ascii: "[") {
            guard let bracket = authority.utf8.lastIndex(of: UInt8(ascii: "]")) else {
                throw .invalidURL(reason: "its host lacks a ']'")
            }
            hostEnd = authority.utf8.index(after: bracket)
        } else {
            hostEnd = authority.utf8.firstIndex(of: UInt8(ascii: ":")) ?? authority.endIndex
        }
        let rest = authority[hostEnd...]
        guard rest.isEmpty || rest.utf8.first == UInt8(ascii: ":") else {
            throw .invalidURL(reason: "something other than a port follows its host")
        }
        return (authority[..<hostEnd], rest.isEmpty ? "" : Substring(rest.utf8.dropFirst()))
    }

    private static func parse(port: Substring) throws(MediaError) -> Int? {
        if port.isEmpty { return nil }
        guard port.utf8.count <= 5, port.utf8.allSatisfy(Self.digits.contains),
            let number = Int(port), (1...65535).contains(number)
        else { throw .invalidURL(reason: "its port is not a number from 1 to 65535") }
        return number
    }

    private static let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
}

extension WebTarget: CustomStringConvertible {
    /// Without path and query, which may carry a signature.
    package var description: String { "\(scheme)://\(host):\(port)" }
}
