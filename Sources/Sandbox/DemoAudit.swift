// The audit at the end of a demonstration: from the topics and the invoice, not from what workers say of themselves.

package import JimengSimulator

/// What came out, and what it cost.
package struct DemoAudit: Sendable {
    package var requests: Int
    /// Outcomes by job id: how many of each status.
    package var outcomes: [String: Int]
    package var succeeded: Int
    package var failedByKind: [String: Int]
    /// Submissions the provider accepted.
    package var submissionsAccepted: Int
    /// Submissions the provider charges for.
    package var submissionsCharged: Int
    package var chargedFen: Int
    package var mostSlotsAtOnce: Int
    package var slots: Int
    package var refusedSubmits: Int
    /// Jobs for which more than one submission is charged.
    package var paidTwice: [String]

    /// One sentence for each promise that was not kept; empty if all is well.
    package var violations: [String] {
        var list: [String] = []
        let missing = requests - outcomes.count
        if missing > 0 { list.append("\(missing) requests have no outcome") }
        let doubled = outcomes.filter { $0.value > 1 }.keys.sorted()
        if !doubled.isEmpty {
            list.append("more than one outcome: \(doubled.joined(separator: ", "))")
        }
        if !paidTwice.isEmpty { list.append("paid twice: \(paidTwice.joined(separator: ", "))") }
        if mostSlotsAtOnce > slots {
            list.append("\(mostSlotsAtOnce) tasks at once on an account that allows \(slots)")
        }
        return list
    }

    package init(requests: [String], board: DemoBoard, invoice: Invoice, slots: Int) {
        self.requests = requests.count
        outcomes = board.outcomes
        succeeded = board.succeeded
        failedByKind = board.failedByKind
        submissionsAccepted = invoice.lines.count
        let charged = invoice.lines.filter { $0.chargedFen > .zero }
        submissionsCharged = charged.count
        chargedFen = invoice.chargedFen.count
        mostSlotsAtOnce = invoice.accounts.map(\.maximumUnfinished).max() ?? 0
        refusedSubmits = invoice.refusedSubmits
        self.slots = slots
        // Each request's prompt begins with its id, so that the invoice can be told by job.
        let byJob = Dictionary(grouping: charged) { line in
            String(line.promptStart.prefix { $0 != " " })
        }
        paidTwice = byJob.filter { $0.value.count > 1 }.keys.sorted()
    }
}
