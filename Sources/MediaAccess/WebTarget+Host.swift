// The host of a URL: a name, or one of the many ways to write an address.

extension WebTarget.Host {
    init(parsing text: Substring) throws(MediaError) {
        if text.utf8.first == UInt8(ascii: "[") {
            guard text.utf8.contains(UInt8(ascii: ":")),
                let address = IPAddress(String(text.dropFirst().dropLast()))
            else { throw .invalidURL(reason: "its host is not an IPv6 address") }
            self = .address(address)
            return
        }
        let name = text.utf8.last == UInt8(ascii: ".") ? text.dropLast() : text
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...253).contains(name.utf8.count), labels.allSatisfy(Self.isLabel) else {
            throw .invalidURL(
                reason: "its host is not a plain name or address (write others in punycode)")
        }
        guard let last = labels.last, Self.isNumeric(last) else {
            self = .name(name.lowercased())
            return
        }
        guard let address = Self.looseV4(labels) else {
            throw .invalidURL(reason: "its host looks like an IPv4 address but is none")
        }
        self = .address(.v4(address))
    }

    private static func isLabel(_ label: Substring) -> Bool {
        (1...63).contains(label.utf8.count)
            && label.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }

    /// Whether resolvers may take the host for an IPv4 address: its last part is all digits, or
    /// begins like a hexadecimal number (WHATWG URL, "ends in a number").
    private static func isNumeric(_ label: Substring) -> Bool {
        label.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            || label.lowercased().hasPrefix("0x")
    }

    /// One to four numbers, decimal, octal (`0…`) or hexadecimal (`0x…`), the last of which fills the
    /// bytes that remain, as the C function `inet_aton` reads them.
    private static func looseV4(_ labels: [Substring]) -> UInt32? {
        guard labels.count <= 4 else { return nil }
        var value: UInt32 = 0
        for (index, label) in labels.enumerated() {
            let isLast = index == labels.count - 1
            let bits = isLast ? 32 - 8 * index : 8
            guard let number = looseNumber(label), number >> bits == 0 else { return nil }
            value |= UInt32(number) << (isLast ? 0 : 24 - 8 * index)
        }
        return value
    }

    private static func looseNumber(_ label: Substring) -> UInt64? {
        let text = label.lowercased()
        if text.hasPrefix("0x") {
            return text.count == 2 ? 0 : UInt64(text.dropFirst(2), radix: 16)
        }
        if text.hasPrefix("0"), text.count > 1 { return UInt64(text.dropFirst(), radix: 8) }
        return UInt64(text)
    }
}
