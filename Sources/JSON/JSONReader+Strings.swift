// Reads strings: checks UTF-8, escapes and surrogate pairs, and decodes what needs decoding.

extension JSONReader {
    package mutating func string() throws(JSONError) -> String {
        try expect(.string)
        return try quotedString()
    }

    /// Reads the string whose quotation mark is next.
    mutating func quotedString() throws(JSONError) -> String {
        let (range, hasEscapes) = try stringRange()
        return hasEscapes ? String(decoding: unescaped(range), as: UTF8.self) : text(range)
    }

    /// Bytes that are known to be valid UTF-8.
    func text(_ range: Range<Int>) -> String {
        bytes.withUnsafeBufferPointer { bytes in
            String(decoding: UnsafeBufferPointer(rebasing: bytes[range]), as: UTF8.self)
        }
    }

    /// Passes over the string whose quotation mark is next, checking it fully.
    ///
    /// - Returns: what stands between the quotation marks, and whether anything of it is escaped.
    mutating func stringRange() throws(JSONError) -> (content: Range<Int>, hasEscapes: Bool) {
        let start = position + 1
        var index = start
        var hasEscapes = false
        while true {
            index = bytes.withUnsafeBytes { endOfPlainRun($0, from: index, onlyASCII: true) }
            guard index < bytes.count else { throw .truncated(offset: bytes.count) }
            let byte = bytes[index]
            if byte == UInt8(ascii: "\"") {
                position = index + 1
                return (start..<index, hasEscapes)
            }
            if byte == UInt8(ascii: "\\") {
                hasEscapes = true
                index = try endOfEscape(at: index)
            } else if byte < 0x20 {
                throw .controlCharacter(byte, offset: index)
            } else {
                index += try lengthOfScalar(at: index)
            }
        }
    }
}

// MARK: UTF-8

extension JSONReader {
    /// The number of bytes of the scalar that starts with the given byte of 0x80 or more; exactly the
    /// well-formed sequences of the Unicode standard, table 3-7 (no overlong forms, no surrogates).
    private func lengthOfScalar(at index: Int) throws(JSONError) -> Int {
        let length: Int
        var second: ClosedRange<UInt8> = 0x80...0xBF
        switch bytes[index] {
        case 0xC2...0xDF: length = 2
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: length = 3
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        case 0xF1...0xF3: length = 4
        default: throw .invalidUTF8(offset: index)
        }
        for offset in 1..<length {
            guard index + offset < bytes.count else { throw .truncated(offset: bytes.count) }
            let allowed = offset == 1 ? second : 0x80...0xBF
            guard allowed.contains(bytes[index + offset]) else {
                throw .invalidUTF8(offset: index)
            }
        }
        return length
    }
}

// MARK: Escapes

extension JSONReader {
    private func endOfEscape(at index: Int) throws(JSONError) -> Int {
        guard index + 1 < bytes.count else { throw .truncated(offset: bytes.count) }
        guard bytes[index + 1] == UInt8(ascii: "u") else {
            if Self.short(bytes[index + 1]) == nil { throw .invalidEscape(offset: index) }
            return index + 2
        }
        let unit = try codeUnit(at: index)
        guard UTF16.isSurrogate(unit) else { return index + 6 }
        guard UTF16.isLeadSurrogate(unit) else { throw .loneSurrogate(offset: index) }
        for (offset, wanted) in [(6, UInt8(ascii: "\\")), (7, UInt8(ascii: "u"))] {
            guard index + offset < bytes.count else { throw .truncated(offset: bytes.count) }
            guard bytes[index + offset] == wanted else { throw .loneSurrogate(offset: index) }
        }
        guard UTF16.isTrailSurrogate(try codeUnit(at: index + 6)) else {
            throw .loneSurrogate(offset: index)
        }
        return index + 12
    }

    /// The four hexadecimal digits of the `\u` escape at an offset.
    private func codeUnit(at index: Int) throws(JSONError) -> UInt16 {
        var unit: UInt16 = 0
        for digit in index + 2..<index + 6 {
            guard digit < bytes.count else { throw .truncated(offset: bytes.count) }
            guard let value = Self.hexadecimal(bytes[digit]) else {
                throw .invalidEscape(offset: index)
            }
            unit = unit << 4 | UInt16(value)
        }
        return unit
    }

    private static func hexadecimal(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// What a one-letter escape stands for.
    private static func short(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): byte
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        default: nil
        }
    }

    /// Decodes the escapes of a content that `stringRange` has checked.
    private func unescaped(_ content: Range<Int>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(content.count)
        var index = content.lowerBound
        while index < content.upperBound {
            if bytes[index] != UInt8(ascii: "\\") {
                result.append(bytes[index])
                index += 1
            } else if let byte = Self.short(bytes[index + 1]) {
                result.append(byte)
                index += 2
            } else {
                let scalar = escapedScalar(at: index)
                result.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
                index += scalar.value > 0xFFFF ? 12 : 6
            }
        }
        return result
    }

    private func escapedScalar(at index: Int) -> UnicodeScalar {
        func unit(_ index: Int) -> UInt32 {
            bytes[index + 2..<index + 6].reduce(0) {
                $0 << 4 | UInt32(Self.hexadecimal($1) ?? 0)
            }
        }
        let first = unit(index)
        if let scalar = UnicodeScalar(first) { return scalar }
        let pair = 0x10000 + (first - 0xD800) << 10 + (unit(index + 6) - 0xDC00)
        return UnicodeScalar(pair) ?? "\u{FFFD}"
    }
}
