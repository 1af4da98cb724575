// Kinds of picture files, told by their first bytes.

package enum ImageFormat: String, Sendable, CaseIterable {
    case jpeg = "JPEG"
    case png = "PNG"
    case webp = "WebP"
    case gif = "GIF"
    case bmp = "BMP"

    /// The kind of picture that begins with these bytes (twelve are enough); `nil` if it is none.
    init?(firstBytes bytes: [UInt8]) {
        let signatures: [(ImageFormat, [UInt8])] = [
            (.jpeg, [0xFF, 0xD8, 0xFF]), (.png, [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]),
            (.gif, Array("GIF8".utf8)), (.bmp, Array("BM".utf8)),
        ]
        if let match = signatures.first(where: { bytes.starts(with: $0.1) }) {
            self = match.0
        } else if bytes.starts(with: "RIFF".utf8), bytes.dropFirst(8).starts(with: "WEBP".utf8) {
            self = .webp
        } else {
            return nil
        }
    }
}
