// What a ledger comes to, for tools.

import JSON
import JobEngine
import Kafka
import Testing
import WorkerRuntime

@Suite("Ledger view")
struct LedgerViewTests {
    @Test("the latest entry of an id counts, a tombstone ends it, and each lane stands for itself")
    func latest() {
        var pages = LedgerPages()
        var view = LedgerView()
        view.take(pages.entry("a", "accepted"))
        view.take(pages.entry("a", "intent", ["attempt": 1, "account": "main", "send_by": 1]))
        view.take(pages.entry("a", "accepted", lane: 1, worker: "worker-2", epoch: 4))
        view.take(pages.entry("b", "accepted"))
        view.take(pages.record(key: "b", nil))
        #expect(view.jobs("a").map(\.state) == ["intent", "accepted"])
        #expect(view.jobs("b").isEmpty)
        #expect(view.lanes[1]?.worker == "worker-2")
        #expect(view.lanes[1]?.epoch == 4)
        #expect(view.lanes[0]?.lastOffset == 4)
    }

    @Test("cursors, notes and what cannot be read are told apart from jobs")
    func others() {
        var pages = LedgerPages()
        var view = LedgerView()
        view.take(pages.record(key: "cursor/r/3", ["v": 1, "next_offset": 8]))
        view.take(pages.record(key: "late/a", ["task_id": "t"]))
        view.take(pages.record(key: "late/b", ["task_id": "t"]))
        view.take(pages.record(key: "late/b", nil))
        view.take(pages.record(key: "c", ["v"]))
        #expect(view.cursors == [SourcePartition(topic: "r", partition: 3): 8])
        #expect(view.notes == [LedgerView.Key(lane: 0, job: "a")])
        #expect(view.others == 1)
        #expect(view.jobs.isEmpty)
    }

    @Test("what a lane has set aside is none of what cannot be read, unless it is damaged")
    func bookkeeping() {
        var pages = LedgerPages()
        var view = LedgerView()
        let sum: JSON = ["v": 1, "day": "2026-11-30", "total_micro": 7, "tenants_micro": [:]]
        view.take(pages.record(key: "spend/0", sum))
        view.take(pages.record(key: "spend/0", nil))
        #expect(view.others == 0)
        view.take(pages.record(key: "spend/0", ["v": 1, "day": "tomorrow"]))
        #expect(view.others == 1)
    }

    @Test("stages are told from the entry and the time")
    func stages() throws {
        var pages = LedgerPages()
        func stage(_ record: Record, at now: Int64) -> JobSnapshot.Stage? {
            guard case .job(let job) = LedgerRecord(record).content else { return nil }
            return job.stage(at: Instant(milliseconds: now))
        }
        let delayed = pages.entry("a", "accepted", ["retry_at": 50])
        #expect(stage(delayed, at: 49) == .delayed)
        #expect(stage(delayed, at: 50) == .queued)
        let intent = pages.entry("a", "intent", ["send_by": 50])
        #expect(stage(intent, at: 50) == .submitting)
        #expect(stage(intent, at: 51) == .doubting)
        #expect(stage(pages.entry("a", "submitted"), at: 0) == .running)
        let ended = pages.entry(
            "a", "finished",
            ["outcome": "failed", "kind": "timed_out", "hold": ["account": "m", "until": 50]])
        #expect(stage(ended, at: 49) == .holding)
        #expect(stage(ended, at: 50) == .failed)
        #expect(stage(pages.entry("a", "dreaming"), at: 0) == .unreadable)
    }

    @Test("a list shows open jobs, and finished ones when it is asked")
    func filter() {
        var pages = LedgerPages()
        var view = LedgerView()
        view.take(pages.entry("open", "accepted"))
        view.take(pages.entry("bad", "finished", ["outcome": "failed", "kind": "upstream"]))
        view.take(pages.entry("good", "finished", ["outcome": "succeeded"]))
        func ids(_ change: (inout JobFilter) -> Void) -> Set<String> {
            var filter = JobFilter()
            change(&filter)
            return Set(view.jobs.values.filter { filter.fits($0, at: .later) }.map(\.id.text))
        }
        #expect(ids { _ in } == ["open"])
        #expect(ids { $0.scope = .failed } == ["bad"])
        #expect(ids { $0.scope = .all } == ["open", "bad", "good"])
        #expect(ids { $0.stages = [.succeeded] } == ["good"])
        #expect(ids { $0.tenants = ["north"] } == ["open"])
        #expect(ids { $0.tenants = ["south"] } == [])
        #expect(ids { $0.olderThan = .seconds(1001) } == ["open"])
        #expect(ids { $0.olderThan = .seconds(1002) } == [])
        #expect(ids { $0.lanes = [1] } == [])
    }

    @Test("a lane's report adds its jobs, its slots and the lag of its request partitions")
    func lanes() {
        var pages = LedgerPages()
        var view = LedgerView()
        view.take(pages.entry("a", "submitted", ["account": "main"]))
        view.take(pages.entry("b", "accepted"))
        view.take(
            pages.entry(
                "c", "finished", lane: 1,
                [
                    "outcome": "failed", "kind": "timed_out",
                    "hold": ["account": "m", "until": 9_000_000],
                ]
            ))
        let reports = LaneReport.reports(
            view, ledger: [TopicPartition("l", 0): 0..<9, TopicPartition("l", 1): 0..<4],
            backlog: [
                TopicPartition("r", 0): 2..<5, TopicPartition("r", 1): 0..<0,
                TopicPartition("r", 2): 1..<2,
            ], members: [1: "worker-9"], at: .later)
        #expect(reports.map(\.open) == [2, 0])
        #expect(reports.map(\.slots) == [["main": 1], ["m": 1]])
        #expect(reports.map(\.lag) == [4, 0])
        #expect(reports.map(\.ledgerEnd) == [9, 4])
        #expect(reports.map(\.member) == [nil, "worker-9"])
    }
}
