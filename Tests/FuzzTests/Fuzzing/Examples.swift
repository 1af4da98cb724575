// The examples that lie beside the schemas, as inputs to begin with.

import Foundation

enum Examples {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "schemas/examples")

    /// The examples of a schema; `kind` is `valid` or `invalid`.
    static func of(_ schema: String, _ kind: String) throws -> [(name: String, bytes: [UInt8])] {
        let folder = root.appending(path: "\(schema)/\(kind)")
        return try FileManager.default.contentsOfDirectory(atPath: folder.path()).sorted()
            .map { ($0, [UInt8](try Data(contentsOf: folder.appending(path: $0)))) }
    }

    /// Valid and invalid ones; none at all is a mistake that `FuzzTests` reports.
    static func all(of schema: String) -> [[UInt8]] {
        ["valid", "invalid"].flatMap { (try? of(schema, $0)) ?? [] }.map(\.bytes)
    }
}
