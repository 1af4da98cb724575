// Bars for work whose end nobody knows: time-based, as the provider reports no progress.

enum ProgressBar {
    /// A bar that comes near its end and never reaches it: full at infinity, two thirds at `typical`.
    static func text(elapsed: Duration, typical: Duration, width: Int = 24) -> String {
        let share = 1 - 1 / (1 + 2 * max(0, elapsed / typical))
        let filled = min(width - 1, Int(share * Double(width)))
        return "[" + String(repeating: "=", count: filled) + ">"
            + String(repeating: " ", count: width - 1 - filled) + "]"
    }

    static func full(width: Int = 24) -> String {
        "[" + String(repeating: "=", count: width) + "]"
    }

    /// `7s`, `1m23s`.
    static func time(_ elapsed: Duration) -> String {
        let seconds = max(0, elapsed.components.seconds)
        guard seconds >= 60 else { return "\(seconds)s" }
        let rest = seconds % 60
        return "\(seconds / 60)m\(rest < 10 ? "0" : "")\(rest)s"
    }
}

/// Lines at the bottom of the terminal that are drawn again and again; what is final scrolls up above them.
struct LiveLines {
    private var drawn = 0

    /// - Parameters:
    ///   - final: lines that stay.
    ///   - live: lines that the next call replaces.
    mutating func draw(final: [String] = [], live: [String]) {
        let size = Terminal.size
        var text = drawn > 0 ? "\r\u{1B}[\(drawn)A\u{1B}[J" : ""
        for line in final { text += line + "\n" }
        let kept = live.suffix(max(1, size.rows - 2))
        for line in kept { text += Terminal.cut(line, to: size.columns - 1) + "\n" }
        drawn = kept.count
        Output.noteText(text)
    }
}
