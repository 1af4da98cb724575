// The inputs that once broke something, as small files beside the tests.

import Foundation

/// The kept inputs of one target.
struct Corpus: Sendable {
    private let folder: URL
    private let name: String

    private static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Corpus")

    init(of name: String) {
        self.name = name
        folder = Self.root.appending(path: name)
    }

    /// All files, in order of their names.
    func inputs() throws -> [(name: String, bytes: [UInt8])] {
        guard FileManager.default.fileExists(atPath: folder.path()) else { return [] }
        return try FileManager.default.contentsOfDirectory(atPath: folder.path()).sorted()
            .map { ($0, [UInt8](try Data(contentsOf: folder.appending(path: $0)))) }
    }

    /// Writes an input that broke a promise; the file's name says which.
    func keep(_ input: [UInt8], showing what: String) throws -> String {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let hash = String(Hash.of(input), radix: 16).suffix(6)
        let file = "\(what)-\(hash)"
        try Data(input).write(to: folder.appending(path: file))
        return file
    }

    /// An input that a process died of could not be kept by that process: its witness is taken over here.
    func adoptWitnesses() throws {
        for input in try Witness.leftBehind(of: name) {
            let file = try keep(input, showing: "trap")
            print(
                "a run of \(name) ended in the middle of \(file): delete it if it was stopped by hand"
            )
        }
    }
}
