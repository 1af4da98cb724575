// A picture in base64, cleaned of what the provider does not bear.

/// The provider wants bare base64: a `data:` prefix or a line break gives code 50207.
struct Base64Image: Sendable, Equatable {
    enum Fault: Error, Equatable {
        case empty, notBase64, tooLarge(bytes: Int), wrongFormat(ImageFormat?)
    }

    /// Bare base64, padded.
    let text: String

    init(_ raw: String, rule: Model.ImageRule?) throws(Fault) {
        let bytes = Self.bare(raw)
        guard !bytes.isEmpty else { throw .empty }
        let padding = bytes.reversed().prefix { $0 == UInt8(ascii: "=") }.count
        guard bytes.count.isMultiple(of: 4), padding <= 2,
            bytes.dropLast(padding).allSatisfy({ Self.value(of: $0) != nil })
        else { throw .notBase64 }
        let size = bytes.count / 4 * 3 - padding
        if let rule, size > rule.maximumBytes { throw .tooLarge(bytes: size) }
        let format = ImageFormat(firstBytes: Self.decode(bytes.prefix(16)))
        guard let format, rule?.formats.contains(format) ?? true else {
            throw .wrongFormat(format)
        }
        text = String(decoding: bytes, as: UTF8.self)
    }

    /// Without prefix and white space.
    private static func bare(_ raw: String) -> [UInt8] {
        var rest = Array(raw.utf8)[...]
        let head = String(decoding: rest.prefix(5), as: UTF8.self).lowercased()
        if head == "data:", let comma = rest.prefix(200).firstIndex(of: UInt8(ascii: ",")) {
            rest = rest[(comma + 1)...]
        }
        return rest.filter { $0 != 0x20 && !(0x09...0x0D).contains($0) }
    }

    private static func decode(_ digits: ArraySlice<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        var (bits, count) = (UInt32(0), 0)
        for digit in digits {
            guard let value = value(of: digit) else { break }
            bits = bits << 6 | UInt32(value)
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
        }
        return bytes
    }

    /// The six bits of a digit of the standard alphabet.
    private static func value(of digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): digit - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): digit - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0") + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
