// The README's table of settings and the page that lists them all say what the code says.

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

    @Test("what the README says of settings is what the code says")
    func readme() throws {
        let table = try table()
        let fields = Dictionary(uniqueKeysWithValues: WorkerFields.all.map { ($0.name, $0) })
        let names = table.map(\.name)
        #expect(names == WorkerFields.all.map(\.name).filter(names.contains), "order, or a name")
        for row in table {
            guard let field = fields[row.name] else { continue }
            if let standard = field.standard {
                #expect(row.standard == standard, "\(field.name)")
            } else {
                #expect(
                    row.standard == "required" || row.standard.hasPrefix("none"), "\(field.name)")
            }
        }
        for name in ["KAFKA_BOOTSTRAP_SERVERS", "JIMENG_ACCESS_KEY", "JIMENG_SECRET_KEY"] {
            #expect(names.contains(name), "the README begins with what is required")
        }
    }

    @Test("the page that lists all settings is the one that the program prints")
    func page() throws {
        let path = "Sources/WorkerRuntime/WorkerRuntime.docc/Configuration.md"
        let page = String(
            decoding: try Data(contentsOf: Examples.repository.appending(path: path)),
            as: UTF8.self)
        let isSame = page == ConfigurationReference.markdown
        #expect(isSame, "\(path) is not what the program says: run `deploy/dev reference`")
    }

    @Test("every setting has a row of four cells")
    func rows() {
        let lines = ConfigurationReference.markdown.split(separator: "\n")
        for field in WorkerFields.all {
            let own = lines.filter { $0.hasPrefix("| `\(field.name)`") }
            #expect(own.count == 1, "\(field.name)")
            let cells = own.first?.replacing("\\|", with: "").split(separator: "|") ?? []
            #expect(cells.count == 4, "\(field.name)")
        }
    }
}

extension Substring {
    fileprivate var trimmingCharacters: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
