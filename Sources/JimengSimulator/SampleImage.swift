// The test images that the simulator serves under /images/.

/// A small real image of a known pixel size, for probing sizes and ratios.
package struct SampleImage: Sendable, Equatable {
    /// The last part of its address, `/images/<name>`.
    package let name: String
    /// The media type it is served with.
    package let mediaType: String
    /// Stored width in pixels, before any EXIF orientation.
    package let width: Int
    /// Stored height in pixels, before any EXIF orientation.
    package let height: Int
    /// The file.
    package let bytes: [UInt8]

    /// Every image there is. `rotated-9x16.jpg` is stored 640x360 and shown 360x640 (EXIF
    /// orientation 6).
    package static let all: [SampleImage] = [
        jpeg("jpeg-16x9.jpg", 640, 360, SampleJPEGs.wide),
        jpeg("jpeg-9x16.jpg", 360, 640, SampleJPEGs.tall),
        jpeg("jpeg-21x9.jpg", 840, 360, SampleJPEGs.cinema),
        jpeg("rotated-9x16.jpg", 640, 360, SampleJPEGs.rotated),
        jpeg("progressive-16x9.jpg", 640, 360, SampleProgressiveJPEGs.wide),
        jpeg("progressive-3x4.jpg", 480, 640, SampleProgressiveJPEGs.upright),
        png("png-1x1.png", 512, 512, SamplePNGsAndWebPs.square),
        png("png-4x3.png", 640, 480, SamplePNGsAndWebPs.classic),
        webP("webp-4x3.webp", 640, 480, SamplePNGsAndWebPs.lossyWebP),
        webP("webp-lossless-9x16.webp", 360, 640, SamplePNGsAndWebPs.losslessWebP),
    ]

    /// The image of that name.
    package static func named(_ name: some StringProtocol) -> SampleImage? {
        all.first { $0.name == name }
    }

    private static func jpeg(_ name: String, _ width: Int, _ height: Int, _ text: String) -> Self {
        Self(
            name: name, mediaType: "image/jpeg", width: width, height: height,
            bytes: embeddedBytes(text))
    }

    private static func png(_ name: String, _ width: Int, _ height: Int, _ text: String) -> Self {
        Self(
            name: name, mediaType: "image/png", width: width, height: height,
            bytes: embeddedBytes(text))
    }

    private static func webP(_ name: String, _ width: Int, _ height: Int, _ text: String) -> Self {
        Self(
            name: name, mediaType: "image/webp", width: width, height: height,
            bytes: embeddedBytes(text))
    }
}
