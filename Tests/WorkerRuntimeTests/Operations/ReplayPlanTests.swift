// Which failures go back, and which never do.

import JSON
import JobEngine
import Kafka
import Testing
import WorkerRuntime

@Suite("Replay plan")
struct ReplayPlanTests {
    private func plan(_ change: (inout ReplayPlan.Selection) -> Void = { _ in }) -> ReplayPlan {
        var selection = ReplayPlan.Selection()
        change(&selection)
        return ReplayPlan(selection, requests: "r", intake: .standard)
    }

    @Test("the request goes back byte by byte, to its partition, with its trace, under its id")
    func verbatim() throws {
        let request = #"{"id": "a",  "model":"jimeng_t2v_v30", "prompt":"x", "seed": 1.0e1}"#
        let value =
            #"{"id":"a","status":"failed","error":{"kind":"upstream"},"request":\#(request),"#
            + #""source":{"topic":"r","partition":3,"offset":5}}"#
        let trace = Header(
            "traceparent",
            Array(
                "00-\(String(repeating: "a", count: 32))-\(String(repeating: "b", count: 16))-01"
                    .utf8))
        var plan = plan()
        plan.takeFailure(
            Record(
                topic: "f", partition: 0, offset: 0, key: Array("a".utf8),
                value: Array(value.utf8), headers: [trace, Header("other", [1])]))
        let step = try #require(plan.decide(at: .later).steps.first)
        #expect(step.record.value == Array(request.utf8))
        #expect(step.record.partition == 3)
        #expect(step.record.key == Array("a".utf8))
        #expect(step.record.headers == [trace])
        #expect(step.cost != nil)
    }

    @Test("a request without an id gets the one that it had by its place")
    func named() throws {
        var pages = LedgerPages()
        var plan = plan()
        plan.takeFailure(
            pages.failure(
                "r-3-5", kind: "upstream", request: ["model": "jimeng_t2v_v30", "prompt": "x"]))
        let step = try #require(plan.decide(at: .later).steps.first)
        #expect(try JSON(parsing: step.record.value ?? [])["id"] == "r-3-5")
    }

    @Test("what may have been charged stays, unless it is asked for")
    func charged() {
        var pages = LedgerPages()
        let failure = pages.failure("a", kind: "submission_unknown", charged: true)
        var careful = plan()
        careful.takeFailure(failure)
        #expect(careful.decide(at: .later).left.map(\.1) == [.mayHaveBeenCharged])
        var bold = plan { $0.includesCharged = true }
        bold.takeFailure(failure)
        #expect(bold.decide(at: .later).steps.map(\.mayHaveBeenCharged) == [true])
    }

    @Test("an id that succeeded, is open, or waits already is left alone, whatever is asked")
    func livelier() {
        var pages = LedgerPages()
        var plan = plan { $0.includesCharged = true }
        for id in ["done", "open", "waits", "dead"] {
            plan.takeFailure(pages.failure(id, kind: "upstream"))
        }
        plan.takeResult(pages.result("done", amount: "1"))
        var view = LedgerView()
        view.take(pages.entry("open", "accepted"))
        view.take(pages.entry("dead", "finished", ["outcome": "failed", "kind": "upstream"]))
        plan.take(view)
        plan.takeBacklog(pages.record(key: "waits", ["id": "waits"], topic: "r"))
        let (steps, left) = plan.decide(at: .later)
        #expect(steps.map(\.id) == ["dead"])
        #expect(Set(left.map(\.1)) == [.succeeded, .open, .waiting])
    }

    @Test("of several failures of one id the latest counts")
    func latest() {
        var pages = LedgerPages()
        var plan = plan()
        plan.takeFailure(pages.failure("a", kind: "submission_unknown", charged: true))
        plan.takeFailure(pages.failure("a", kind: "upstream"))
        #expect(plan.decide(at: .later).steps.map(\.kind) == ["upstream"])
    }

    @Test("what would fail again, or too late, is left out")
    func hopeless() {
        var pages = LedgerPages()
        let invalid = pages.failure("a", kind: "invalid_request")
        var plan = plan()
        plan.takeFailure(invalid)
        plan.takeFailure(
            pages.failure(
                "b", kind: "upstream",
                request: ["id": "b", "prompt": "x", "deadline": "1970-01-01T00:00:01Z"]))
        #expect(plan.decide(at: .later).left.map(\.1) == [.endsTheSame, .pastItsDeadline])
        var named = self.plan { $0.kinds = ["invalid_request"] }
        named.takeFailure(invalid)
        #expect(named.decide(at: .later).steps.count == 1)
    }

    @Test("everything that is given must fit")
    func selection() {
        var pages = LedgerPages()
        let failure = pages.failure("a", kind: "upstream")
        func fits(_ change: (inout ReplayPlan.Selection) -> Void) -> Bool {
            var plan = plan(change)
            plan.takeFailure(failure)
            return !plan.decide(at: .later).steps.isEmpty
        }
        #expect(fits { $0.codes = ["50511"] })
        #expect(!fits { $0.codes = ["50512"] })
        #expect(fits { $0.since = Instant(milliseconds: 1_000_000) })
        #expect(!fits { $0.since = Instant(milliseconds: 1_000_001) })
        #expect(!fits { $0.until = Instant(milliseconds: 1_000_000) })
        #expect(!fits { $0.tenants = ["north"] })
        #expect(!fits { $0.ids = ["b"] })
    }
}
