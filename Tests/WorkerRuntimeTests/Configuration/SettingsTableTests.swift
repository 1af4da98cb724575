// The README's table of settings says what the code says.

import FoundationEssentials
import Testing
import WorkerRuntime

@Suite("Settings table")
struct SettingsTableTests {
    private func table() throws -> [(name: String, standard: String)] {
        let readme = String(
            decoding: try Data(contentsOf: Examples.repository.appending(path: "README.md")),
            as: UTF8.self)
        let chapter = readme.split(separator: "\n## ").first { $0.hasPrefix("Configuration\n") }
        return (chapter ?? "").split(separator: "\n").compactMap { line in
            let cells = line.split(separator: "|", omittingEmptySubsequences: false).map {
                $0.trimmingCharacters
            }
            guard cells.count >= 4, let name = Self.name(cells[1]) else { return nil }
            return (name, cells[2].replacing("`", with: ""))
        }
    }

    private static func name(_ cell: String) -> String? {
        let first = cell.split(separator: "`").first.map(String.init) ?? ""
        return first.hasPrefix("KAFKA_") || first.hasPrefix("JIMENG_") ? first : nil
    }

    @Test("the README lists every setting, in order, with its default")
    func readme() throws {
        let table = try table()
        #expect(table.map(\.name) == WorkerFields.all.map(\.name))
        for (row, field) in zip(table, WorkerFields.all) {
            if let standard = field.standard {
                #expect(row.standard == standard, "\(field.name)")
            } else {
                #expect(
                    row.standard == "required" || row.standard.hasPrefix("none"), "\(field.name)")
            }
        }
    }
}

extension Substring {
    fileprivate var trimmingCharacters: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
