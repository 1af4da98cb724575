// What the ledger's writer tells of itself.

import JobEngine
import Kafka
import Observability

extension LedgerWriter {
    /// Tells the watchdog how much is left to write; `advanced`: some of it was written, or given up, just now.
    func remains(advanced: Bool) {
        observation.ledger.remains(left, advanced: advanced, at: clock.now)
    }

    /// Counts and times one transaction.
    func transacted(_ outcome: TransactionOutcome, writes: Int, since began: Instant) {
        observation.meters.observe(MetricCatalogue.commitDuration, clock.now - began)
        observation.meters.observe(MetricCatalogue.batchSize, writes)
        let result =
            switch outcome {
            case .committed: "committed"
            case .aborted: "aborted"
            case .unresolved, .fatal: "lost"
            }
        observation.meters.count(MetricCatalogue.transactions, ("result", result))
    }
}
