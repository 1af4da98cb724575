// The text of a request that both sides build for themselves and sign.

/// A request in the form that is signed (jimeng-api.md section 2, steps 3 to 5).
///
/// Takes the headers as they are and signs all of them; `RequestSigner` knows which ones those should be.
struct CanonicalRequest: Sendable {
    /// The whole text, ending in the hash of the body.
    let text: String
    /// The names of the signed headers, sorted, lower-case, joined by `;`.
    let signedHeaders: String

    init(
        method: String, path: String, query: [(name: String, value: String)],
        headers: [(name: String, value: String)], bodyHash: String
    ) {
        let lines = headers.map { (name: $0.name.lowercased(), value: $0.value) }
            .sorted { Self.precedes($0.name, $1.name) }
        signedHeaders = lines.map(\.name).joined(separator: ";")
        // Each line ends in a line break, which is why an empty line stands before the names.
        let block = lines.map { "\($0.name):\($0.value)\n" }.joined()
        text = [
            method, Self.path(path), Self.query(query), block, signedHeaders, bodyHash,
        ].joined(separator: "\n")
    }

    /// The query as it is signed, which is also how it must be sent (a space is `%20`, not `+`).
    ///
    /// Values of a repeated name keep their order; names are in byte order (Swift sorts stably).
    static func query(_ items: [(name: String, value: String)]) -> String {
        items.sorted { precedes($0.name, $1.name) }
            .map { PercentEncoding.encode($0.name) + "=" + PercentEncoding.encode($0.value) }
            .joined(separator: "&")
    }

    private static func path(_ path: String) -> String {
        path.isEmpty ? "/" : PercentEncoding.encode(path, keeping: [UInt8(ascii: "/")])
    }

    /// Byte order, which is not the order of Swift strings.
    private static func precedes(_ left: String, _ right: String) -> Bool {
        left.utf8.lexicographicallyPrecedes(right.utf8)
    }
}
