// What happened, in words; kept only when a seed is run again to be looked at.

import JobEngine

/// Off, it costs nothing: messages are not even put together.
package struct History: Sendable {
    let isOn: Bool
    package private(set) var lines: [String] = []

    init(isOn: Bool) {
        self.isOn = isOn
    }

    mutating func note(_ now: Int64, _ message: @autoclosure () -> String) {
        guard isOn else { return }
        lines.append("\(Self.stamp(now)) \(message())")
    }

    mutating func note(_ now: Int64, _ worker: Int, _ event: Event) {
        guard isOn else { return }
        if case .timerFired = event { return }
        lines.append("\(Self.stamp(now)) worker \(worker) hears \(Self.say(event))")
    }

    mutating func note(_ now: Int64, _ worker: Int, _ effect: Effect) {
        guard isOn else { return }
        switch effect {
        case .wake, .read, .report: return
        case .write, .submit, .query, .probe, .archive, .note, .release, .stopped:
            lines.append("\(Self.stamp(now)) worker \(worker) orders \(Self.say(effect))")
        }
    }

    mutating func committed(_ now: Int64, _ write: Write) {
        guard isOn else { return }
        lines.append("\(Self.stamp(now)) committed: \(Self.say(write))")
    }

    private static func stamp(_ now: Int64) -> String {
        let text = String(now)
        return String(repeating: " ", count: max(0, 8 - text.count)) + text
    }

    // MARK: Words

    static func say(_ intake: Intake) -> String {
        switch intake {
        case .request(let request): "\(request.id) @\(request.source.offset)"
        case .rejected(let rejection): "rubbish \(rejection.id)"
        case .cancel(let id, _): "cancel \(id)"
        case .nothing: "nothing"
        }
    }

    static func say(_ order: SubmitOrder) -> String {
        "submit \(order.reference.job) attempt \(order.attempt)"
    }

    static func say(_ write: Write) -> String {
        var words: String
        switch write.change {
        case .put(let entry): words = "\(entry.id) \(say(entry.phase)) attempt \(entry.attempt)"
        case .tombstone: words = "\(write.reference.job) buried"
        case .none: words = "nothing"
        }
        words +=
            " (\(write.reference.lane), epoch \(write.epoch), #\(write.reference.serial.number))"
        if case .outcome(let outcome) = write.outcome {
            switch outcome.verdict {
            case .succeeded: words += " SUCCEEDED"
            case .failed(let cause, _): words += " FAILED \(cause.kind.rawValue)"
            }
        }
        if let cursor = write.cursor { words += " cursor \(cursor.nextOffset)" }
        return words
    }

    private static func say(_ phase: Entry.Phase) -> String {
        switch phase {
        case .accepted: "accepted"
        case .intent: "intent"
        case .submitted(let task): "submitted \(task.id)"
        case .finished: "finished"
        }
    }

    static func say(_ effect: Effect) -> String {
        switch effect {
        case .write(let write): "write \(say(write))"
        case .submit(let order): say(order)
        case .query(let order): "query \(order.taskID)"
        case .probe(let order): "probe \(order.reference.job)"
        case .archive(let order): "archive \(order.reference.job)"
        case .note(_, let note): "note \(note.job) \(note.taskID ?? "lost")"
        case .read(_, let partition, let count): "read \(count) of \(partition.partition)"
        case .release(let lane, let isClean): "release \(lane)\(isClean ? "" : " unclean")"
        case .wake, .report, .stopped: "\(effect)"
        }
    }

    private static func say(_ event: Event) -> String {
        switch event {
        case .laneAcquired(let restore):
            "\(restore.lane) acquired, epoch \(restore.epoch): "
                + restore.entries.map { "\($0.id) \(say($0.phase))" }.joined(separator: ", ")
        case .requestRead(_, let intake): "request \(say(intake))"
        case .committed(let receipts):
            "committed \(receipts.map { "#\($0.serial.number)" }.joined(separator: " "))"
        case .submitted(let submitted): "\(say(submitted.order)) → \(submitted.answer)"
        case .queried(let queried): "\(queried.reference.job) → \(queried.answer)"
        case .policyChanged(let policy): "limits \(policy.accounts.map(\.concurrency))"
        case .requestsMeasured(let lane, let ends, _):
            "\(lane) ends at "
                + ends.sorted { $0.key < $1.key }.map { "\($0.key.partition)@\($0.value)" }
                .joined(separator: " ")
        case .laneResumed, .laneRevoked, .laneLost, .partitionsAdded, .requestsReached, .probed,
            .archived, .lateNoteRead, .drainRequested, .timerFired:
            "\(event)"
        }
    }
}
