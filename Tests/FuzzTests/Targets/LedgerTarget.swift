// The ledger: entries, cursors, late notes and keys read from any bytes, and written ones read back.

import JSON
import Jimeng
import JimengSimulator
import JobEngine
import WorkerRuntime

extension FuzzTarget {
    static let ledger = FuzzTarget(
        name: "ledger",
        seeds: ["ledger-entry", "ledger-cursor", "ledger-late-note", "ledger-spend"].flatMap(
            Examples.all),
        make: { chance in Array(LedgerCheck.grammar.object(&chance).utf8) },
        check: { bytes throws(Broken) in try LedgerCheck().check(bytes) })
}

private struct LedgerCheck {
    static let grammar = JSONGrammar(
        members: [
            ("v", ["1"]), ("id", [#""a""#, #""jimeng.requests-0-1""#]),
            ("state", [#""accepted""#, #""intent""#, #""submitted""#, #""finished""#]),
            ("source", [#"{"topic":"jimeng.requests","partition":0,"offset":4}"#]),
            ("requested_at", ["1795343820000"]), ("accepted_at", ["1795343820000"]),
            ("attempt", ["0", "1", "2"]), ("tries", ["1"]), ("refusals", ["1"]),
            ("renewals", ["1"]),
            ("queries", ["3"]), ("tenant", [#""studio""#]), ("unknown_attempts", ["1"]),
            ("cancel_requested_at", ["1795343820000"]),
            ("retry_at", ["1795343820000"]), ("account", [#""default""#]),
            ("task_id", [#""7392616336519610409""#]),
            ("intended_at", ["1795343820000"]), ("send_by", ["1795343820000"]),
            ("submitted_at", ["1795343820000"]), ("outcome", [#""succeeded""#, #""failed""#]),
            ("kind", [#""upstream""#]), ("finished_at", ["1795343820000"]),
            ("generation_ms", ["60000"]), ("generation_after_ms", ["55000"]),
            ("model", [#""jimeng_t2v_v30""#]), ("frames", ["121"]), ("aspect_ratio", [#""16:9""#]),
            (
                "last_error",
                [
                    #"{"kind":"upstream","code":50500,"message":"x","request_id":"r"}"#,
                    #"{"code":"007","message":"m"}"#,
                ]
            ),
            ("hold", [#"{"account":"default","task_id":"1","model":"m","until":1795343820000}"#]),
            (
                "request",
                [#"{"prompt":"x"}"#, #"{"id":"b","model":"jimeng_t2v_v30","prompt":"x"}"#]
            ),
            ("headers", [#"{"traceparent":"x"}"#]), ("worker", [#""w""#]), ("epoch", ["1"]),
            ("next_offset", ["5"]), ("updated_at", ["1795343820000"]),
            ("noted_at", ["1795343820000"]), ("day", [#""2026-11-22""#]),
            ("total_micro", ["3250000"]), ("tenants_micro", [#"{"a":3250000}"#]),
            ("reserved_micro", ["3250000"]), ("reserved_day", [#""2026-11-22""#]),
            ("spent_micro", ["1"]),
            ("request_id", [#""r""#]),
        ], nastiness: 0.04)

    private let intake = RequestIntake(catalogue: ModelCatalogue())
    private let codec = LedgerCodec(worker: "w")

    func check(_ bytes: [UInt8]) throws(Broken) -> String {
        try checkKey(bytes)
        return [try entry(bytes), try cursor(bytes), try lateNote(bytes), try spend(bytes)].joined(
            separator: ", ")
    }

    private func restored(_ bytes: [UInt8]) throws(LedgerError) -> Entry {
        let intake = intake
        return try LedgerCodec.entry(bytes) { intake.restore($0, $1, $2) }
    }

    private func entry(_ bytes: [UInt8]) throws(Broken) -> String {
        let entry: Entry
        do throws(LedgerError) {
            entry = try restored(bytes)
        } catch {
            return Behaviour.of(error.description)
        }
        // The engine adds to these.
        let counts = [
            entry.attempt, entry.tries, entry.refusals, entry.renewals, entry.queries,
            entry.unknownAttempts,
        ]
        try hold(
            counts.allSatisfy { (0...10_000_000).contains($0) }, "count-out-of-bounds", "\(counts)")
        for instant in instants(of: entry) { try Promise.ledgerInstant(instant) }
        let again = codec.bytes(entry, epoch: 1, at: Instant(milliseconds: 1_795_343_820_000))
        let second = Result { () throws(LedgerError) in try restored(again) }
        try Self.same(try need(try? second.get(), "entry-not-read-again", "\(second)"), entry)
        takeOver(entry)
        return "entry \(Self.name(entry.phase))"
    }

    /// Whatever could be read, the engine can take over and go on with: it would trap here.
    private func takeOver(_ entry: Entry) {
        var policy = Policy()
        policy.accounts = [
            AccountLimits(name: "default", concurrency: 2, submitsPerSecond: 1, queriesPerSecond: 5)
        ]
        var scheduler = Scheduler(policy: policy)
        var now = Instant(milliseconds: 1_795_343_820_000)
        let restore = LaneRestore(
            lane: LaneID(0), epoch: 1, entries: [entry],
            cursors: [SourcePartition(topic: "jimeng.requests", partition: 0): 0])
        var effects = scheduler.handle(.laneAcquired(restore), at: now)
        for _ in 0..<8 {
            var events: [Event] = []
            for effect in effects {
                switch effect {
                case .write(let write): events.append(.committed([write.reference]))
                case .submit(let order):
                    let answer = SubmitAnswer.accepted(taskID: "1", requestID: nil)
                    events.append(.submitted(Submitted(order: order, answer: answer)))
                case .query(let order):
                    let answer = QueryAnswer.inProgress(status: "generating")
                    events.append(.queried(Queried(reference: order.reference, answer: answer)))
                case .wake(let at): now = max(now, at)
                default: break
                }
            }
            effects = (events + [.timerFired]).flatMap { scheduler.handle($0, at: now) }
        }
    }

    static func same(_ second: Entry, _ first: Entry) throws(Broken) {
        try hold(second == first, "entry-changed", "\(second)\n\(first)")
        try hold(second.id.utf8.elementsEqual(first.id.utf8), "entry-id-changed", first.id.text)
    }

    private func instants(of entry: Entry) -> [Instant] {
        var instants = [entry.requestedAt, entry.acceptedAt]
        switch entry.phase {
        case .accepted(let retryAt): instants += [retryAt].compactMap { $0 }
        case .intent(let intent): instants += [intent.sendBy, intent.mintedAt]
        case .submitted(let task): instants.append(task.submittedAt)
        case .finished(let ending): instants.append(ending.at)
        }
        return instants + [entry.hold?.until, entry.lastTask?.submittedAt].compactMap { $0 }
    }

    static func name(_ phase: Entry.Phase) -> String {
        switch phase {
        case .accepted: "accepted"
        case .intent: "intent"
        case .submitted: "submitted"
        case .finished: "finished"
        }
    }

    private func spend(_ bytes: [UInt8]) throws(Broken) -> String {
        do throws(LedgerError) {
            let spend = try LedgerCodec.spend(bytes)
            let again = codec.bytes(spend, at: Instant(milliseconds: 1))
            let second = try LedgerCodec.spend(again)
            return second.total == spend.total && second.day == spend.day
                ? "spend" : "broken spend"
        } catch {
            return Behaviour.of(error.description)
        }
    }

    private func cursor(_ bytes: [UInt8]) throws(Broken) -> String {
        do throws(LedgerError) {
            let partition = SourcePartition(topic: "requests", partition: 0)
            let cursor = try LedgerCodec.cursor(bytes, of: partition)
            let again = codec.bytes(cursor, at: Instant(milliseconds: 1))
            let isSame = try LedgerCodec.cursor(again, of: partition) == cursor
            return isSame && cursor.nextOffset >= 0 ? "cursor" : "broken cursor"
        } catch {
            return Behaviour.of(error.description)
        }
    }

    private func lateNote(_ bytes: [UInt8]) throws(Broken) -> String {
        do throws(LedgerError) {
            let note = try LedgerCodec.lateNote(bytes)
            let again = try LedgerCodec.lateNote(codec.bytes(note))
            if again != note { return "broken note" }
            let isCounted = (0...1_000_000).contains(note.attempt)
            return isCounted ? "note" : "note of an attempt out of bounds"
        } catch {
            return Behaviour.of(error.description)
        }
    }

    /// Any key is read as one kind, and a key that was read is written as the same bytes.
    private func checkKey(_ bytes: [UInt8]) throws(Broken) {
        for key in [Array(bytes.prefix(300)), Array("cursor/".utf8) + bytes.prefix(40)] {
            guard let read = LedgerKey(key) else { continue }
            try hold(read.bytes == key, "key-changed", "\(read)")
            if case .job = read {
                try hold(!key.starts(with: "late/".utf8), "late-note-taken-for-a-job")
                try hold(!key.starts(with: "cursor/".utf8), "cursor-taken-for-a-job")
            }
        }
    }
}

extension FuzzTarget {
    /// Entries of every phase with arbitrary parts: what is written is read back.
    static let ledgerRoundTrip = FuzzTarget(
        name: "ledger-round-trip",
        make: { chance in chance.bytes(upTo: 400) },
        check: { bytes throws(Broken) in
            var choices = ByteChoices(bytes)
            let entry = EntryMaker.entry(&choices)
            let codec = LedgerCodec(worker: "w")
            let intake = RequestIntake(catalogue: ModelCatalogue())
            let value = codec.bytes(entry, epoch: 1, at: entry.acceptedAt)
            try hold(value.count <= 900_000, "ledger-entry-too-large")
            let read = try? LedgerCodec.entry(value) { intake.restore($0, $1, $2) }
            try LedgerCheck.same(try need(read, "entry-not-read"), EntryMaker.kept(of: entry))
            return "\(LedgerCheck.name(entry.phase)) \(entry.lastError != nil) \(entry.hold != nil)"
        })
}

/// Makes entries that the engine could have made.
private enum EntryMaker {
    static func entry(_ choices: inout ByteChoices) -> Entry {
        let source = Source(
            topic: "jimeng.requests", partition: Int32(choices.number(below: 9)), offset: 7)
        let id =
            choices.flag()
            ? "a"
            : String(
                choices.text(upTo: 60).unicodeScalars.filter {
                    $0.properties.generalCategory != .control
                })
        let request = Request(
            id: JobID(id.isEmpty ? "b" : id), source: source, requestedAt: instant(&choices),
            model: choices.pick(["jimeng_t2v_v30", "other"]),
            payload: Array(#"{"no":"request that another release would take"}"#.utf8))
        var entry = Entry(request: request, acceptedAt: instant(&choices))
        entry.attempt = choices.number(below: 1000)
        entry.tries = choices.number(below: 5)
        entry.queries = choices.number(below: 300)
        entry.renewals = choices.number(below: 3)
        entry.unknownAttempts = choices.number(below: 3)
        entry.refusals = choices.number(below: 3)
        entry.phase = phase(&choices, &entry)
        if choices.flag() { entry.aspectRatio = "16:9" }
        if choices.flag() { entry.lastError = cause(&choices) }
        if choices.flag() {
            entry.hold = Entry.Hold(
                account: "default", taskID: choices.flag() ? choices.text(upTo: 20) : nil,
                until: instant(&choices))
        }
        return entry
    }

    private static func instant(_ choices: inout ByteChoices) -> Instant {
        Instant(milliseconds: Int64(choices.word() % 253_402_300_800_000))
    }

    private static func cause(_ choices: inout ByteChoices) -> FailureCause {
        let codes: [String?] = [
            nil, "50500", "007", "+5", "-0", "not_found", "9223372036854775808",
        ]
        return FailureCause(
            choices.pick(FailureKind.allCases), code: choices.pick(codes),
            message: choices.text(upTo: 200),
            requestID: choices.flag() ? choices.text(upTo: 30) : nil)
    }

    private static func phase(_ choices: inout ByteChoices, _ entry: inout Entry) -> Entry.Phase {
        let account = choices.pick(["default", "second"])
        switch choices.number(below: 4) {
        case 0: return .accepted(retryAt: choices.flag() ? instant(&choices) : nil)
        case 1:
            let intent = Entry.Intent(
                account: account, sendBy: instant(&choices), mintedAt: instant(&choices))
            entry.lastIntent = intent
            return .intent(intent)
        case 2:
            let task = Entry.Task(
                id: choices.text(upTo: 30), account: account, submittedAt: instant(&choices))
            entry.lastTask = task
            return .submitted(task)
        default:
            entry.request = nil
            let generation: Duration? =
                choices.flag() ? .milliseconds(choices.number(below: 60_000)) : nil
            let failure = choices.flag() ? choices.pick(FailureKind.allCases) : nil
            return .finished(
                Entry.Ending(
                    failure: failure, at: instant(&choices), generation: generation,
                    generationAfter: generation.map { .milliseconds($0.milliseconds / 2) }))
        }
    }

    /// What the format keeps: of an error its words, and of those only so many.
    static func kept(of entry: Entry) -> Entry {
        var entry = entry
        if let cause = entry.lastError {
            entry.lastError = FailureCause(
                cause.kind, code: cause.code, message: cause.message, requestID: cause.requestID)
        }
        return entry
    }
}
