// Sums of money, in whole numbers.

import JSON
import Jimeng
import JobEngine
import Testing
import WorkerRuntime

@Suite("Spend")
struct SpendBookTests {
    @Test("results, doubtful failures and running tasks are added up apart")
    func sums() {
        var pages = LedgerPages()
        var book = SpendBook(by: [.tenant], since: nil, intake: .standard)
        book.takeOutcome(pages.result("a", amount: "3.25", tenant: "north"))
        book.takeOutcome(pages.result("b", amount: "0.2", tenant: "north"))
        book.takeOutcome(pages.failure("c", kind: "upstream"))
        book.takeOutcome(pages.failure("d", kind: "submission_unknown", charged: true))
        var view = LedgerView()
        view.take(pages.entry("e", "submitted", ["submitted_at": 1_000_000]))
        book.takeRunning(view)
        #expect(book.sums[["north"]]?.results == 2)
        #expect(book.sums[["north"]]?.paid == Cost(microYuan: 3_450_000))
        #expect(book.sums[["north"]]?.running == 1)
        #expect(book.sums[["(none)"]]?.doubtful == 1)
        #expect(book.total.perhaps == Cost(microYuan: 1_500_000))
    }

    @Test("days are those of the outcome, and what finished earlier is left out")
    func days() {
        var pages = LedgerPages()
        var book = SpendBook(
            by: [.day, .model], since: Timestamp.instant("2026-11-25T10:00:00Z"),
            intake: .standard)
        book.takeOutcome(pages.result("a", amount: "1"))
        book.takeOutcome(pages.failure("d", kind: "submission_unknown", charged: true))
        #expect(Array(book.sums.keys) == [["2026-11-25", "jimeng_t2v_v30"]])
    }

    @Test("an amount that is none counts as one without a price")
    func unpriced() {
        var pages = LedgerPages()
        var book = SpendBook(by: [.day], since: nil, intake: .standard)
        for amount in ["", "-1", "1.2.3", "x", "1.0000001"] {
            book.takeOutcome(pages.result("a", amount: amount))
        }
        #expect(book.total.unpriced == 5)
        #expect(book.total.paid == Cost(microYuan: 0))
    }
}
