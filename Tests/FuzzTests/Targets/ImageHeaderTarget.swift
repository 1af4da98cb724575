// Image headers: no trap, no endless wish for more, and more bytes never change what was said.

import JimengSimulator
import MediaAccess

extension FuzzTarget {
    static let imageHeader = FuzzTarget(
        name: "image-header", seeds: ImageCheck.seeds, words: ImageCheck.words,
        make: { chance in
            let head = ImageCheck.heads.randomElement(using: &chance) ?? []
            return head + chance.bytes(upTo: 120)
        },
        check: { bytes throws(Broken) in try ImageCheck().check(bytes) })
}

private struct ImageCheck {
    static let heads: [[UInt8]] = [
        [0xFF, 0xD8, 0xFF],
        [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13] + "IHDR".utf8,
        Array("RIFFxxxxWEBPVP8 ".utf8), Array("RIFFxxxxWEBPVP8L".utf8),
        Array("RIFFxxxxWEBPVP8X".utf8),
        Array("GIF89a".utf8), Array("BM".utf8),
        [0, 0, 0, 24] + "ftypheic".utf8 + [0, 0, 0, 0] + "mif1heic".utf8,
        [0, 0, 0, 16] + "ftypavif".utf8,
    ]

    static let words: [[UInt8]] =
        heads
        + Nasty.bytes([
            "meta", "pitm", "iprp", "ipco", "ipma", "ispe", "irot", "Exif\0\0", "CgBI", "IHDR",
        ]) + [
            [0xFF, 0xC0, 0, 17, 8, 0, 9, 0, 16], [0xFF, 0xE1], [0xFF, 0xDA], [0xFF, 0xFF],
            [0x49, 0x49, 0x2A, 0, 8, 0, 0, 0], [0x4D, 0x4D, 0, 0x2A, 0, 0, 0, 8],
            [0x12, 1, 3, 0, 1, 0, 0, 0, 6],
            [0, 0, 0, 1], [0, 0, 0, 0], [0xFF, 0xFF, 0xFF, 0xFF], [0x7F, 0xFF, 0xFF, 0xFF],
            [0, 0, 0, 8],
            [0, 0, 0, 1, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
        ]

    static let seeds: [[UInt8]] = [
        [0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 0, 0, 0xFF, 0xC2, 0, 17, 8, 1, 0, 2, 0, 3, 1, 0x22, 0],
        jpegWithOrientation, heif,
        heads[1] + [0, 0, 1, 0, 0, 0, 2, 0, 8, 6],
        heads[4] + [10, 0, 0, 0, 0, 0, 0, 0, 1, 2, 0, 3, 4, 0],
        heads[5] + [0x40, 1, 0xF0, 0, 0, 0, 0, 0, 0, 0],
        Array("BM".utf8) + [UInt8](repeating: 0, count: 12) + [
            40, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0x80,
        ],
        // A JPEG of stray bytes, and a file of boxes without a picture: as long as a probe reads.
        [0xFF, 0xD8, 0xFF] + [UInt8](repeating: 0xFF, count: 100_000),
        [0xFF, 0xD8, 0xFF] + [UInt8](repeating: 7, count: 100_000),
        heads[7] + (0..<9000).flatMap { _ in [0, 0, 0, 8] + Array("free".utf8) },
    ]

    private static let jpegWithOrientation: [UInt8] =
        [0xFF, 0xD8, 0xFF, 0xE1, 0, 34] + "Exif\0\0".utf8 + [0x49, 0x49, 0x2A, 0, 8, 0, 0, 0, 1, 0]
        + [0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0]
        + [0xFF, 0xC0, 0, 17, 8, 1, 0, 2, 0, 3, 1, 0x22, 0, 0, 0, 0]

    private static func box(_ type: String, _ content: [UInt8]) -> [UInt8] {
        let size = content.count + 8
        return [0, 0, UInt8(size >> 8), UInt8(size & 0xFF)] + type.utf8 + content
    }

    private static let heif: [UInt8] = {
        let extent = box("ispe", [0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 1, 0])
        let properties = box("ipco", extent + box("irot", [1]))
        let owners = box("ipma", [0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 2, 0x81, 2])
        let primary = box("pitm", [0, 0, 0, 0, 0, 1])
        return heads[7] + box("meta", [0, 0, 0, 0] + primary + box("iprp", properties + owners))
    }()

    func check(_ bytes: [UInt8]) throws(Broken) -> String {
        let whole = ImageHeader.read(bytes)
        try growth(bytes, to: whole)
        switch whole {
        case .size(let size, let format):
            try hold(size.width > 0 && size.height > 0, "empty-picture")
            return "size of a \(format)"
        case .needMore(let count):
            try hold(count > bytes.count, "wants-no-more-than-it-had", "\(count) of \(bytes.count)")
            return "more, \(bytes.first ?? 0)"
        case .unsupported(let reason):
            return Behaviour.of(reason)
        }
    }

    /// Reads as a probe does, byte by byte as asked for: every step asks for more than was there, and a verdict stays.
    private func growth(_ bytes: [UInt8], to whole: ImageHeader.Reading) throws(Broken) {
        var count = min(16, bytes.count)
        var steps = 0
        while count < bytes.count, steps < 300 {
            steps += 1
            let reading = ImageHeader.read(Array(bytes[..<count]))
            guard case .needMore(let wanted) = reading else {
                try hold(reading == whole, "verdict-changed", "\(reading) then \(whole)")
                return
            }
            try hold(wanted > count, "wants-no-more-than-it-had", "\(wanted) of \(count)")
            if wanted > bytes.count {
                guard case .needMore = whole else {
                    throw Broken(
                        "wanted-more-than-needed", "\(wanted), but \(whole) of \(bytes.count)")
                }
            }
            count = wanted
        }
    }
}
