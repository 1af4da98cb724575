// Where copies of products go: a directory, or a bucket of S3-compatible storage.

/// The address of an archive as configured.
package enum ArchiveTarget: Sendable, Hashable {
    /// An absolute path, without a slash at its end (`/` itself is empty).
    case directory(String)
    /// A bucket and the beginning of all keys; the prefix has no slash at either end and may be empty.
    case bucket(String, prefix: String)

    /// Reads `file:///directory` or `s3://bucket/prefix`.
    package init(_ text: String) throws(MediaError) {
        if text.hasPrefix("file://") {
            self = .directory(try Self.path(text.dropFirst("file://".count)))
        } else if text.hasPrefix("s3://") {
            let parts = text.dropFirst("s3://".count)
                .split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
            let prefix = parts.count > 1 ? try Self.prefix(parts[1]) : ""
            self = .bucket(try Self.bucket(parts[0]), prefix: prefix)
        } else {
            throw .archiveSetting(
                reason: "must be file:///directory or s3://bucket/prefix")
        }
    }

    private static func path(_ text: Substring) throws(MediaError) -> String {
        let text = text.hasPrefix("localhost/") ? text.dropFirst("localhost".count) : text
        guard text.hasPrefix("/") else {
            throw .archiveSetting(
                reason: "must name an absolute path, with three slashes: file:///var/videos")
        }
        guard let path = URIEncoding.decode(text), !path.utf8.contains(0) else {
            throw .archiveSetting(reason: "has a % that two hexadecimal digits do not follow")
        }
        return String(path.reversed().drop { $0 == "/" }.reversed())
    }

    /// The rules that AWS has for names of buckets; other services have the same or stricter ones.
    private static func bucket(_ name: Substring) throws(MediaError) -> String {
        let isLegal = name.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
        }
        guard (3...63).contains(name.utf8.count), isLegal, !name.hasPrefix("."),
            !name.hasSuffix("."), !name.contains("..")
        else {
            throw .archiveSetting(
                reason: "names no bucket: 3 to 63 lower-case letters, digits, hyphens, dots")
        }
        return String(name)
    }

    private static func prefix(_ text: Substring) throws(MediaError) -> String {
        let segments = text.split(separator: "/")
        guard text.utf8.count <= 400, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }),
            !segments.contains(where: { $0 == "." || $0 == ".." })
        else {
            throw .archiveSetting(
                reason:
                    "has a prefix that is too long, has `..` in it, or characters other than plain ASCII"
            )
        }
        return segments.joined(separator: "/")
    }
}
