// What a lane's ledger partition says, gathered while it is read from its beginning.

package import JobEngine
package import Kafka

/// The last value of every key, as records come in; read only at the end, since most are replaced by later ones.
package struct LaneLog: Sendable {
    private var last: [[UInt8]: Record] = [:]
    private var withoutKey: [String] = []

    /// What the partition comes to.
    package struct Contents: Sendable {
        package var entries: [Entry] = []
        package var notes: [LateNote] = []
        package var cursors: [SourcePartition: Int64] = [:]
        /// What reading had to reach next, where it was behind.
        package var marks: [SourcePartition: EndMark] = [:]
        package var spend: Spend?
        /// Records that could not be read: reported, and left as they are.
        package var unreadable: [String] = []
    }

    package init() {}

    package mutating func take(_ record: Record) {
        guard let key = record.key else {
            withoutKey.append("\(record.topicPartition)@\(record.offset): no key")
            return
        }
        last[key] = record.value == nil ? nil : record
    }

    /// Notes alone, as far as they can be read.
    var notes: [LateNote] {
        last.values.compactMap { record in
            guard case .lateNote? = record.key.flatMap(LedgerKey.init) else { return nil }
            return try? record.value.map(LedgerCodec.lateNote)
        }
    }

    /// Reads everything.
    ///
    /// What cannot be read is left out, and does not bring back to life what it replaced: that could be paid for again.
    ///
    /// - Throws: `unknownVersion`: a newer release wrote a value. Going on without it could pay for its job again.
    package func contents(restoring restore: LedgerCodec.RequestRestorer) throws(LedgerError)
        -> Contents
    {
        var contents = Contents(unreadable: withoutKey)
        for record in last.values {
            do throws(LedgerError) {
                try Self.read(record, into: &contents, restoring: restore)
            } catch .unknownVersion(let version) {
                throw .unknownVersion(version)
            } catch {
                contents.unreadable.append("\(record.topicPartition)@\(record.offset): \(error)")
            }
        }
        return contents
    }

    private static func read(
        _ record: Record, into contents: inout Contents,
        restoring restore: LedgerCodec.RequestRestorer
    ) throws(LedgerError) {
        guard let key = record.key.flatMap(LedgerKey.init), let value = record.value else {
            throw .wrongMember("key")
        }
        switch key {
        case .job: contents.entries.append(try LedgerCodec.entry(value, restoring: restore))
        case .lateNote: contents.notes.append(try LedgerCodec.lateNote(value))
        case .spend: contents.spend = try LedgerCodec.spend(value)
        case .cursor(let partition):
            let cursor = try LedgerCodec.cursor(value, of: partition)
            contents.cursors[partition] = cursor.nextOffset
            contents.marks[partition] = cursor.mark
        }
    }
}
