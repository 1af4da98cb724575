// JPEG: walks the segments to the start of frame, minding the EXIF orientation on the way.

extension ImageHeader {
    /// ITU T.81, annex B. The walk steps over whole segments, so the frame of a thumbnail inside of an
    /// EXIF segment is never mistaken for the picture's.
    static func jpeg(_ bytes: HeaderBytes) throws(HeaderStop) -> (Int, Int, ImageFormat) {
        var isTurned: Bool?
        var offset = 2
        while true {
            // No size is nearer than this: marker, length, precision, height, width.
            try bytes.require(offset + 9)
            let marker = try self.marker(bytes, at: &offset)
            switch marker {
            case 0x00, 0x01, 0xD0...0xD8:
                continue  // stand alone: stuffing, TEM, RSTn, SOI
            case 0xC0...0xCF where marker != 0xC4 && marker != 0xC8 && marker != 0xCC:
                let (width, height) = try frame(bytes, at: offset)
                return isTurned == true ? (height, width, .jpeg) : (width, height, .jpeg)
            case 0xD9, 0xDA:
                throw .unsupported("the JPEG file has no frame before its pixels")
            default:
                let length = try bytes.big(offset, 2)
                if length < 2 { throw .unsupported("a JPEG segment is shorter than its length") }
                if marker == 0xE1, isTurned == nil {
                    isTurned = try exifTurns(bytes, segment: offset..<offset + length)
                }
                offset += length
            }
        }
    }

    /// The code of the next marker, passing fill bytes and, as other readers do, stray bytes.
    private static func marker(
        _ bytes: HeaderBytes, at offset: inout Int
    ) throws(HeaderStop) -> Int {
        while try bytes.byte(offset) != 0xFF { offset += 1 }
        while try bytes.byte(offset) == 0xFF { offset += 1 }
        defer { offset += 1 }
        return try bytes.byte(offset)
    }

    private static func frame(
        _ bytes: HeaderBytes, at offset: Int
    ) throws(HeaderStop) -> (Int, Int) {
        let height = try bytes.big(offset + 3, 2)
        let width = try bytes.big(offset + 5, 2)
        if try bytes.big(offset, 2) < 8 {
            throw .unsupported("the JPEG frame header is too short")
        }
        if height == 0 { throw .unsupported("the JPEG file states its height after its pixels") }
        return (width, height)
    }

    /// Whether an APP1 segment asks for a quarter turn; `nil` when it is not EXIF or is damaged.
    ///
    /// EXIF 2.32, tag 0x0112 of the first directory: orientations 5 to 8 swap the sides.
    private static func exifTurns(
        _ bytes: HeaderBytes, segment: Range<Int>
    ) throws(HeaderStop) -> Bool? {
        let tiff = segment.lowerBound + 8
        try bytes.require(min(tiff, segment.upperBound))
        guard bytes.has("Exif\0\0", at: segment.lowerBound + 2), segment.count >= 16 else {
            return nil
        }
        // The segment is passed over next in any case, so all of it is needed anyway.
        try bytes.require(segment.upperBound)
        let isLittle = bytes.has([0x49, 0x49, 0x2A, 0], at: tiff)
        guard isLittle || bytes.has([0x4D, 0x4D, 0, 0x2A], at: tiff) else { return nil }
        func number(_ offset: Int, _ length: Int) throws(HeaderStop) -> Int? {
            guard offset + length <= segment.upperBound else { return nil }
            return isLittle ? try bytes.little(offset, length) : try bytes.big(offset, length)
        }
        guard let start = try number(tiff + 4, 4), let count = try number(tiff + start, 2) else {
            return nil
        }
        for index in 0..<count {
            let entry = tiff + start + 2 + 12 * index
            guard let tag = try number(entry, 2), let type = try number(entry + 2, 2) else {
                return nil
            }
            guard tag == 0x0112 else { continue }
            // 3 is a 16-bit number as the standard wants, 4 a 32-bit number as some write.
            let orientation = try number(entry + 8, type == 4 ? 4 : 2)
            return orientation.map { (5...8).contains($0) }
        }
        return nil
    }
}
