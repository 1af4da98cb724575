// The kinds of keys in the ledger.

package import JobEngine

/// What a ledger record is about; see `schemas/`.
package enum LedgerKey: Equatable, Sendable {
    case job(JobID)
    /// How far a requests partition has been accepted.
    case cursor(SourcePartition)
    /// News of a submit from a worker that had lost the lane, or from an operator.
    case lateNote(JobID)
    /// What a lane has set aside today.
    case spend(LaneID)

    /// What the ledger's own keys begin with; no job id does. Compared by bytes: what looks like one character to a
    /// Swift string (a slash and a combining mark) is two in a key.
    static let reserved = [cursorPrefix, latePrefix, spendPrefix]
    private static let cursorPrefix = "cursor/"
    private static let latePrefix = "late/"
    private static let spendPrefix = "spend/"

    static func isReserved(_ id: String) -> Bool {
        reserved.contains { id.utf8.starts(with: $0.utf8) }
    }

    /// `nil` for what no worker writes.
    package init?(_ bytes: [UInt8]) {
        guard let text = String(validating: bytes, as: UTF8.self), !text.isEmpty else { return nil }
        if bytes.starts(with: Self.latePrefix.utf8) {
            self = .lateNote(JobID(Self.text(bytes.dropFirst(Self.latePrefix.utf8.count))))
        } else if bytes.starts(with: Self.cursorPrefix.utf8) {
            let parts = bytes.dropFirst(Self.cursorPrefix.utf8.count)
                .split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty, let partition = Int32(Self.text(parts[1]))
            else { return nil }
            self = .cursor(SourcePartition(topic: Self.text(parts[0]), partition: partition))
            // Such as +1 or 01.
            guard self.bytes == bytes else { return nil }
        } else if bytes.starts(with: Self.spendPrefix.utf8) {
            let lane = Self.text(bytes.dropFirst(Self.spendPrefix.utf8.count))
            guard let number = Int(lane), number >= 0 else { return nil }
            self = .spend(LaneID(number))
            guard self.bytes == bytes else { return nil }
        } else {
            self = .job(JobID(text))
        }
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String {
        String(decoding: bytes, as: UTF8.self)
    }

    package var bytes: [UInt8] {
        switch self {
        case .job(let id): Array(id.utf8)
        case .cursor(let source):
            Array("\(Self.cursorPrefix)\(source.topic)/\(source.partition)".utf8)
        case .spend(let lane): Array("\(Self.spendPrefix)\(lane.number)".utf8)
        case .lateNote(let id): Array("\(Self.latePrefix)\(id)".utf8)
        }
    }
}
