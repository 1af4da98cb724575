// Shared by the tests of the worker's runtime: example files, and files that exist for one test.

import FoundationEssentials
import JSON
import Jimeng
import Testing
import WorkerRuntime

/// The example records of `schemas/examples`.
enum Examples {
    struct File: Sendable, CustomTestStringConvertible {
        let kind: String
        let name: String
        let bytes: [UInt8]

        var testDescription: String { "\(kind)/\(name)" }

        var json: JSON {
            get throws { try JSON(parsing: bytes) }
        }
    }

    private static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    static let repository = root

    /// All files of a kind, sorted by name. Empty if there is no such folder, which the tests notice.
    static func all(_ kind: String, _ validity: String = "valid") -> [File] {
        let folder = root.appending(path: "schemas/examples/\(kind)/\(validity)").path
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { $0.hasSuffix(".json") }.sorted().compactMap { name in
            guard let data = try? Data(contentsOf: URL(filePath: "\(folder)/\(name)")) else {
                return nil
            }
            return File(kind: kind, name: String(name.dropLast(5)), bytes: [UInt8](data))
        }
    }

    static func one(_ kind: String, _ name: String) throws -> File {
        guard let file = all(kind).first(where: { $0.name == name }) else {
            throw Missing(name: name)
        }
        return file
    }

    struct Missing: Error { let name: String }
}

/// A file that exists while a test runs.
struct TemporaryFile: ~Copyable {
    let path: String

    init(_ text: String) throws {
        path =
            FileManager.default.temporaryDirectory
            .appending(path: "jimeng-test-\(UInt64.random(in: 0 ... .max))").path
        try Data(text.utf8).write(to: URL(filePath: path))
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

extension RequestIntake {
    static let standard = RequestIntake(catalogue: ModelCatalogue())
}
