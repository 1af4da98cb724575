// The last resort for late notes: another producer, or the log.

import JobEngine
import Kafka
import Logging

extension LedgerWriter {
    /// Notes that could not be written when `run` had returned.
    var hasNotes: Bool { !notes.isEmpty }

    /// Writes them through another producer, once.
    func salvage(through producer: TransactionalProducer) async {
        guard !notes.isEmpty else { return }
        let records = notes.map { builder.record(of: $0.note, in: $0.lane) }
        switch await producer.commit(Transaction(records: records), within: .seconds(5)) {
        case .committed:
            logger.notice("late notes were saved", metadata: ["notes": "\(records.count)"])
            notes = []
        case .aborted(let error), .unresolved(let error), .fatal(let error):
            logger.error("late notes could not be saved", metadata: ["error": "\(error)"])
        }
    }

    /// Says in the log what is known of tasks that nobody else will hear of.
    func reportLostNotes() {
        for (lane, note) in notes {
            logger.critical(
                "a task id could not be recorded",
                metadata: [
                    "job": "\(note.job)", "task": "\(note.taskID ?? "-")",
                    "account": "\(note.account)", "lane": "\(lane.number)",
                ])
        }
    }
}
