// HEIC and AVIF: finds the properties of the primary item in the boxes of ISO/IEC 23008-12.

extension ImageHeader {
    static func heif(_ bytes: HeaderBytes) throws(HeaderStop) -> (Int, Int, ImageFormat) {
        let type = try box(bytes, at: 0, end: nil)
        let format = try brand(bytes, type.content)
        var offset = type.content.upperBound
        while true {
            let next = try box(bytes, at: offset, end: nil)
            if next.type == "meta" {
                try bytes.require(next.content.upperBound)
                let (width, height) = try primarySize(bytes, meta: next.content)
                return (width, height, format)
            }
            offset = next.content.upperBound
        }
    }

    private struct Box {
        let type: String
        let content: Range<Int>
    }

    /// The box that starts at an offset. It must end inside of its parent; at the top level it may end
    /// beyond the bytes that are there.
    private static func box(
        _ bytes: HeaderBytes, at offset: Int, end: Int?
    ) throws(HeaderStop) -> Box {
        try bytes.require(offset + 8)
        var size = try bytes.big(offset, 4)
        var header = 8
        if size == 1 {
            let upper = try bytes.big(offset + 8, 4)
            guard upper < 1 << 8 else { throw .unsupported("a box of the file is too long") }
            size = upper << 32 | (try bytes.big(offset + 12, 4))
            header = 16
        } else if size == 0, let end {
            size = end - offset  // to the end of its parent
        }
        guard size >= header, offset + size <= end ?? .max else {
            throw .unsupported("a box of the file has a wrong length")
        }
        return Box(type: try bytes.code(offset + 4), content: offset + header..<offset + size)
    }

    private static func boxes(
        _ bytes: HeaderBytes, in range: Range<Int>
    ) throws(HeaderStop) -> [Box] {
        var boxes: [Box] = []
        var offset = range.lowerBound
        while offset < range.upperBound {
            let next = try box(bytes, at: offset, end: range.upperBound)
            boxes.append(next)
            if boxes.count > 4096 { throw .unsupported("the file has too many boxes") }
            offset = next.content.upperBound
        }
        return boxes
    }

    /// The major brand and the compatible ones, four letters each, with a version between.
    private static func brand(
        _ bytes: HeaderBytes, _ content: Range<Int>
    ) throws(HeaderStop) -> ImageFormat {
        guard (8...1024).contains(content.count) else {
            throw .unsupported("it is an ISO media file without brands")
        }
        try bytes.require(content.upperBound)
        func has(_ brands: [String]) -> Bool {
            stride(from: content.lowerBound, to: content.upperBound - 3, by: 4).contains { offset in
                brands.contains { bytes.has($0, at: offset) }
            }
        }
        if has(["avif", "avis"]) { return .avif }
        if has(["heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "mif2"]) { return .heic }
        throw .unsupported("it is an ISO media file but not a HEIC or AVIF picture")
    }

    private static func primarySize(
        _ bytes: HeaderBytes, meta: Range<Int>
    ) throws(HeaderStop) -> (Int, Int) {
        guard meta.count >= 4 else { throw .unsupported("the file's meta box is empty") }
        let children = try boxes(bytes, in: meta.lowerBound + 4..<meta.upperBound)
        guard let primary = children.first(where: { $0.type == "pitm" }),
            let container = children.first(where: { $0.type == "iprp" })
        else { throw .unsupported("the file does not name its primary picture") }
        let item = try primaryItem(bytes, primary.content)
        let parts = try boxes(bytes, in: container.content)
        guard let list = parts.first(where: { $0.type == "ipco" }) else {
            throw .unsupported("the file has no picture properties")
        }
        let properties = try boxes(bytes, in: list.content)
        var indices: [Int] = []
        for part in parts where part.type == "ipma" {
            indices += try associations(bytes, part.content, of: item)
        }
        return try size(bytes, indices.filter(properties.indices.contains).map { properties[$0] })
    }

    private static func primaryItem(
        _ bytes: HeaderBytes, _ content: Range<Int>
    ) throws(HeaderStop) -> Int {
        guard content.count >= 6 else { throw .unsupported("a box of the file is too short") }
        if try bytes.byte(content.lowerBound) == 0 {
            return try bytes.big(content.lowerBound + 4, 2)
        }
        guard content.count >= 8 else { throw .unsupported("a box of the file is too short") }
        return try bytes.big(content.lowerBound + 4, 4)
    }

    /// Positions, from 0, of an item's properties. Each entry of the box takes at least three bytes of
    /// it, so the walk ends with the box whatever the count claims.
    private static func associations(
        _ bytes: HeaderBytes, _ content: Range<Int>, of item: Int
    ) throws(HeaderStop) -> [Int] {
        var offset = content.lowerBound
        func number(_ length: Int) throws(HeaderStop) -> Int {
            guard offset + length <= content.upperBound else {
                throw .unsupported("a box of the file is too short")
            }
            defer { offset += length }
            return try bytes.big(offset, length)
        }
        let version = try number(1)
        let isLong = try number(3) & 1 == 1
        for _ in 0..<(try number(4)) {
            let owner = try number(version < 1 ? 2 : 4)
            var indices: [Int] = []
            for _ in 0..<(try number(1)) {
                // The top bit says whether the property is essential; index 0 means none.
                indices.append(try number(isLong ? 2 : 1) & (isLong ? 0x7FFF : 0x7F) - 1)
            }
            if owner == item { return indices }
        }
        return []
    }

    /// The extent of the picture, its sides swapped by a rotation of 90 or 270 degrees.
    /// A clean aperture, which crops a few pixels, is not minded.
    private static func size(
        _ bytes: HeaderBytes, _ properties: [Box]
    ) throws(HeaderStop) -> (Int, Int) {
        guard let extent = properties.first(where: { $0.type == "ispe" && $0.content.count >= 12 })
        else { throw .unsupported("the file's primary picture has no size") }
        let width = try bytes.big(extent.content.lowerBound + 4, 4)
        let height = try bytes.big(extent.content.lowerBound + 8, 4)
        for property in properties where property.type == "irot" && !property.content.isEmpty {
            if try bytes.byte(property.content.lowerBound) & 1 == 1 { return (height, width) }
        }
        return (width, height)
    }
}
