// The shape of a picture as the provider spells it.

/// Width to height, such as `16:9`.
package struct AspectRatio: Sendable, Hashable, CustomStringConvertible {
    package let width: Int
    package let height: Int

    package init(_ width: Int, _ height: Int) {
        self.width = width
        self.height = height
    }

    /// Reads two numbers of one to four digits with a colon in between; `nil` for anything else.
    package init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let width = Self.side(parts[0]), let height = Self.side(parts[1])
        else { return nil }
        self.init(width, height)
    }

    private static func side(_ text: Substring) -> Int? {
        guard (1...4).contains(text.utf8.count),
            text.utf8.allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        return Int(text).flatMap { $0 > 0 ? $0 : nil }
    }

    package var description: String { "\(width):\(height)" }

    /// Width divided by height.
    package var quotient: Double { Double(width) / Double(height) }
}
