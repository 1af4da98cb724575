// HEIC and AVIF headers: the primary item among others, rotations, odd boxes, hostile boxes.

import MediaAccess
import Testing

@Suite("HEIC and AVIF headers")
struct HEIFHeaderTests {
    private func big(_ value: Int, _ length: Int = 4) -> [UInt8] {
        (0..<length).map { UInt8(truncatingIfNeeded: value >> (8 * (length - 1 - $0))) }
    }

    private func box(_ type: String, _ content: [UInt8]) -> [UInt8] {
        big(content.count + 8) + Array(type.utf8) + content
    }

    private func brand(_ brands: String) -> [UInt8] { box("ftyp", Array(brands.utf8)) }

    private func extent(_ width: Int, _ height: Int) -> [UInt8] {
        box("ispe", big(0) + big(width) + big(height))
    }

    /// A file whose primary item is number 7 of two, with the given property numbers.
    private func file(
        brands: String = "heic\0\0\0\0mif1", rotation: UInt8 = 0, version: Int = 0,
        isLong: Bool = false, indices: [Int] = [2, 3], before: [UInt8] = []
    ) -> [UInt8] {
        let item = { (number: Int) in self.big(number, version == 0 ? 2 : 4) }
        let flags = big(version, 1) + big(isLong ? 1 : 0, 3)
        let list = { (indices: [Int]) in
            self.big(indices.count, 1)
                + indices.flatMap { self.big($0 | (isLong ? 0x8000 : 0x80), isLong ? 2 : 1) }
        }
        let associations = flags + big(2) + item(1) + list([1]) + item(7) + list(indices)
        let properties = extent(160, 120) + extent(4000, 3000) + box("irot", [rotation])
        let meta =
            big(0) + box("hdlr", Array(repeating: 0, count: 20))
            + box("pitm", big(version, 1) + big(0, 3) + item(7))
            + box("iprp", box("ipco", properties) + box("ipma", associations))
        return brand(brands) + before + box("meta", meta)
    }

    private func size(_ width: Int, _ height: Int, _ format: ImageFormat) -> ImageHeader.Reading? {
        PixelSize(width: width, height: height).map { .size($0, format) }
    }

    @Test("the extent of the primary item counts, not that of the thumbnail")
    func primary() {
        #expect(ImageHeader.read(file()) == size(4000, 3000, .heic))
        #expect(ImageHeader.read(file(version: 1)) == size(4000, 3000, .heic))
        #expect(ImageHeader.read(file(isLong: true)) == size(4000, 3000, .heic))
    }

    @Test("quarter turns swap the sides", arguments: 0...3 as ClosedRange<UInt8>)
    func rotation(quarters: UInt8) {
        let wanted = quarters % 2 == 1 ? size(3000, 4000, .heic) : size(4000, 3000, .heic)
        #expect(ImageHeader.read(file(rotation: quarters)) == wanted)
    }

    @Test(
        "brands decide the format",
        arguments: [
            ("avif\0\0\0\0mif1", ImageFormat.avif), ("mif1\0\0\0\0avif", .avif),
            ("heix\0\0\0\0", .heic),
            ("mif1\0\0\0\0heic", .heic), ("msf1\0\0\0\0hevc", .heic),
        ])
    func brands(brands: String, format: ImageFormat) {
        #expect(ImageHeader.read(file(brands: brands)) == size(4000, 3000, format))
    }

    @Test("boxes before the header are stepped over, with long lengths too")
    func before() {
        let free = box("free", Array(repeating: 1, count: 100))
        let long = big(1) + Array("mdat".utf8) + big(0) + big(50) + Array(repeating: 2, count: 34)
        #expect(ImageHeader.read(file(before: free + long)) == size(4000, 3000, .heic))
    }

    @Test("pixels before the header are asked for as far as needed")
    func deep() {
        let bytes = brand("heic\0\0\0\0mif1") + big(5_000_000) + Array("mdat".utf8)
        #expect(ImageHeader.read(bytes) == .needMore(atLeast: 20 + 5_000_000 + 8))
        let meta = brand("heic\0\0\0\0mif1") + big(70_000) + Array("meta".utf8) + [0, 0]
        #expect(ImageHeader.read(meta) == .needMore(atLeast: 20 + 70_000))
    }

    @Test("files that do not say what they should are refused")
    func refused() {
        let head = brand("heic\0\0\0\0mif1")
        let primary = box("pitm", big(0) + big(7, 2))
        let cases: [[UInt8]] = [
            brand("isom\0\0\0\0mp42") + box("moov", [0, 0, 0, 0]),
            box("ftyp", [1, 2, 3]) + box("meta", big(0)),
            head + box("meta", []),
            head + box("meta", big(0)),
            head + box("meta", big(0) + primary),
            head + box("meta", big(0) + primary + box("iprp", [])),
            head + box("meta", big(0) + primary + box("iprp", box("ipco", []))),
            head + box("meta", big(0) + box("pitm", []) + box("iprp", [])),
            head + box("meta", big(0) + big(4) + Array("pitm".utf8)),
            head + box("meta", big(0) + big(400) + Array("pitm".utf8)),
            head + big(3) + Array("meta".utf8),
            head + big(0) + Array("meta".utf8),
            head + big(1) + Array("mdat".utf8) + big(0x7FFF_FFFF) + big(0),
            file(indices: [1, 3].map { $0 + 60 }), file(indices: []), file(indices: [0, 3]),
        ]
        for (index, bytes) in cases.enumerated() {
            guard case .unsupported = ImageHeader.read(bytes) else {
                Issue.record("case \(index): \(ImageHeader.read(bytes))")
                continue
            }
        }
    }

    @Test("a count of four thousand million entries ends with its box")
    func hugeCount() {
        var bytes = file()
        let start = bytes.firstRange(of: Array("ipma".utf8))?.upperBound ?? 0
        bytes.replaceSubrange(start + 4..<start + 8, with: [0xFF, 0xFF, 0xFF, 0xFF])
        #expect(ImageHeader.read(bytes) == size(4000, 3000, .heic))
        bytes.replaceSubrange(start + 13..<start + 15, with: [0, 8])
        guard case .unsupported = ImageHeader.read(bytes) else {
            Issue.record("read beyond the box")
            return
        }
    }

    @Test("a megabyte of empty boxes is refused quickly")
    func manyBoxes() {
        let empty = (0..<100_000).flatMap { _ in box("free", []) }
        #expect(
            ImageHeader.read(brand("heic\0\0\0\0mif1") + box("meta", big(0) + empty))
                == .unsupported(reason: "the file has too many boxes"))
    }
}
