// What there is to know about the terminal.

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

enum Terminal {
    static var isOutput: Bool { isatty(STDOUT_FILENO) == 1 }
    static var isError: Bool { isatty(STDERR_FILENO) == 1 }
    static var isInput: Bool { isatty(STDIN_FILENO) == 1 }

    /// Columns and rows of the terminal at standard error, or of an old one.
    static var size: (columns: Int, rows: Int) {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0
        else { return (80, 24) }
        return (Int(size.ws_col), Int(size.ws_row))
    }

    /// Text from elsewhere without what would move the cursor or colour the screen.
    static func plain(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
    }

    /// At most so many characters; wide ones (CJK) count twice.
    static func cut(_ text: String, to columns: Int) -> String {
        var used = 0
        var kept = ""
        for character in text {
            let width = (character.unicodeScalars.first?.value ?? 0) >= 0x1100 ? 2 : 1
            guard used + width <= columns else { return kept }
            used += width
            kept.append(character)
        }
        return kept
    }
}
