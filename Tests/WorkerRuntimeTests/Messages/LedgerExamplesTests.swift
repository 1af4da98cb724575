// Ledger values of `schemas/examples`: read, written, and read again.

import JSON
import JobEngine
import Testing
import WorkerRuntime

@Suite("Ledger values")
struct LedgerExamplesTests {
    private let codec = LedgerCodec(worker: "jimeng-worker-0")

    private func entry(_ bytes: [UInt8]) throws(LedgerError) -> Entry {
        try LedgerCodec.entry(bytes) { RequestIntake.standard.restore($0, $1, $2) }
    }

    @Test(
        "every valid entry is read, and written so that it reads the same",
        arguments: Examples.all("ledger-entry"))
    func entries(example: Examples.File) throws {
        let first = try entry(example.bytes)
        let now = try example.json["cancel_requested_at"]?.int64 ?? 0
        let epoch = try #require(try example.json["epoch"]?.int)
        let written = codec.bytes(first, epoch: epoch, at: Instant(milliseconds: now))
        let again = try entry(written)
        #expect(again.phase == first.phase)
        #expect(again.request == first.request)
        #expect(again.hold == first.hold)
        #expect(again.lastError == first.lastError)
        #expect(again.lastTask == first.lastTask)
        #expect(again.isCancelled == first.isCancelled)
        #expect(codec.bytes(again, epoch: epoch, at: Instant(milliseconds: now)) == written)
        try compare(written, with: example)
    }

    /// What is written is what the example says. Members that only inform (`seed` and the like) may be left out.
    private func compare(_ written: [UInt8], with example: Examples.File) throws {
        let ours = try #require(try JSON(parsing: written).object)
        let theirs = try #require(try example.json.object)
        for member in ours {
            #expect(theirs[member.key] == member.value, "\(example.name): \(member.key)")
        }
        let informing: Set<String> = [
            "seed", "intended_at", "send_by", "account", "aspect_ratio",
        ]
        let left = Set(theirs.keys).subtracting(ours.keys)
        #expect(left.isSubset(of: informing), "\(example.name) lost \(left)")
    }

    @Test("the request in an entry keeps its bytes")
    func verbatim() throws {
        let example = try Examples.one("ledger-entry", "7-request-verbatim")
        let payload = try #require(try entry(example.bytes).request?.payload)
        let text = String(decoding: payload, as: UTF8.self)
        #expect(text.contains("12345678901234567890.1230"))
        #expect(text.contains(#"{ "deep": [1, [2, [3, { "end": true }]]] }"#))
    }

    @Test("a trace comes back out of the ledger")
    func trace() throws {
        let example = try Examples.one("ledger-entry", "1-accepted-with-trace")
        #expect(
            try entry(example.bytes).request?.headers.map(\.name) == ["traceparent", "tracestate"])
    }

    /// Those that would mislead an engine; the schema is stricter in matters of form.
    @Test(
        "an entry that would mislead is refused",
        arguments: [
            "version-2", "state-is-running", "submitted-without-task-id", "open-without-request",
            "intent-without-send-by", "intent-without-account", "time-is-a-string",
            "without-model", "finished-without-outcome", "hold-without-until",
        ])
    func misleading(name: String) throws {
        let example = try #require(
            Examples.all("ledger-entry", "invalid").first { $0.name == name })
        #expect(throws: LedgerError.self) { try entry(example.bytes) }
    }

    @Test("an entry of a later release names the remedy")
    func laterRelease() throws {
        let example = try #require(
            Examples.all("ledger-entry", "invalid").first { $0.name == "version-2" })
        let error = #expect(throws: LedgerError.self) { try entry(example.bytes) }
        #expect(error?.description.contains("newer worker") ?? false)
    }

    @Test("every valid cursor is read and written again", arguments: Examples.all("ledger-cursor"))
    func cursors(example: Examples.File) throws {
        let cursor = try LedgerCodec.cursor(example.bytes, of: Self.partition)
        let at = try #require(try example.json["updated_at"]?.int64)
        let written = codec.bytes(cursor, at: Instant(milliseconds: at))
        #expect(try JSON(parsing: written) == example.json)
    }

    @Test("no invalid cursor is read", arguments: Examples.all("ledger-cursor", "invalid"))
    func invalidCursors(example: Examples.File) {
        #expect(throws: LedgerError.self) {
            try LedgerCodec.cursor(example.bytes, of: Self.partition)
        }
    }

    private static let partition = SourcePartition(topic: "jimeng.requests", partition: 2)

    @Test(
        "a cursor whose mark makes no sense counts without it",
        arguments: [
            "1", "{}", #"{"end_offset":-1,"as_of":1}"#, #"{"end_offset":1}"#,
            #"{"end_offset":1,"as_of":"now"}"#,
        ])
    func oddMark(mark: String) throws {
        let text = #"{"v":1,"next_offset":7,"updated_at":1,"behind":\#(mark)}"#
        let cursor = try LedgerCodec.cursor(Array(text.utf8), of: Self.partition)
        #expect(cursor == Write.Cursor(partition: Self.partition, nextOffset: 7))
    }

    @Test("every valid sum is read and written again", arguments: Examples.all("ledger-spend"))
    func spends(example: Examples.File) throws {
        let at = try #require(try example.json["updated_at"]?.int64)
        let written = codec.bytes(
            try LedgerCodec.spend(example.bytes), at: Instant(milliseconds: at))
        #expect(try JSON(parsing: written) == example.json)
    }

    @Test("no invalid sum is read", arguments: Examples.all("ledger-spend", "invalid"))
    func invalidSpends(example: Examples.File) {
        #expect(throws: LedgerError.self) { try LedgerCodec.spend(example.bytes) }
    }

    @Test("what a job has set aside, and its tenant, come back out of the ledger")
    func money() throws {
        var first = try entry(try Examples.one("ledger-entry", "2-intent").bytes)
        first.reserved = Entry.Reservation(amount: 3_250_000, day: 20_780)
        first.spent = 1
        first.tenant = "studio"
        let again = try entry(codec.bytes(first, epoch: 1, at: Instant(milliseconds: 0)))
        #expect(again.reserved == first.reserved)
        #expect(again.spent == 1)
        #expect(again.tenant == "studio")
    }

    @Test(
        "every valid late note is read and written again",
        arguments: Examples.all("ledger-late-note"))
    func lateNotes(example: Examples.File) throws {
        let note = try LedgerCodec.lateNote(example.bytes)
        let written = codec.bytes(note)
        #expect(try LedgerCodec.lateNote(written) == note)
        let theirs = try #require(try example.json.object)
        for member in try #require(try JSON(parsing: written).object) {
            #expect(theirs[member.key] == member.value, "\(member.key)")
        }
    }

    @Test(
        "a late note that does not say what it is for, or one thing of the two, is refused",
        arguments: [
            "task-id-is-a-number", "without-source", "without-task-id", "lost-and-a-task-id",
            "lost-is-false",
        ])
    func invalidLateNotes(name: String) throws {
        let example = try #require(
            Examples.all("ledger-late-note", "invalid").first { $0.name == name })
        #expect(throws: LedgerError.self) { try LedgerCodec.lateNote(example.bytes) }
    }

    @Test("what became of a submit comes back out of a late note: a task, or none")
    func news() throws {
        func news(_ name: String) throws -> LateNote.News {
            try LedgerCodec.lateNote(Examples.one("ledger-late-note", name).bytes).news
        }
        #expect(
            try news("late-note")
                == .task("7392616336519610409", requestID: "20261120173002010225138037129A6C13"))
        #expect(
            try news("without-request-id") == .task("7392616336519610409", requestID: nil))
        #expect(try news("lost") == .lost)
    }

    @Test("a late note that names a task and says that there is none is told apart from others")
    func contradiction() throws {
        let example = try #require(
            Examples.all("ledger-late-note", "invalid").first { $0.name == "lost-and-a-task-id" })
        #expect(throws: LedgerError.contradiction("task_id", "lost")) {
            try LedgerCodec.lateNote(example.bytes)
        }
    }

    @Test(
        "keys of the three kinds are told apart and written again",
        arguments: [
            ("poster-0001", LedgerKey.job("poster-0001")),
            ("late/a/b", .lateNote("a/b")), ("spend/3", .spend(LaneID(3))),
            (
                "cursor/jimeng.requests/3",
                .cursor(SourcePartition(topic: "jimeng.requests", partition: 3))
            ),
        ])
    func keys(text: String, key: LedgerKey) {
        #expect(LedgerKey(Array(text.utf8)) == key)
        #expect(key.bytes == Array(text.utf8))
    }

    @Test(
        "a key that is none is refused",
        arguments: [
            [], [0xFF], Array("cursor/x".utf8), Array("cursor/x/y".utf8), Array("spend/-1".utf8),
            Array("spend/01".utf8),
        ])
    func noKeys(bytes: [UInt8]) {
        #expect(LedgerKey(bytes) == nil)
    }
}
