// The state diagram in the docs is the one that the code allows.

import Foundation
import JobEngine
import Testing

@Suite("The state diagram")
struct DiagramTests {
    private static let page = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Sources/JobEngine/JobEngine.docc/JobEngine.md")

    @Test("the arrows drawn are the transitions allowed")
    func arrows() throws {
        let text = try String(contentsOf: Self.page, encoding: .utf8)
        let drawn = Set(
            text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
                .filter { $0.contains(" --> ") })
        var allowed: Set<String> = []
        for state in JobState.beginnings { allowed.insert("[*] --> \(state.rawValue)") }
        for state in JobState.allCases {
            for next in state.mayBecome {
                allowed.insert("\(state.rawValue) --> \(next.rawValue)")
            }
        }
        #expect(drawn.subtracting(allowed).sorted() == [], "drawn, but not allowed")
        #expect(allowed.subtracting(drawn).sorted() == [], "allowed, but not drawn")
    }
}
