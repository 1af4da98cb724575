// The story of one job, rebuilt.

import JSON
import JobEngine
import Testing
import WorkerRuntime

@Suite("Job history")
struct JobHistoryTests {
    @Test("a job that changed owner shows both, and every step once")
    func owners() {
        var pages = LedgerPages()
        var history = JobHistory("a")
        history.takeLedger(pages.entry("a", "accepted"))
        history.takeLedger(pages.entry("other", "accepted"))
        history.takeLedger(
            pages.entry("a", "intent", ["attempt": 1, "account": "main", "send_by": 9]))
        history.takeLedger(
            pages.entry("a", "submitted", ["attempt": 1, "account": "main", "task_id": "t1"]))
        history.takeLedger(
            pages.entry(
                "a", "finished", worker: "worker-2", epoch: 2,
                ["attempt": 1, "task_id": "t1", "outcome": "succeeded"]))
        let timeline = history.timeline
        #expect(
            timeline.map(\.text) == [
                "accepted", "attempt 1 intended on account main",
                "attempt 1 accepted by the provider as task t1", "finished: succeeded",
            ])
        #expect(timeline.map(\.owner).last == "worker-2, epoch 2")
        #expect(timeline.last?.details.first == "taken over from worker-1, epoch 1")
        #expect(!history.isCompacted)
        #expect(history.sources == [Source(topic: "r", partition: 3, offset: 5)])
    }

    @Test("what compaction has removed is said")
    func compacted() {
        var pages = LedgerPages()
        var history = JobHistory("a")
        history.takeLedger(pages.entry("a", "finished", ["outcome": "succeeded"]))
        #expect(history.isCompacted)
    }

    @Test("a refusal, its request id and the next try are told")
    func refusal() {
        var pages = LedgerPages()
        var history = JobHistory("a")
        history.takeLedger(pages.entry("a", "accepted"))
        history.takeLedger(pages.entry("a", "intent", ["attempt": 1, "account": "main"]))
        history.takeLedger(
            pages.entry(
                "a", "accepted",
                [
                    "attempt": 1, "retry_at": 1_004_000,
                    "last_error": [
                        "kind": "upstream", "code": 50500, "message": "busy", "request_id": "R1",
                    ],
                ]))
        let last = history.timeline.last
        #expect(last?.text == "attempt 1 came to nothing; waits again")
        #expect(last?.details.last == "upstream 50500: busy (request id R1)")
    }

    @Test("notes, outcomes of the id alone, and the request find their places in time")
    func others() {
        var pages = LedgerPages()
        var history = JobHistory("a")
        let request = pages.record(
            key: "a", ["id": "a", "prompt": "x", "tenant": "north"], topic: "r")
        history.takeLedger(pages.entry("a", "accepted"))
        history.takeLedger(pages.record(key: "late/a", ["task_id": "t1", "attempt": 1]))
        history.takeLedger(pages.record(key: "late/a", nil))
        history.takeOutcome(pages.failure("b", kind: "upstream"))
        history.takeOutcome(pages.failure("a", kind: "submission_unknown", charged: true))
        history.takeRequest(request)
        #expect(
            history.timeline.map(\.kind) == [.request, .ledger, .note, .note, .failure])
        #expect(history.outcomes.first?.costText == "1.50 CNY (estimated)")
        #expect(history.timeline[0].details == ["key a, 40 bytes, tenant north"])
    }

    @Test("an operator's word that a submit became no task is told, and that the slot is free")
    func lost() {
        var pages = LedgerPages()
        var history = JobHistory("a")
        let hold: JSON = ["account": "main", "until": 9_000_000]
        history.takeLedger(pages.entry("a", "intent", ["attempt": 1, "account": "main"]))
        history.takeLedger(
            pages.entry("a", "accepted", ["attempt": 1, "retry_at": 9_000_000, "hold": hold]))
        history.takeLedger(pages.record(key: "late/a", ["lost": true, "attempt": 1]))
        history.takeLedger(pages.record(key: "late/a", nil))
        history.takeLedger(pages.entry("a", "accepted", ["attempt": 1]))
        #expect(
            history.timeline.map(\.text).suffix(3) == [
                "an operator says that attempt 1 became no task",
                "the owner has dealt with the note", "the slot is free",
            ])
    }

    @Test("an id that failed and was used again shows both lives")
    func again() {
        var pages = LedgerPages()
        var history = JobHistory("a")
        history.takeLedger(pages.entry("a", "accepted"))
        history.takeLedger(pages.entry("a", "finished", ["outcome": "failed", "kind": "upstream"]))
        history.takeLedger(pages.entry("a", "accepted", source: 9))
        #expect(history.timeline.map(\.text).last == "accepted")
        #expect(history.sources.map(\.offset) == [5, 9])
        #expect(!history.isCompacted)
    }
}
