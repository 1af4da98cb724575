// The tree of this package as text, for rules about it.

import Foundation

/// One Swift file of the package.
struct SourceFile {
    /// From the package's root, such as `Sources/Kafka/Clients/Reader.swift`.
    let path: String
    let lines: [Substring]

    /// `Kafka` for a file in `Sources/Kafka`.
    var target: String { String(path.split(separator: "/")[1]) }

    var imports: [String] {
        lines.compactMap { line in
            let words = line.split(separator: " ")
            guard let place = words.firstIndex(of: "import"), place <= 2, words.count > place + 1,
                words[..<place].allSatisfy({
                    ["public", "package", "internal", "private", "@testable", "@preconcurrency"]
                        .contains($0)
                })
            else { return nil }
            return String(words[place + 1])
        }
    }
}

enum SourceTree {
    static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// All Swift files below a folder of the package.
    static func files(in folder: String) throws -> [SourceFile] {
        let base = root.appending(path: folder)
        let names = FileManager.default.enumerator(atPath: base.path())?.allObjects ?? []
        return try names.compactMap { $0 as? String }.filter { $0.hasSuffix(".swift") }.sorted()
            .map { name in
                let text = try String(contentsOf: base.appending(path: name), encoding: .utf8)
                return SourceFile(
                    path: "\(folder)/\(name)",
                    lines: text.split(separator: "\n", omittingEmptySubsequences: false))
            }
    }
}
