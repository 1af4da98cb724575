// Text from elsewhere, cut to a bound and cleared of what a log could not bear.

enum BoundedText {
    /// The first `limit` characters, with an ellipsis if there were more, control characters as spaces.
    ///
    /// Looks at no more than the bound, so that a huge text costs nothing.
    static func cut(_ text: some StringProtocol, to limit: Int) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            guard scalars.count < limit else { return String(scalars) + "…" }
            scalars.append(isControl(scalar) ? " " : scalar)
        }
        return String(scalars)
    }

    /// C0, DEL, C1, and the marks that reorder or break lines.
    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0...0x1F, 0x7F...0x9F, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}
