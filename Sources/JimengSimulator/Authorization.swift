// The Authorization header of a signed call, taken apart.

/// `HMAC-SHA256 Credential=<AK>/<scope>, SignedHeaders=<list>, Signature=<hex>` (section 2, step
/// 8).
struct Authorization: Equatable {
    let accessKeyID: String
    let scope: CredentialScope
    /// Lower-case names in the order given.
    let signedHeaders: [String]
    let signature: String

    /// Refuses with the gateway code of what is missing or malformed.
    init(_ header: String) throws(Refusal) {
        let algorithm = "HMAC-SHA256 "
        guard header.hasPrefix(algorithm) else {
            throw Refusal(100024, "The Authorization must begin with HMAC-SHA256.")
        }
        let parts = Self.parts(header.dropFirst(algorithm.count))
        guard let credential = parts["Credential"] else {
            throw Refusal(100024, "The Authorization has no Credential.")
        }
        guard let signedHeaders = parts["SignedHeaders"], !signedHeaders.isEmpty else {
            throw Refusal(100024, "The Authorization has no SignedHeaders.")
        }
        guard let signature = parts["Signature"], !signature.isEmpty else { throw Refusal(100005) }
        (accessKeyID, scope) = try Self.credential(credential)
        self.signedHeaders = signedHeaders.split(separator: ";").map { $0.lowercased() }
        self.signature = String(signature)
    }

    private static func parts(_ text: Substring) -> [Substring: Substring] {
        var parts: [Substring: Substring] = [:]
        for part in text.split(separator: ",") {
            let pair = part.drop { $0 == " " }
                .split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if pair.count == 2 { parts[pair[0]] = pair[1] }
        }
        return parts
    }

    private static func credential(_ text: Substring) throws(Refusal) -> (String, CredentialScope) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 5, !parts[0].isEmpty, parts[4] == "request" else {
            throw Refusal(
                100025, "The Credential must be <access key>/<date>/<region>/<service>/request.")
        }
        return (parts[0], CredentialScope(date: parts[1], region: parts[2], service: parts[3]))
    }
}
