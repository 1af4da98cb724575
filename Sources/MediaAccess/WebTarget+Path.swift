// The path of a URL in one spelling, and where a redirect leads.

extension WebTarget {
    /// Path and query without the fragment: what a URL may not contain is percent-encoded, and `.` and
    /// `..` are worked off, as browsers do.
    static func encodedPath(_ text: Substring.UTF8View) -> String {
        let end = text.firstIndex(of: UInt8(ascii: "#")) ?? text.endIndex
        let all = text[..<end]
        let query = all.firstIndex(of: UInt8(ascii: "?")) ?? all.endIndex
        return withoutDots(encoded(all[..<query])) + encoded(all[query...])
    }

    private static func encoded(_ text: Substring.UTF8View) -> String {
        var result = ""
        var index = text.startIndex
        while index < text.endIndex {
            let byte = text[index]
            if isAllowed(byte) || byte == UInt8(ascii: "%") && isEscape(text[index...]) {
                result.unicodeScalars.append(UnicodeScalar(byte))
            } else {
                let hex = String(byte, radix: 16, uppercase: true)
                result += byte < 0x10 ? "%0\(hex)" : "%\(hex)"
            }
            index = text.index(after: index)
        }
        return result
    }

    /// The characters of path and query (RFC 3986, section 3.3 and 3.4).
    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "-._~!$&'()*+,;=:@/?".utf8.contains(byte)
        }
    }

    private static func isEscape(_ text: Substring.UTF8View) -> Bool {
        let digits = text.dropFirst().prefix(2)
        return digits.count == 2
            && digits.allSatisfy { Character(UnicodeScalar($0)).isHexDigit }
    }

    private static func withoutDots(_ path: String) -> String {
        var kept: [Substring] = []
        var segments = path.split(separator: "/", omittingEmptySubsequences: false)
        if segments.first?.isEmpty == true { segments.removeFirst() }
        for (index, segment) in segments.enumerated() {
            let isLast = index == segments.count - 1
            switch segment {
            case ".":
                if isLast { kept.append("") }
            case "..":
                _ = kept.popLast()
                if isLast { kept.append("") }
            default:
                kept.append(segment)
            }
        }
        return "/" + kept.joined(separator: "/")
    }
}

extension WebTarget {
    /// Where a `Location` header leads from here (RFC 3986, section 5.2).
    package func following(_ location: String) throws(MediaError) -> WebTarget {
        let scheme = location.prefix {
            $0.isASCII && ($0.isLetter || $0.isNumber || "+-.".contains($0))
        }
        if !scheme.isEmpty, location[scheme.endIndex...].hasPrefix(":") {
            return try WebTarget(location)
        }
        if location.hasPrefix("//") { return try WebTarget("\(self.scheme):\(location)") }
        let origin = "\(self.scheme)://\(host):\(port)"
        let ownPath = path.prefix { $0 != "?" }
        switch location.first {
        case "/": return try WebTarget(origin + location)
        case "?": return try WebTarget(origin + ownPath + location)
        case "#", nil: return self
        default:
            let folder = ownPath[...(ownPath.lastIndex(of: "/") ?? ownPath.startIndex)]
            return try WebTarget(origin + folder + location)
        }
    }
}
