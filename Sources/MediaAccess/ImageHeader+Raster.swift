// PNG, WebP, GIF and BMP: formats whose size stands at a known place.

extension ImageHeader {
    /// PNG 1.2, section 4.1.1. Apple's `CgBI` files have a chunk of four bytes before the header.
    static func png(_ bytes: HeaderBytes) throws(HeaderStop) -> (Int, Int, ImageFormat) {
        var chunk = 8
        if bytes.has("CgBI", at: 12) {
            guard try bytes.big(chunk, 4) == 4 else {
                throw .unsupported("the PNG file does not begin with its header")
            }
            chunk += 16
        }
        try bytes.require(chunk + 8)
        guard try bytes.big(chunk, 4) == 13, bytes.has("IHDR", at: chunk + 4) else {
            throw .unsupported("the PNG file does not begin with its header")
        }
        return (try bytes.big(chunk + 8, 4), try bytes.big(chunk + 12, 4), .png)
    }

    /// WebP container specification, RFC 9649. An EXIF chunk comes after the pixels and is not read.
    static func webp(_ bytes: HeaderBytes) throws(HeaderStop) -> (Int, Int, ImageFormat) {
        if bytes.has("VP8X", at: 12) {
            return (try bytes.little(24, 3) + 1, try bytes.little(27, 3) + 1, .webp)
        }
        if bytes.has("VP8L", at: 12) {
            let bits = try bytes.little(21, 4)
            guard try bytes.byte(20) == 0x2F else {
                throw .unsupported("the lossless WebP file has no signature")
            }
            return (bits & 0x3FFF + 1, bits >> 14 & 0x3FFF + 1, .webp)
        }
        guard bytes.has("VP8 ", at: 12) else {
            throw .unsupported("the WebP file begins with an unknown chunk")
        }
        let (width, height) = (try bytes.little(26, 2), try bytes.little(28, 2))
        // RFC 6386, section 9.1: bit 0 is clear in a key frame, the two upper bits are a scale.
        guard try bytes.byte(20) & 1 == 0, bytes.has([0x9D, 0x01, 0x2A], at: 23) else {
            throw .unsupported("the WebP file does not begin with a key frame")
        }
        return (width & 0x3FFF, height & 0x3FFF, .webp)
    }

    /// GIF89a, section 18: the logical screen.
    static func gif(_ bytes: HeaderBytes) throws(HeaderStop) -> (Int, Int, ImageFormat) {
        (try bytes.little(6, 2), try bytes.little(8, 2), .gif)
    }

    /// Told apart by the length of the second header; a negative height means top-down rows.
    static func bmp(_ bytes: HeaderBytes) throws(HeaderStop) -> (Int, Int, ImageFormat) {
        switch try bytes.little(14, 4) {
        case 12:
            return (try bytes.little(18, 2), try bytes.little(20, 2), .bmp)
        case 16, 40, 52, 56, 64, 108, 124:
            let width = Int32(truncatingIfNeeded: try bytes.little(18, 4))
            let height = Int32(truncatingIfNeeded: try bytes.little(22, 4))
            return (Int(width), abs(Int(height)), .bmp)
        default:
            throw .unsupported("it begins like a BMP file but has no BMP header")
        }
    }
}
