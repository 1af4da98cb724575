// How far a request partition has been read, told by the time at which its records were handed in.

/// Where a request partition ended at some time, of which not everything has been read yet.
package struct EndMark: Hashable, Sendable {
    /// The first offset behind everything that had been handed in.
    package var offset: Int64
    /// Everything that was handed in before this lies below `offset`.
    package var asOf: Instant

    package init(offset: Int64, asOf: Instant) {
        self.offset = offset
        self.asOf = asOf
    }
}

/// Says of a request partition that everything which was handed in before some time has been read.
///
/// It goes by ends that were measured, not by the records' own timestamps, which show whatever their producers' clocks
/// did. While reading is behind, one measured end at a time is waited for; the partition's cursor carries it, so that a
/// backlog which takes longer to read than a lane stays with one worker is not measured from the start by each. What
/// is known is therefore at most as old as twice the time that a record waits to be read.
struct ReadingProgress: Equatable, Sendable {
    /// Everything that was handed in before this has been read; nil: not known.
    private(set) var readAsOf: Instant?
    /// What reading has to reach next; nil: it is not known to be behind.
    private(set) var mark: EndMark?
    /// Everything below has been read, what cannot be seen (markers of transactions, aborted records) included.
    private(set) var seen: Int64 = 0
    /// The highest end that was measured in this tenure.
    private var highest: Int64 = 0

    init(mark: EndMark? = nil) {
        self.mark = mark
    }

    /// The reader came to the end of the partition there.
    mutating func reached(_ position: Int64) {
        seen = max(seen, position)
    }

    /// An end that is lower than one before says nothing: the topic was made anew, and what it holds now is yet to be
    /// read whatever the position, or a new leader does not know the end yet.
    ///
    /// - Parameters:
    ///   - end: where the partition ends, asked for at `asOf` or later.
    ///   - cursor: the offset that is read next.
    mutating func measured(end: Int64, asOf: Instant, cursor: Int64) {
        guard end >= highest else { return }
        highest = end
        let position = max(seen, cursor)
        if let mark, mark.offset <= position {
            know(mark.asOf)
            self.mark = nil
        }
        if end <= position {
            know(asOf)
            mark = nil
        } else if (mark?.offset ?? .max) > end {
            // A mark beyond the end comes from a predecessor, of a log that was cut since.
            mark = EndMark(offset: end, asOf: asOf)
        }
    }

    private mutating func know(_ asOf: Instant) {
        readAsOf = max(readAsOf ?? asOf, asOf)
    }
}

/// A finished job whose time is over, and which stays until everything that was handed in within that time is read.
struct Burial: Equatable, Sendable {
    var job: JobID
    /// When its dedup window ended.
    var due: Instant
}

extension Lane {
    /// Up to where each request partition has been read.
    var positions: [SourcePartition: Int64] {
        var positions = cursors
        for (partition, progress) in progress {
            positions[partition] = cursors[partition].map { max($0, progress.seen) }
        }
        return positions
    }

    /// The reader came to the end of a partition there.
    mutating func reached(_ position: Int64, of partition: SourcePartition) {
        guard phase == .active, cursors[partition] != nil else { return }
        progress[partition, default: ReadingProgress()].reached(position)
    }

    /// Request partitions of the lane end there, asked for at `asOf` or later.
    ///
    /// - Returns: finished jobs that may be forgotten now.
    mutating func measured(_ ends: [SourcePartition: Int64], asOf: Instant) -> [Burial] {
        guard phase == .active else { return [] }
        for (partition, end) in ends {
            guard let cursor = cursors[partition] else { continue }
            progress[partition, default: ReadingProgress()]
                .measured(end: end, asOf: asOf, cursor: cursor)
        }
        guard let read = readAsOf else { return [] }
        let due = unburied.filter { $0.due <= read }
        if !due.isEmpty { unburied.removeAll { $0.due <= read } }
        return due
    }

    /// Everything that was handed in to the lane before this has been read; nil: not known.
    var readAsOf: Instant? {
        var least = Instant.distantFuture
        for partition in cursors.keys {
            guard let known = progress[partition]?.readAsOf else { return nil }
            least = min(least, known)
        }
        return least
    }
}
