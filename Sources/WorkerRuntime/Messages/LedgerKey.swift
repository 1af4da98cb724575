// The three kinds of keys in the ledger.

package import JobEngine

/// What a ledger record is about; see `schemas/`.
package enum LedgerKey: Equatable, Sendable {
    case job(JobID)
    /// How far a requests partition has been accepted.
    case cursor(SourcePartition)
    /// News of a task id from a worker that had lost the lane.
    case lateNote(JobID)

    package init?(_ bytes: [UInt8]) {
        guard let text = String(validating: bytes, as: UTF8.self), !text.isEmpty else { return nil }
        if text.hasPrefix("late/") {
            self = .lateNote(String(text.dropFirst("late/".count)))
        } else if text.hasPrefix("cursor/") {
            let parts = text.dropFirst("cursor/".count).split(separator: "/")
            guard parts.count == 2, let partition = Int32(parts[1]) else { return nil }
            self = .cursor(SourcePartition(topic: String(parts[0]), partition: partition))
        } else {
            self = .job(text)
        }
    }

    package var bytes: [UInt8] {
        switch self {
        case .job(let id): Array(id.utf8)
        case .cursor(let source): Array("cursor/\(source.topic)/\(source.partition)".utf8)
        case .lateNote(let id): Array("late/\(id)".utf8)
        }
    }
}
