// Effects in words, so that a test reads as a conversation.

import JobEngine

enum Words {
    /// nil for what a conversation leaves out: reports and wakes.
    static func say(_ effect: Effect) -> String? {
        switch effect {
        case .write(let write): say(write)
        case .submit(let order): "submit \(order.reference.job) \(order.attempt)"
        case .query(let order): "query \(order.taskID)"
        case .probe(let order): "probe \(order.reference.job)"
        case .archive(let order): "archive \(order.reference.job)"
        case .note(_, let note): "note \(note.job) \(note.attempt) \(note.taskID ?? "lost")"
        case .read(_, let partition, let count): "read \(partition.partition) \(count)"
        case .release(let lane, let isClean):
            "release \(lane.number) \(isClean ? "clean" : "unclean")"
        case .stopped: "stop"
        case .wake, .report: nil
        }
    }

    private static func say(_ write: Write) -> String {
        var words: [String] = []
        switch write.change {
        case .put(let entry): words.append("write \(entry.id) \(say(entry))")
        case .tombstone: words.append("bury \(write.reference.job)")
        case .none: words.append("write nothing")
        }
        if let terminal = write.outcome { words.append(say(terminal)) }
        if let cursor = write.cursor { words.append("cursor \(cursor.nextOffset)") }
        if write.settlesNote { words.append("settles the note") }
        return words.joined(separator: ", ")
    }

    static func say(_ entry: Entry) -> String {
        var words =
            switch entry.phase {
            case .accepted(nil): "accepted"
            case .accepted(let retryAt?): "accepted until \(say(retryAt))"
            case .intent(let intent):
                "intent \(entry.attempt) on \(intent.account) by \(say(intent.sendBy))"
            case .submitted(let task): "submitted \(task.id)"
            case .finished: "finished"
            }
        if entry.isCancelled { words += " cancelled" }
        if let hold = entry.hold {
            words += " holding \(hold.taskID ?? "a slot") until \(say(hold.until))"
        }
        return words
    }

    private static func say(_ terminal: Write.Terminal) -> String {
        switch terminal {
        case .outcome(let outcome):
            switch outcome.verdict {
            case .succeeded: "succeeded"
            case .failed(let cause, _): "failed \(cause.kind.rawValue)"
            }
        case .rejection(let rejection): "rejected \(rejection.id)"
        }
    }

    /// Seconds since the start; tenths only where there are some.
    static func say(_ instant: Instant) -> String {
        let milliseconds = (instant - Samples.start).milliseconds
        return milliseconds % 1000 == 0
            ? "\(milliseconds / 1000)s" : "\(milliseconds)ms"
    }
}
