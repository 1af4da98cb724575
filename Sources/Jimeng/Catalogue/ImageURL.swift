// Whether a URL is one that the provider could fetch.

enum ImageURL {
    /// Signed links of object stores are long, but not longer than this; in bytes.
    static let maximumLength = 4_096

    /// What must change about a URL; `nil` if it is http or https, has a host and no credentials.
    static func problem(in text: String) -> String? {
        guard text.utf8.count <= maximumLength else {
            return "must have at most \(maximumLength) bytes"
        }
        guard let rest = afterScheme(text) else { return "must begin with http:// or https://" }
        guard text.unicodeScalars.allSatisfy(mayStand) else {
            return "must have no spaces, backslashes or control characters"
        }
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard !authority.contains("@") else { return "must not carry a user name or password" }
        guard let first = authority.first, first != ":" else { return "must name a host" }
        return nil
    }

    /// A backslash is a slash to some readers and not to others: such a URL names two hosts.
    private static func mayStand(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value > 0x20 && scalar.value != 0x7F && scalar != "\\"
    }

    private static func afterScheme(_ text: String) -> Substring? {
        for scheme in ["http://", "https://"] {
            let start = text.prefix(scheme.count)
            if start.lowercased() == scheme { return text.dropFirst(scheme.count) }
        }
        return nil
    }
}
