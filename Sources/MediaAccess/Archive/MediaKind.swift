// What a product is, by its first bytes, and else by what its server says.

/// A content type and the extension of a file's name that goes with it.
package struct MediaKind: Sendable, Hashable {
    package let contentType: String
    /// Without the dot.
    package let fileExtension: String

    private init(_ contentType: String, _ fileExtension: String) {
        self.contentType = contentType
        self.fileExtension = fileExtension
    }

    /// The bytes are believed before the server is: a wrong header is common, a wrong signature is not.
    ///
    /// - Parameters:
    ///   - beginning: the first `enough` bytes, or all there are.
    ///   - contentType: the server's header.
    package init(beginning: [UInt8], contentType: String?) {
        self = Self.sniff(beginning) ?? Self.named(contentType) ?? Self.unknown
    }

    /// So many bytes tell.
    static let enough = 16

    private static let unknown = Self("application/octet-stream", "bin")
    private static let known = [
        Self("video/mp4", "mp4"), Self("video/quicktime", "mov"), Self("video/webm", "webm"),
        Self("image/png", "png"), Self("image/jpeg", "jpg"), Self("image/webp", "webp"),
        Self("image/gif", "gif"),
    ]

    private static func sniff(_ bytes: [UInt8]) -> Self? {
        func has(_ text: String, at offset: Int = 0) -> Bool {
            bytes.dropFirst(offset).starts(with: text.utf8)
        }
        if has("ftyp", at: 4) { return named(has("qt  ", at: 8) ? "video/quicktime" : "video/mp4") }
        if bytes.starts(with: [0x1A, 0x45, 0xDF, 0xA3]) { return named("video/webm") }
        if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]) { return named("image/png") }
        if bytes.starts(with: [0xFF, 0xD8, 0xFF]) { return named("image/jpeg") }
        if has("GIF8") { return named("image/gif") }
        if has("RIFF"), has("WEBP", at: 8) { return named("image/webp") }
        return nil
    }

    private static func named(_ contentType: String?) -> Self? {
        let plain = contentType?.prefix { $0 != ";" }.filter { $0 != " " }.lowercased()
        return known.first { $0.contentType == plain }
    }
}
