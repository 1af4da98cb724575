// Finds the pixel size in the first bytes of a picture, whatever its format.

/// The formats whose size can be read.
package enum ImageFormat: String, Sendable, Hashable, CaseIterable {
    case jpeg, png, webp, gif, bmp, heic, avif
}

/// A pure function from first bytes to pixel size.
///
/// Made for bytes that a stranger chose: it never traps, never loops, takes time linear in the bytes
/// given and little memory. It does not decode pixels, so a picture that has a size may
/// still be damaged.
package enum ImageHeader {
    /// What the bytes given so far tell.
    package enum Reading: Sendable, Hashable {
        /// The size as shown, that is after the rotation that the file asks for.
        case size(PixelSize, ImageFormat)
        /// The size lies deeper: come again with at least so many bytes, always more than were given.
        case needMore(atLeast: Int)
        /// No more bytes will help.
        case unsupported(reason: String)
    }

    /// - Parameter bytes: the file from its beginning, as much of it as is there.
    package static func read(_ bytes: [UInt8]) -> Reading {
        do throws(HeaderStop) {
            let (width, height, format) = try parse(HeaderBytes(bytes))
            guard let size = PixelSize(width: width, height: height) else {
                return .unsupported(reason: "it claims to be \(width) by \(height) pixels")
            }
            return .size(size, format)
        } catch {
            switch error {
            case .needMore(let count): return .needMore(atLeast: count)
            case .unsupported(let reason): return .unsupported(reason: reason)
            }
        }
    }

    private static func parse(_ bytes: HeaderBytes) throws(HeaderStop) -> (Int, Int, ImageFormat) {
        // The longest signature has twelve bytes, and no picture is shorter than sixteen.
        try bytes.require(16)
        if bytes.has([0xFF, 0xD8, 0xFF], at: 0) { return try jpeg(bytes) }
        if bytes.has([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], at: 0) {
            return try png(bytes)
        }
        if bytes.has("RIFF", at: 0), bytes.has("WEBP", at: 8) { return try webp(bytes) }
        if bytes.has("GIF87a", at: 0) || bytes.has("GIF89a", at: 0) { return try gif(bytes) }
        if bytes.has("BM", at: 0) { return try bmp(bytes) }
        if bytes.has("ftyp", at: 4) { return try heif(bytes) }
        throw .unsupported("it is not a JPEG, PNG, WebP, GIF, BMP, HEIC or AVIF file")
    }
}
