// Where the provider is.

/// The address of the provider's API or of something that plays it.
package struct Endpoint: Sendable, Equatable, CustomStringConvertible {
    package let isEncrypted: Bool
    /// A name or an address; an IPv6 address stands in brackets.
    package let host: String
    /// `nil` means the standard port of the scheme.
    package let port: Int?

    /// The live API (jimeng-api.md section 1).
    package static let live = Endpoint(
        isEncrypted: true, host: "visual.volcengineapi.com", port: nil)

    private init(isEncrypted: Bool, host: String, port: Int?) {
        (self.isEncrypted, self.host, self.port) = (isEncrypted, host, port)
    }

    /// Reads `https://host`, `https://host:port`, or the same with `http` for a host on this machine.
    ///
    /// - Parameter allowsPlainText: lets `http` reach another machine too, where keys and prompts can
    ///   be read on the way: for a simulator in a private network.
    /// - Throws: `JimengError.endpoint` with the reason.
    package init(_ text: String, allowsPlainText: Bool = false) throws(JimengError) {
        func fault(_ reason: String) -> JimengError {
            .endpoint(text: BoundedText.cut(Self.withoutUser(text), to: 100), reason: reason)
        }
        guard let (isEncrypted, rest) = Self.schemeAndRest(text) else {
            throw fault("it must begin with https:// or http://")
        }
        var authority = rest
        if authority.last == "/" { authority.removeLast() }
        guard !authority.contains("@") else {
            throw fault(
                "it must not carry a user name or password; keys have settings of their own")
        }
        guard let (host, port) = Self.split(authority) else {
            throw fault("it must be a host and perhaps a port, without path, query or fragment")
        }
        self.init(isEncrypted: isEncrypted, host: host, port: port)
        guard isEncrypted || allowsPlainText || isLoopback else {
            throw fault("http is for a simulator on this machine only; use https")
        }
    }

    /// A password must not show in an error, wherever it was put.
    private static func withoutUser(_ text: String) -> String {
        guard let at = text.lastIndex(of: "@") else { return text }
        return "…" + text[at...]
    }

    private static func schemeAndRest(_ text: String) -> (isEncrypted: Bool, rest: Substring)? {
        let start = text.prefix(8).lowercased()
        if start == "https://" { return (true, text.dropFirst(8)) }
        if start.hasPrefix("http://") { return (false, text.dropFirst(7)) }
        return nil
    }

    private static func split(_ authority: Substring) -> (host: String, port: Int?)? {
        let isAddress = authority.first == "["
        let end =
            isAddress
            ? authority.firstIndex(of: "]").map(authority.index(after:))
            : authority.firstIndex(of: ":") ?? authority.endIndex
        guard let end else { return nil }
        let host = authority[..<end]
        let inner = isAddress ? host.dropFirst().dropLast() : host
        let isName = inner.utf8.allSatisfy { byte in
            Character(UnicodeScalar(byte)).isLetter && byte < 0x80 || (0x30...0x39).contains(byte)
                || (isAddress ? byte == 0x3A || byte == 0x2E : byte == 0x2D || byte == 0x2E)
        }
        guard !inner.isEmpty, isName else { return nil }
        if end == authority.endIndex { return (String(host), nil) }
        let digits = authority[end...].dropFirst()
        guard authority[end] == ":", digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let port = Int(digits), (1...65_535).contains(port)
        else { return nil }
        return (String(host), port)
    }
}

extension Endpoint {
    private var standardPort: Int { isEncrypted ? 443 : 80 }

    /// The header `Host`: without the standard port of the scheme.
    package var hostHeader: String {
        port.map { $0 == standardPort ? host : "\(host):\($0)" } ?? host
    }

    package var description: String { (isEncrypted ? "https://" : "http://") + hostHeader }

    /// A name that only this machine can be meant by.
    package var isLoopback: Bool {
        let name = host.lowercased()
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        let isAddress = parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
        return name == "localhost" || name == "[::1]" || (isAddress && parts[0] == "127")
    }
}
