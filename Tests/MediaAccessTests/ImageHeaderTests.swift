// Image headers: real files, built ones, cut ones, hostile ones.

import MediaAccess
import Testing

@Suite("Image headers")
struct ImageHeaderTests {
    @Test("a real file tells its size", arguments: RealPicture.all)
    func real(picture: RealPicture) throws {
        let size = try #require(picture.size)
        #expect(ImageHeader.read(picture.bytes) == .size(size, picture.format))
    }

    @Test("a file cut at any byte asks for more or tells the same size", arguments: RealPicture.all)
    func truncated(picture: RealPicture) throws {
        let size = try #require(picture.size)
        var isKnown = false
        for count in 0..<picture.bytes.count {
            switch ImageHeader.read(Array(picture.bytes[..<count])) {
            case .size(let read, let format):
                #expect(read == size && format == picture.format)
                isKnown = true
            case .needMore(let wanted):
                #expect(wanted > count && wanted <= picture.bytes.count && !isKnown)
            case .unsupported(let reason):
                Issue.record("unsupported with \(count) bytes: \(reason)")
            }
        }
        #expect(isKnown)
    }

    @Test("giving what is asked for ends after few steps", arguments: RealPicture.all)
    func steps(picture: RealPicture) {
        var count = 0
        for _ in 0..<12 {
            guard case .needMore(let wanted) = ImageHeader.read(Array(picture.bytes[..<count]))
            else {
                return
            }
            count = wanted
        }
        Issue.record("more than twelve steps")
    }

    @Test("mutated files never trap and never claim impossible sizes", arguments: RealPicture.all)
    func mutated(picture: RealPicture) {
        var chance = SplitMix(seed: UInt64(picture.bytes.count))
        for _ in 0..<3000 {
            var bytes = picture.bytes
            for _ in 0...Int.random(in: 0..<4, using: &chance) {
                let index = Int.random(in: 0..<min(bytes.count, 480), using: &chance)
                let special: [UInt8] = [0, 1, 0x7F, 0x80, 0xFE, 0xFF]
                bytes[index] =
                    Bool.random(using: &chance)
                    ? UInt8.random(in: 0...255, using: &chance)
                    : special.randomElement(using: &chance) ?? 0
            }
            bytes = Array(bytes[..<Int.random(in: 0...bytes.count, using: &chance)])
            switch ImageHeader.read(bytes) {
            case .size(let size, _): #expect(size.width > 0 && size.height > 0)
            case .needMore(let count): #expect(count > bytes.count)
            case .unsupported(let reason): #expect(!reason.isEmpty)
            }
        }
    }

    @Test("random bytes behind each signature never trap", arguments: 0..<8)
    func noise(signature: Int) {
        let signatures: [[UInt8]] = [
            [0xFF, 0xD8, 0xFF], [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A],
            Array("RIFF....WEBPVP8X".utf8), Array("GIF89a".utf8), Array("BM".utf8),
            [0, 0, 0, 16] + Array("ftypheic....avif".utf8),
            [0, 0, 0, 16] + Array("ftypheic....avif".utf8) + [0, 0, 1, 0] + Array("meta".utf8), [],
        ]
        var chance = SplitMix(seed: UInt64(signature))
        for _ in 0..<1000 {
            let noise = (0..<400).map { _ in UInt8.random(in: 0...255, using: &chance) }
            if case .needMore(let count) = ImageHeader.read(signatures[signature] + noise) {
                #expect(count > signatures[signature].count + 400)
            }
        }
    }

    @Test(
        "files that are no pictures are refused",
        arguments: [
            "<!DOCTYPE html><html>", "{\"error\": \"not found\"}", "%PDF-1.7 .........",
            "<svg xmlns='http://www.w3.org/2000/svg'>", "II*\0............", "RIFF....WAVEfmt ",
        ])
    func notPictures(text: String) {
        guard case .unsupported = ImageHeader.read(Array(text.utf8)) else {
            Issue.record("not refused")
            return
        }
    }
}

@Suite("JPEG headers")
struct JPEGHeaderTests {
    /// A frame segment of 640 by 480 pixels.
    private func frame(_ kind: UInt8) -> [UInt8] {
        [0xFF, kind, 0, 11, 8, 0x01, 0xE0, 0x02, 0x80, 1, 1, 0x11, 0]
    }

    private func segment(_ marker: UInt8, _ content: [UInt8]) -> [UInt8] {
        let length = content.count + 2
        return [0xFF, marker, UInt8(length >> 8), UInt8(length & 0xFF)] + content
    }

    private func exif(orientation: UInt16, little: Bool, type: UInt8 = 3, entries: UInt16 = 2)
        -> [UInt8]
    {
        func short(_ value: UInt16) -> [UInt8] {
            let bytes = [UInt8(value >> 8), UInt8(value & 0xFF)]
            return little ? bytes.reversed() : bytes
        }
        func long(_ value: UInt16) -> [UInt8] {
            little ? short(value) + [0, 0] : [0, 0] + short(value)
        }
        let head = little ? [0x49, 0x49, 0x2A, 0] : [0x4D, 0x4D, 0, 0x2A] as [UInt8]
        let other = short(0x010F) + short(3) + long(1) + short(1) + [0, 0]
        let value = type == 4 ? long(orientation) : short(orientation) + [0, 0]
        let entry = short(0x0112) + short(UInt16(type)) + long(1) + value
        let tiff = head + long(8) + short(entries) + other + entry + long(0)
        return segment(0xE1, Array("Exif\0\0".utf8) + tiff)
    }

    private func read(_ segments: [UInt8]...) -> ImageHeader.Reading {
        ImageHeader.read([0xFF, 0xD8] + segments.flatMap { $0 } + Array(repeating: 0, count: 16))
    }

    private var upright: ImageHeader.Reading? {
        PixelSize(width: 640, height: 480).map { .size($0, .jpeg) }
    }

    private var turned: ImageHeader.Reading? {
        PixelSize(width: 480, height: 640).map { .size($0, .jpeg) }
    }

    @Test(
        "every kind of frame is read",
        arguments: [
            0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF,
        ] as [UInt8])
    func frames(kind: UInt8) {
        #expect(read(segment(0xDB, [1, 2, 3]), frame(kind)) == upright)
    }

    @Test(
        "tables whose codes look like frames are passed over",
        arguments: [0xC4, 0xC8, 0xCC] as [UInt8])
    func notFrames(marker: UInt8) {
        #expect(read(segment(marker, [8, 0, 1, 0, 2, 1, 1]), frame(0xC0)) == upright)
    }

    @Test("a frame inside of an EXIF segment is not the picture's")
    func thumbnail() {
        let thumbnail =
            [0xFF, 0xD8] + [0xFF, 0xC0, 0, 11, 8, 0, 60, 0, 80, 1, 1, 0x11, 0] as [UInt8]
        #expect(read(segment(0xE1, Array("Exif\0\0".utf8) + thumbnail), frame(0xC2)) == upright)
    }

    @Test(
        "orientations 5 to 8 swap the sides, in either byte order",
        arguments: 0...10 as ClosedRange<UInt16>)
    func orientation(value: UInt16) {
        let wanted = (5...8).contains(value) ? turned : upright
        for little in [true, false] {
            #expect(read(exif(orientation: value, little: little), frame(0xC0)) == wanted)
            #expect(read(exif(orientation: value, little: little, type: 4), frame(0xC0)) == wanted)
        }
    }

    @Test("only the first EXIF segment counts, and a damaged one does not")
    func secondExif() {
        let six = exif(orientation: 6, little: true)
        let one = exif(orientation: 1, little: true)
        #expect(read(one, six, frame(0xC0)) == upright)
        #expect(read(six, one, frame(0xC0)) == turned)
        let xmp = segment(0xE1, Array("http://ns.adobe.com/xap/1.0/\0<x/>".utf8))
        #expect(read(xmp, six, frame(0xC0)) == turned)
        let short = segment(0xE1, Array("Exif\0\0II".utf8))
        #expect(read(short, six, frame(0xC0)) == turned)
    }

    @Test("an EXIF directory that claims too many entries ends with its segment")
    func manyEntries() {
        let many = exif(orientation: 1, little: false, entries: 0xFFFF)
        #expect(read(many, frame(0xC0)) == upright)
        var far = exif(orientation: 6, little: false)
        far.replaceSubrange(14..<18, with: [0xFF, 0xFF, 0xFF, 0xFF])
        #expect(read(far, frame(0xC0)) == upright)
    }

    @Test("fill bytes, stand-alone markers and stray bytes are passed")
    func fill() {
        #expect(read([0xFF, 0xFF, 0xFF], frame(0xC0)) == upright)
        #expect(read([0xFF, 0xD0, 0xFF, 0x01, 0xFF, 0xD8], frame(0xC0)) == upright)
        #expect(read(segment(0xFE, [65]), [0, 0, 0xFF, 0x00], frame(0xC0)) == upright)
    }

    @Test("files without a usable frame are refused")
    func refused() {
        let cases: [[UInt8]] = [
            [0xFF, 0xD9], [0xFF, 0xDA, 0, 3, 1], [0xFF, 0xE0, 0, 1], [0xFF, 0xE0, 0, 0],
            [0xFF, 0xC0, 0, 11, 8, 0, 0, 0x02, 0x80], [0xFF, 0xC0, 0, 11, 8, 0x01, 0xE0, 0, 0],
            [0xFF, 0xC0, 0, 7, 8, 0x01, 0xE0, 0x02, 0x80],
        ]
        for bytes in cases {
            guard case .unsupported = read(segment(0xFE, [1]), bytes) else {
                Issue.record("not refused: \(bytes)")
                continue
            }
        }
    }

    @Test("a long segment is asked for at once")
    func deep() {
        let long = segment(0xE2, Array(repeating: 0, count: 60_000))
        let bytes = Array(([0xFF, 0xD8] + long).prefix(4096))
        #expect(ImageHeader.read(bytes) == .needMore(atLeast: 2 + 60_004 + 9))
    }
}

@Suite("Headers of other formats")
struct OtherHeaderTests {
    private func size(_ width: Int, _ height: Int, _ format: ImageFormat) -> ImageHeader.Reading? {
        PixelSize(width: width, height: height).map { .size($0, format) }
    }

    private func big(_ value: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) }
    }

    @Test("PNG, also with Apple's chunk before the header")
    func png() {
        let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
        let header =
            big(13) + Array("IHDR".utf8) + big(1170) + big(2532) + [8, 6, 0, 0, 0] + big(0)
        let apple = big(4) + Array("CgBI".utf8) + big(0x5000_2002) + big(0)
        #expect(ImageHeader.read(signature + header) == size(1170, 2532, .png))
        #expect(ImageHeader.read(signature + apple + header) == size(1170, 2532, .png))
        for bad in [big(12) + Array("IHDR".utf8), big(13) + Array("IDAT".utf8)] {
            let bytes = signature + bad + big(1) + big(1)
            #expect(
                ImageHeader.read(bytes)
                    == .unsupported(reason: "the PNG file does not begin with its header"))
        }
        let huge = signature + big(13) + Array("IHDR".utf8) + big(0xFFFF_FFFF) + big(1)
        #expect(
            ImageHeader.read(huge) == .unsupported(reason: "it claims to be 4294967295 by 1 pixels")
        )
    }

    @Test("the three kinds of WebP")
    func webp() {
        let riff = Array("RIFF".utf8) + [0, 0, 0, 0] + Array("WEBP".utf8)
        let extended = Array("VP8X".utf8) + [10, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0x3F, 0, 0x0F, 0x27, 0]
        #expect(ImageHeader.read(riff + extended) == size(16384, 10000, .webp))
        let lossless = Array("VP8L".utf8) + [0, 0, 0, 0, 0x2F, 0xFF, 0xC3, 0x01, 0x10]
        #expect(ImageHeader.read(riff + lossless) == size(0x3FF + 1, 7 + 1, .webp))
        let lossy =
            Array("VP8 ".utf8) + [0, 0, 0, 0, 0x10, 0, 0, 0x9D, 0x01, 0x2A, 0x80, 0x42, 0xE0, 0x81]
        #expect(ImageHeader.read(riff + lossy) == size(640, 480, .webp))
        var delta = riff + lossy
        delta[20] |= 1
        guard case .unsupported = ImageHeader.read(delta) else {
            Issue.record("a delta frame was taken")
            return
        }
    }

    @Test("BMP with old and new headers, upside down too")
    func bmp() {
        let file = Array("BM".utf8) + Array(repeating: 0, count: 12)
        let core: [UInt8] = [12, 0, 0, 0, 0x80, 0x02, 0xE0, 0x01, 1, 0]
        #expect(ImageHeader.read(file + core) == size(640, 480, .bmp))
        for length in [40, 52, 56, 64, 108, 124] as [UInt8] {
            let info: [UInt8] = [length, 0, 0, 0, 0x80, 2, 0, 0, 0x20, 0xFE, 0xFF, 0xFF]
            #expect(ImageHeader.read(file + info) == size(640, 480, .bmp))
        }
        let lowest: [UInt8] = [40, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0x80]
        #expect(
            ImageHeader.read(file + lowest)
                == .unsupported(reason: "it claims to be 1 by 2147483648 pixels"))
        let negative: [UInt8] = [40, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 1, 0, 0, 0]
        #expect(
            ImageHeader.read(file + negative)
                == .unsupported(reason: "it claims to be -1 by 1 pixels"))
    }

    @Test("GIF, and a GIF without a screen")
    func gif() {
        let tail = Array(repeating: UInt8(0), count: 6)
        #expect(
            ImageHeader.read(Array("GIF87a".utf8) + [0x40, 1, 0xF0, 0] + tail)
                == size(320, 240, .gif))
        #expect(
            ImageHeader.read(Array("GIF89a".utf8) + [0, 0, 0xF0, 0] + tail)
                == .unsupported(reason: "it claims to be 0 by 240 pixels"))
    }
}
