// What was paid for, added up from outcomes and from tasks that run.

import JSON
package import Jimeng
package import JobEngine
package import Kafka

/// Sums by what they are asked for. Amounts are those of the catalogue's price list, so every sum is an estimate.
package struct SpendBook: Sendable {
    package enum Dimension: String, CaseIterable, Sendable {
        case day, model, tenant, account
    }

    /// One line of the book.
    package struct Sum: Sendable, Equatable {
        package var results = 0
        /// Of results.
        package var paid = Cost(microYuan: 0)
        /// Failures that may have been charged.
        package var doubtful = 0
        package var perhaps = Cost(microYuan: 0)
        /// Tasks at the provider, to be paid when they deliver.
        package var running = 0
        package var expected = Cost(microYuan: 0)
        /// Outcomes and tasks whose price is not known: in the counts, not in the amounts.
        package var unpriced = 0

        package static func + (left: Sum, right: Sum) -> Sum {
            Sum(
                results: left.results + right.results, paid: left.paid + right.paid,
                doubtful: left.doubtful + right.doubtful, perhaps: left.perhaps + right.perhaps,
                running: left.running + right.running, expected: left.expected + right.expected,
                unpriced: left.unpriced + right.unpriced)
        }
    }

    package let dimensions: [Dimension]
    /// Outcomes that finished earlier are left out.
    package let since: Instant?
    package private(set) var sums: [[String]: Sum] = [:]
    private let intake: RequestIntake

    package init(by dimensions: [Dimension], since: Instant?, intake: RequestIntake) {
        self.dimensions = dimensions
        self.since = since
        self.intake = intake
    }

    package var total: Sum { sums.values.reduce(Sum(), +) }

    // MARK: Outcomes

    /// A record of the results or failures topic.
    package mutating func takeOutcome(_ record: Record) {
        guard let value = record.value, let view = OutcomeView(value), view.status != nil else {
            return
        }
        let finished = view.record["timings"]?["finished_at"]?.string.flatMap(Timestamp.instant)
        let at = finished ?? record.timestampMilliseconds.map { Instant(milliseconds: $0) }
        if let since, let at, at < since { return }
        let mayHaveBeenCharged = view.record["error"]?["may_have_been_charged"]?.bool == true
        guard !view.isFailure || mayHaveBeenCharged else { return }
        let cost = Self.cost(view.record["cost"]?["amount"])
        var sum = Sum()
        if view.isFailure {
            (sum.doubtful, sum.perhaps) = (1, cost ?? sum.perhaps)
        } else {
            (sum.results, sum.paid) = (1, cost ?? sum.paid)
        }
        if cost == nil { sum.unpriced = 1 }
        add(
            sum, day: at, model: view.record["model"]?.string,
            tenant: view.record["tenant"]?.string ?? view.record["request"]?["tenant"]?.string,
            account: view.record["account"]?.string)
    }

    /// `3.25`, exactly.
    static func cost(_ amount: JSON?) -> Cost? {
        guard let text = amount?.string ?? amount?.number?.text else { return nil }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let whole = Int64(parts[0]), whole >= 0,
            whole < 1_000_000_000
        else { return nil }
        let digits = parts.count == 2 ? parts[1] : "0"
        guard (1...6).contains(digits.count), let fraction = Int64(digits), fraction >= 0 else {
            return nil
        }
        let scale = (digits.count..<6).reduce(Int64(1)) { scale, _ in scale * 10 }
        return Cost(microYuan: whole * 1_000_000 + fraction * scale)
    }

    // MARK: Running tasks

    /// Tasks that the ledger says are at the provider.
    package mutating func takeRunning(_ view: LedgerView) {
        for job in view.jobs.values where job.state == "submitted" {
            let at = job.instant("submitted_at")
            if let since, let at, at < since { continue }
            let cost = job.request.flatMap { intake.again($0)?.submission.expectedCost }
            let sum = Sum(
                running: 1, expected: cost ?? Cost(microYuan: 0), unpriced: cost == nil ? 1 : 0)
            add(sum, day: at, model: job.model, tenant: job.tenant, account: job.account)
        }
    }

    private mutating func add(
        _ sum: Sum, day: Instant?, model: String?, tenant: String?, account: String?
    ) {
        let key = dimensions.map { dimension -> String in
            switch dimension {
            case .day: day.map { String(Timestamp.text($0).prefix(10)) } ?? "(unknown)"
            case .model: model ?? "(unknown)"
            case .tenant: tenant ?? "(none)"
            case .account: account ?? "(unknown)"
            }
        }
        sums[key] = sums[key, default: Sum()] + sum
    }
}
