// Finds how far a string goes on without anything special, eight bytes at a time.

/// Where the run of bytes ends that stand for themselves in a JSON string: no quotation mark, no
/// backslash, no control character.
///
/// Prompts, and pictures in base64 of several megabytes, are nearly always one such run.
///
/// - Parameter onlyASCII: whether bytes of 0x80 and more end the run too.
/// - Returns: the offset of the first special byte, or the count of all bytes.
func endOfPlainRun(
    _ bytes: UnsafeRawBufferPointer, from start: Int, onlyASCII: Bool
) -> Int {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let tops = ones << 7
    var offset = start
    while offset + 8 <= bytes.count {
        let word = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        // The top bit of a byte gets set where the byte is below 0x20, equals '"', equals '\'. A borrow
        // may set it one byte too far as well; the loop below has the last word.
        let control = (word &- ones &* 0x20) & ~word
        let quote = word ^ (ones &* 0x22)
        let backslash = word ^ (ones &* 0x5C)
        let special = control | (quote &- ones) & ~quote | (backslash &- ones) & ~backslash
        if (special | (onlyASCII ? word : 0)) & tops != 0 { break }
        offset += 8
    }
    while offset < bytes.count, isPlain(bytes[offset], onlyASCII) { offset += 1 }
    return offset
}

private func isPlain(_ byte: UInt8, _ onlyASCII: Bool) -> Bool {
    byte >= 0x20 && byte != 0x22 && byte != 0x5C && (byte < 0x80 || !onlyASCII)
}
