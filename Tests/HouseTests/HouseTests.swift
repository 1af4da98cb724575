// The rules of the house, as tests whose messages name the way out.

import Foundation
import Testing

@Suite("The house")
struct HouseTests {
    /// Which of our targets a target may import. Arrows go down only.
    static let arrows: [String: Set<String>] = [
        "JSON": [],
        "Kafka": ["CRDKafka"],
        "JobEngine": [],
        "Jimeng": ["JSON"],
        "MediaAccess": [],
        // A registry of metrics and a page server: they know nothing of what is measured.
        "Observability": [],
        "JimengSimulator": [],
        "WorkerRuntime": [
            "JSON", "Kafka", "JobEngine", "Jimeng", "MediaAccess", "Observability",
        ],
        "Sandbox": [
            "JSON", "Kafka", "JobEngine", "Jimeng", "MediaAccess", "WorkerRuntime",
            "JimengSimulator",
        ],
        "JimengCLI": [
            "JSON", "Kafka", "JobEngine", "Jimeng", "MediaAccess", "Observability", "WorkerRuntime",
            "JimengSimulator", "Sandbox",
        ],
    ]

    @Test("targets import only what lies below them", arguments: arrows.keys.sorted())
    func arrowsGoDown(target: String) throws {
        let ours = Set(Self.arrows.keys).union(["CRDKafka"])
        let allowed = try #require(Self.arrows[target])
        let files = try SourceTree.files(in: "Sources/\(target)")
        #expect(!files.isEmpty, "Sources/\(target) holds no Swift file: mend the table of arrows")
        for file in files {
            let wrong = Set(file.imports).intersection(ours).subtracting(allowed)
            #expect(
                wrong.isEmpty,
                "\(file.path) imports \(wrong.sorted()): move the code to a target above, or pass a value"
            )
        }
    }

    @Test("every target is in the table of arrows")
    func noTargetIsForgotten() throws {
        let folders = try FileManager.default.contentsOfDirectory(
            atPath: SourceTree.root.appending(path: "Sources").path())
        let known = Set(Self.arrows.keys).union(["CRDKafka", "CThreadShim"])
        let unknown = Set(folders).subtracting(known).filter { !$0.hasPrefix(".") }
        #expect(unknown.isEmpty, "say in HouseTests.arrows what \(unknown.sorted()) may import")
    }

    @Test("the engine imports nothing but the standard library")
    func engineIsPure() throws {
        for file in try SourceTree.files(in: "Sources/JobEngine") {
            #expect(
                file.imports.isEmpty,
                "\(file.path) imports \(file.imports): time, chance and I/O are arguments")
        }
    }

    @Test("every source file begins with a sentence that says what it is for")
    func firstLines() throws {
        for file in try SourceTree.files(in: "Sources") {
            #expect(
                file.lines.first?.hasPrefix("// ") == true,
                "\(file.path): begin it with one sentence, as // comment")
        }
    }

    @Test("no source file is longer than 400 lines")
    func lengths() throws {
        for file in try SourceTree.files(in: "Sources") {
            #expect(
                file.lines.count <= 400,
                "\(file.path) has \(file.lines.count) lines: split it by subject")
        }
    }

    @Test("no code turns the check of certificates off")
    func certificateChecks() throws {
        let ways = [
            "certificateVerification", "noHostnameVerification", "customVerificationCallback",
        ]
        for file in try SourceTree.files(in: "Sources") {
            for (number, line) in file.lines.enumerated()
            where ways.contains(where: { line.contains($0) }) {
                Issue.record(
                    "\(file.path):\(number + 1): a private authority belongs into the system's store"
                )
            }
        }
    }

    @Test("tests do not sleep")
    func noSleeps() throws {
        for file in try SourceTree.files(in: "Tests") where file.target != "HouseTests" {
            for (number, line) in file.lines.enumerated() where line.contains("Task.sleep") {
                Issue.record(
                    "\(file.path):\(number + 1): wait for a signal, or move virtual time")
            }
        }
    }

    @Test("nothing is left for later in the code")
    func noMarks() throws {
        let marks = ["TO" + "DO", "FIX" + "ME", "XX" + "X"]
        for file in try SourceTree.files(in: "Sources") + SourceTree.files(in: "Tests") {
            for (number, line) in file.lines.enumerated()
            where marks.contains(where: { line.contains("// " + $0) }) {
                Issue.record("\(file.path):\(number + 1): do it now, or say it in an issue")
            }
        }
    }

    @Test("the top level holds the agreed names only")
    func topLevel() throws {
        let agreed: Set = ["Package.swift", "Sources", "Tests", "deploy", "schemas", "README.md"]
        let names = try FileManager.default.contentsOfDirectory(atPath: SourceTree.root.path())
        let extra = Set(names).subtracting(agreed)
            .filter { !$0.hasPrefix(".") && $0 != "Package.resolved" }
        #expect(extra.isEmpty, "\(extra.sorted()) belong into one of \(agreed.sorted())")
    }
}
