// Columns of text: as wide as they must be, with a header.

import FoundationEssentials

/// A table for people. Control characters of what comes from elsewhere are taken out.
struct Table {
    struct Column {
        let title: String
        var isNumber = false

        init(_ title: String, isNumber: Bool = false) {
            self.title = title
            self.isNumber = isNumber
        }
    }

    let columns: [Column]
    private(set) var rows: [[String]] = []

    init(_ columns: [Column]) {
        self.columns = columns
    }

    mutating func add(_ cells: [String?]) {
        rows.append(cells.map { Terminal.plain($0 ?? "") })
    }

    /// The header and a line for each row; columns in which nothing stands are left out.
    func lines(isStyled: Bool = Style.isOn) -> [String] {
        let shown = columns.indices.filter { index in rows.contains { !$0[index].isEmpty } }
        let widths = columns.indices.map { index in
            rows.reduce(Terminal.width(columns[index].title)) {
                max($0, Terminal.width($1[index]))
            }
        }
        func line(_ cells: [String]) -> String {
            var text = ""
            for index in shown {
                let gap = String(
                    repeating: " ", count: widths[index] - Terminal.width(cells[index]))
                let cell = columns[index].isNumber ? gap + cells[index] : cells[index] + gap
                text += (text.isEmpty ? "" : "  ") + cell
            }
            while text.last == " " { text.removeLast() }
            return text
        }
        let header = line(columns.map(\.title))
        return [isStyled ? Style.bold(header) : header] + rows.map { line($0) }
    }
}

/// Bold and colour, where a person looks at it who has not said no (https://no-color.org).
enum Style {
    static let isOn: Bool = {
        let environment = ProcessInfo.processInfo.environment
        return Terminal.isOutput && (environment["NO_COLOR"] ?? "").isEmpty
            && environment["TERM"] != "dumb"
    }()

    static func bold(_ text: String) -> String { "\u{1B}[1m\(text)\u{1B}[0m" }

    /// Bold on a terminal that may show it.
    static func title(_ text: String) -> String { isOn ? bold(text) : text }
}

extension Terminal {
    /// Columns that a text takes; wide characters (CJK) count twice.
    static func width(_ text: String) -> Int {
        text.reduce(0) { $0 + (($1.unicodeScalars.first?.value ?? 0) >= 0x1100 ? 2 : 1) }
    }
}
