// A request as the simulated provider sees it: what was on the wire, before any meaning.

/// One HTTP header field.
package struct HeaderField: Sendable, Equatable {
    /// As sent; compared without regard to case.
    package let name: String
    /// As sent, without the white space around it.
    package let value: String

    package init(_ name: String, _ value: String) {
        (self.name, self.value) = (name, value)
    }
}

extension [HeaderField] {
    /// The values of that header, whose name is compared without regard to case.
    func values(of name: String) -> [String] {
        let wanted = name.lowercased()
        return compactMap { $0.name.lowercased() == wanted ? $0.value : nil }
    }

    /// The first value of that header.
    package func first(_ name: String) -> String? { values(of: name).first }
}

/// One HTTP request.
package struct SimulatedRequest: Sendable, Equatable {
    /// `GET`, `POST`, ...
    package var method: String
    /// Path and query exactly as on the request line.
    package var target: String
    /// Header fields in the order sent; names may repeat.
    package var headers: [HeaderField]
    /// The whole body, after any transfer coding.
    package var body: [UInt8]

    package init(
        method: String, target: String, headers: [HeaderField] = [], body: [UInt8] = []
    ) {
        (self.method, self.target, self.headers, self.body) = (method, target, headers, body)
    }

    /// The path as sent; empty becomes `/`.
    package var path: String {
        let path = target.prefix { $0 != "?" }
        return path.isEmpty ? "/" : String(path)
    }

    /// Names and values of the query, decoded, in the order sent. `+` means a space: the vendor's
    /// SDK puts its queries on the wire in form encoding (section 2).
    package var query: [(name: String, value: String)] {
        guard let mark = target.firstIndex(of: "?") else { return [] }
        return target[target.index(after: mark)...].split(separator: "&").map { item in
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (percentDecoded(parts[0]), parts.count > 1 ? percentDecoded(parts[1]) : "")
        }
    }

    /// The first value of that query name.
    package func queryValue(_ name: String) -> String? {
        query.first { $0.name == name }?.value
    }
}

/// Undoes form encoding; malformed escapes stay as they are.
private func percentDecoded(_ text: Substring) -> String {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
        if byte == UInt8(ascii: "%"), rest.count >= 2,
            let high = Character(UnicodeScalar(rest[rest.startIndex])).hexDigitValue,
            let low = Character(UnicodeScalar(rest[rest.startIndex + 1])).hexDigitValue
        {
            bytes.append(UInt8(high * 16 + low))
            rest.removeFirst(2)
        } else {
            bytes.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
        }
    }
    return String(decoding: bytes, as: UTF8.self)
}
