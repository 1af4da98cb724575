// An operator says that a submit became no task: the slot on hold is free, and nothing else changes.

import JobEngine
import Testing

@Suite("Lost submits")
struct LostSubmitTests {
    /// One slot, so that whoever holds it keeps everybody else waiting.
    private static func narrow(_ change: (inout Policy) -> Void = { _ in }) -> Policy {
        Samples.steadyPolicy {
            $0.accounts = [Samples.account(slots: 1)]
            change(&$0)
        }
    }

    private static let note = Event.lateNoteRead(LaneID(0), Samples.noteOfLoss("a"))
    private static let settled = ["write nothing, settles the note"]

    /// Job `a` waits, under the policy `resubmit`, for the end of the hold of its lost attempt; `b` for its slot.
    private static func resubmitting(_ change: (inout Policy) -> Void = { _ in }) -> Conversation {
        var talk = Conversation.owner(
            narrow {
                $0.unknownSubmit = .resubmit
                change(&$0)
            })
        talk.reads("a") { $0.cost = 5 }
        talk.commits()
        talk.commits()
        talk.sleeps(0.001)
        talk.submitted("a", .lost)
        talk.commits()
        talk.reads("b")
        talk.commits()
        return talk
    }

    // MARK: What it frees

    @Test("a job that has ended and holds a slot for a lost submit lets it go, in one write")
    func ended() {
        var talk = Conversation.lingering(Self.narrow())
        talk.reads("b")
        #expect(talk.commits() == [])
        #expect(
            talk.hears(Self.note) == [
                "write a finished, settles the note", "write b intent 1 on main by 10s",
            ])
        #expect(talk.reports.contains(.holdLifted(Samples.noteOfLoss("a"))))
        #expect(talk.commits() == ["submit b 1"])
        #expect(talk.state(of: "a") == .finished)
        #expect(talk.outcome(of: "a") == nil, "it has had its outcome")
        #expect(talk.waits(600) == [])
    }

    @Test("a job that waits for the end of the hold goes on at once, before others take its slot")
    func resubmitted() {
        var talk = Self.resubmitting()
        #expect(
            talk.hears(Self.note) == [
                "write a accepted, settles the note", "write a intent 2 on main by 10001ms",
            ])
        #expect(talk.commits() == ["submit a 2"])
        #expect(talk.reports.contains(.holdLifted(Samples.noteOfLoss("a"))))
    }

    @Test("attempts of unknown fate, money and what the outcome says of them stay as they are")
    func history() {
        var talk = Self.resubmitting()
        talk.hears(Self.note)
        guard case .put(let entry)? = talk.writes.first?.change else {
            Issue.record("nothing was written")
            return
        }
        #expect(entry.unknownAttempts == 1)
        #expect(entry.tries == 1)
        #expect(entry.spent == 5)
        #expect(entry.lastError?.kind == .submissionUnknown)
        talk.commits()
        talk.submitted("a", .accepted("t2"))
        talk.commits()
        talk.waits(3)
        talk.queried("a", .done)
        #expect(talk.outcome(of: "a")?.mayHaveBeenPaidTwice == true)
        #expect(talk.attemptFailures == [1], "said once")
    }

    @Test("a job that was cancelled while it waited holds a slot all the same, and lets it go")
    func cancelled() {
        var talk = Self.resubmitting()
        talk.readsCancel("a")
        talk.commits()
        #expect(
            talk.hears(Self.note) == [
                "write a finished cancelled, settles the note",
                "write b intent 1 on main by 10001ms",
            ])
    }

    @Test("a job that may not be submitted yet goes on waiting, without the slot")
    func notBefore() {
        var talk = Conversation(Self.narrow())
        let entry = Samples.entry("a", .accepted(retryAt: Samples.at(600))) {
            $0.hold = Entry.Hold(account: "main", taskID: nil, until: Samples.at(600))
            $0.request?.notBefore = Samples.at(300)
        }
        talk.acquires([entry], from: 1)
        talk.reads("b")
        #expect(talk.commits() == [])
        #expect(
            talk.hears(Self.note) == [
                "write a accepted, settles the note", "write b intent 1 on main by 10s",
            ])
        #expect(talk.state(of: "a") == .delayed)
    }

    @Test("a back-off that ends after the hold is kept")
    func backOff() {
        var talk = Self.resubmitting { $0.unknownHold = .seconds(2) }
        #expect(
            talk.hears(Self.note) == [
                "write a accepted until 4001ms, settles the note",
                "write b intent 1 on main by 10001ms",
            ])
    }

    // MARK: When it is read

    @Test("a note that was there before the take-over is believed, of both kinds of jobs")
    func takeOver() {
        var talk = Conversation(Self.narrow { $0.accounts = [Samples.account(slots: 2)] })
        let hold = Entry.Hold(account: "main", taskID: nil, until: Samples.at(100))
        let entries = [
            Samples.entry("a", Samples.ending(.submissionUnknown)) { $0.hold = hold },
            Samples.entry("b", .accepted(retryAt: Samples.at(100))) { $0.hold = hold },
        ]
        #expect(
            talk.acquires(
                entries, notes: [Samples.noteOfLoss("a"), Samples.noteOfLoss("b")], from: 1)
                == [
                    "write a finished, settles the note", "write b accepted, settles the note",
                    "write b intent 2 on main by 10s", "read 0 64",
                ])
    }

    @Test("a note that arrives while the lane is parked waits for the resume")
    func parked() {
        var talk = Conversation.lingering()
        #expect(talk.revoked() == ["release 0 clean"])
        #expect(talk.hears(Self.note) == [])
        #expect(talk.resumes().first == "write a finished, settles the note")
    }

    @Test("said twice, the second note is reported and settled")
    func twice() {
        var talk = Conversation.lingering()
        talk.hears(Self.note)
        #expect(talk.hears(Self.note) == Self.settled)
        talk.commits()
        #expect(talk.hears(Self.note) == Self.settled)
        #expect(talk.reports.count { $0 == .lateNoteUnused(Samples.noteOfLoss("a")) } == 2)
    }

    // MARK: What it does not free

    /// The note is settled and reported, and the slot stays taken.
    private func expectUnused(_ note: LateNote, _ talk: inout Conversation) {
        #expect(talk.hears(.lateNoteRead(LaneID(0), note)) == Self.settled)
        #expect(talk.reports.contains(.lateNoteUnused(note)))
        #expect(talk.reports.contains(.holdLifted(note)) == false)
        talk.commits()
    }

    @Test(
        "a note about another attempt, or another request of the same id, frees nothing",
        arguments: [
            Samples.noteOfLoss("a", attempt: 2), Samples.noteOfLoss("a", offset: 7),
            Samples.noteOfLoss("b"),
        ])
    func other(note: LateNote) {
        var ended = Conversation.lingering(Self.narrow())
        expectUnused(note, &ended)
        #expect(ended.state(of: "a") == .lingering)
        var waiting = Self.resubmitting()
        expectUnused(note, &waiting)
        #expect(waiting.state(of: "a") == .delayed)
    }

    @Test("the slot that an earlier job of the same id holds is not known by its attempt")
    func inherited() {
        var talk = Conversation.lingering(Self.narrow())
        talk.reads("a")
        talk.commits()
        expectUnused(Samples.noteOfLoss("a"), &talk)
        expectUnused(Samples.noteOfLoss("a", attempt: 0, offset: 1), &talk)
        #expect(talk.waits(599) == [])
        #expect(talk.waits(1).first?.hasPrefix("write a intent 1") == true)
    }

    @Test("a hold for a known task ends when the task does, whatever an operator says")
    func knownTask() {
        var talk = Conversation(Self.narrow())
        let entry = Samples.entry("a", Samples.ending(.timedOut)) {
            $0.hold = Entry.Hold(account: "main", taskID: "t1", until: Samples.at(100))
        }
        talk.acquires([entry], from: 1)
        expectUnused(Samples.noteOfLoss("a"), &talk)
        #expect(talk.waits(2) == ["query t1"])
        expectUnused(Samples.noteOfLoss("a"), &talk)
        #expect(talk.queried("a", .failed) == ["write a finished"])
    }

    @Test("a job that doubts goes on doubting, and adopts its task when that is named")
    func doubting() {
        var talk = Conversation()
        talk.acquires([Samples.entry("a", Samples.intent())], from: 1)
        expectUnused(Samples.noteOfLoss("a"), &talk)
        #expect(
            talk.hears(.lateNoteRead(LaneID(0), Samples.note("a"))) == [
                "write a submitted t1, settles the note"
            ])
    }

    @Test("a task that runs, and a job that holds nothing, are left alone")
    func nothingHeld() {
        var running = Conversation.polling()
        expectUnused(Samples.noteOfLoss("a"), &running)
        #expect(running.waits(3) == ["query t1"])
        var over = Conversation.ended(.failed)
        expectUnused(Samples.noteOfLoss("a"), &over)
        #expect(over.state(of: "a") == .finished)
    }

    // MARK: A task after all

    @Test("a task id that comes after the operator's word is reported, and changes no outcome")
    func taskAfterTheEnd() {
        var talk = Conversation.lingering()
        talk.hears(Self.note)
        #expect(talk.hears(.lateNoteRead(LaneID(0), Samples.note("a"))) == Self.settled)
        talk.commits()
        #expect(talk.hears(.lateNoteRead(LaneID(0), Samples.note("a"))) == Self.settled)
        #expect(talk.reports.count { $0 == .lateNoteUnused(Samples.note("a")) } == 2)
    }

    @Test("a task id of the lost attempt is reported, and not adopted by the attempt after it")
    func taskOfTheLostAttempt() {
        var talk = Self.resubmitting()
        talk.hears(Self.note)
        talk.commits()
        #expect(talk.hears(.lateNoteRead(LaneID(0), Samples.note("a"))) == Self.settled)
        talk.submitted("a", .accepted("t2"))
        talk.commits()
        #expect(talk.hears(.lateNoteRead(LaneID(0), Samples.note("a"))) == Self.settled)
        #expect(talk.reports.count { $0 == .lateNoteUnused(Samples.note("a")) } == 2)
        #expect(talk.waits(3) == ["query t2"])
    }
}

extension Conversation {
    /// Attempts that were reported to have come to nothing, in order.
    fileprivate var attemptFailures: [Int] {
        reports.compactMap { report in
            if case .attemptFailed(_, let attempt, _) = report { attempt } else { nil }
        }
    }
}
