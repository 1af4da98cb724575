// A producer that is of no use any more makes way for a new one; the worker and its membership live on.

import JobEngine
import Kafka
import Logging

extension LedgerWriter {
    /// Producers that may fail for good one after the other, without a commit between them, before the worker gives up.
    static let mostFailuresInARow = 3
    /// How long one attempt to reach the coordinator may take; in short steps, so that the end of the worker is not held up.
    private static let step: Duration = .seconds(2)

    /// Makes a new producer under the same transactional id, which ends whatever the old one left pending, and has all
    /// lanes taken over anew: what became of the last transaction is for the ledger to say.
    ///
    /// Goes on for as long as no broker is reached.
    ///
    /// - Throws: `lost` when the worker ends meanwhile, `ledgerLost` when a new producer is refused or too many failed.
    func recover(from lost: KafkaError) async throws(WorkerError) {
        failuresInARow += 1
        guard failuresInARow <= Self.mostFailuresInARow, !isOutOfTime else {
            throw .ledgerLost(lost)
        }
        logger.error(
            "the ledger's producer is of no use any more and is made anew; all lanes are taken over anew",
            metadata: ["error": "\(lost)"])
        let owned = dropAll()
        await producer.close(within: .seconds(5))
        producer = try await successor(lost)
        logger.notice("the ledger can be written again")
        for lane in owned.sorted() { spoil(lane) }
    }

    private func successor(_ lost: KafkaError) async throws(WorkerError) -> TransactionalProducer {
        let next: TransactionalProducer
        do {
            next = try makeProducer()
        } catch {
            throw .ledgerLost(error)
        }
        while !isOutOfTime {
            do {
                try await next.initialize(within: Self.step)
                return next
            } catch {
                guard error.isRetriable, !error.isFatal else {
                    await next.close(within: .seconds(5))
                    throw .ledgerLost(error)
                }
            }
        }
        await next.close(within: .seconds(1))
        throw .ledgerLost(lost)
    }

    /// Ends the producer. Returns after `limit` at the latest.
    func closeProducer(within limit: Duration) async -> CloseOutcome {
        await producer.close(within: limit)
    }
}
