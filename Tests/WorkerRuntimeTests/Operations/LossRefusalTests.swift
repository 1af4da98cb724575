// Which job an operator may declare lost, and what is said of the others.

import JSON
import JobEngine
import Kafka
import Testing
import WorkerRuntime

@Suite("Declaring a submit lost")
struct LossRefusalTests {
    /// A hold that ends well after everything in `LedgerPages`.
    private static func hold(task: String? = nil, until: Int64 = 9_000_000) -> JSON {
        var hold: JSONObject = ["account": "main", "until": JSON(until)]
        hold["task_id"] = task.map { JSON($0) }
        return JSON(hold)
    }

    private static func unknown(_ hold: JSON, attempt: Int = 1) -> JSONObject {
        [
            "attempt": JSON(attempt), "outcome": "failed", "kind": "submission_unknown",
            "hold": hold,
        ]
    }

    private static func view(_ state: String, _ more: JSONObject) -> LedgerView {
        var pages = LedgerPages()
        var view = LedgerView()
        view.take(pages.entry("a", state, lane: 2, more))
        return view
    }

    private func refusal(_ view: LedgerView) -> LossRefusal? {
        do throws(LossRefusal) {
            _ = try view.noteOfLoss("a", at: .later)
            return nil
        } catch {
            return error
        }
    }

    @Test(
        "a job that has ended and holds a slot: the note is for the request and attempt of its entry"
    )
    func ended() throws {
        let view = Self.view("finished", Self.unknown(Self.hold(), attempt: 3))
        let (job, note) = try view.noteOfLoss("a", at: .later)
        #expect(job.lane == 2)
        #expect(
            note
                == LateNote(
                    job: "a", source: Source(topic: "r", partition: 3, offset: 5), attempt: 3,
                    news: .lost, account: "main", model: "jimeng_t2v_v30", notedAt: .later))
    }

    @Test("a job that waits for the end of its hold may be declared lost too")
    func waiting() throws {
        let view = Self.view("accepted", ["attempt": 1, "hold": Self.hold()])
        #expect(try view.noteOfLoss("a", at: .later).note.news == .lost)
    }

    @Test("of an id that stands in two lanes, the one that holds a slot is meant")
    func twoLanes() throws {
        var pages = LedgerPages()
        var view = LedgerView()
        view.take(pages.entry("a", "finished", lane: 0, ["outcome": "succeeded"]))
        view.take(pages.entry("a", "finished", lane: 1, Self.unknown(Self.hold())))
        #expect(try view.noteOfLoss("a", at: .later).job.lane == 1)
        view.take(pages.entry("a", "submitted", lane: 1, ["attempt": 1, "task_id": "t1"]))
        #expect(refusal(view) == .running(task: "t1"))
    }

    @Test("a job in doubt is left alone until no answer is waited for any more")
    func inDoubt() {
        let view = Self.view(
            "intent", ["attempt": 1, "account": "main", "send_by": 1_000_000])
        #expect(refusal(view) == .inDoubt(until: Instant(milliseconds: 1_075_000)))
        #expect("\(refusal(view)!)".contains("Try again after 1970-01-01T00:17:55.000Z"))
    }

    @Test("a task that is known is asked for: nothing is unknown")
    func knownTask() {
        #expect(
            refusal(Self.view("submitted", ["attempt": 1, "task_id": "t1"]))
                == .running(task: "t1"))
        #expect(
            refusal(Self.view("finished", Self.unknown(Self.hold(task: "t1"))))
                == .watched(task: "t1", until: Instant(milliseconds: 9_000_000)))
    }

    @Test("a job that holds nothing, or nothing any more, has nothing to free")
    func holdsNothing() {
        #expect(refusal(Self.view("accepted", [:])) == .holdsNothing(.queued))
        #expect(
            refusal(Self.view("finished", ["outcome": "failed", "kind": "upstream"]))
                == .holdsNothing(.failed))
        #expect(
            refusal(Self.view("finished", Self.unknown(Self.hold(until: 1_999_999))))
                == .holdsNothing(.failed))
    }

    @Test("the slot of an earlier job of the same id is not known by its attempt")
    func inherited() {
        #expect(
            refusal(Self.view("accepted", ["attempt": 0, "hold": Self.hold()]))
                == .inherited(until: Instant(milliseconds: 9_000_000)))
    }

    @Test("an unknown id, and an entry of a later release, are said to be that")
    func unknown() {
        #expect(refusal(LedgerView()) == .unknown)
        #expect(refusal(Self.view("dreaming", ["attempt": 1])) == .unreadable)
    }

    @Test("a note that waits for its owner is not written over: it may name a task")
    func noted() throws {
        var pages = LedgerPages()
        var view = LedgerView()
        view.take(pages.entry("a", "finished", Self.unknown(Self.hold())))
        view.take(pages.record(key: "late/a", ["task_id": "t1"]))
        #expect(refusal(view) == .noted)
        view.take(pages.record(key: "late/a", nil))
        #expect(try view.noteOfLoss("a", at: .later).note.attempt == 1)
    }
}
