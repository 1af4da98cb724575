// The way of one id through the topics, put together from every record that is still there.

import JSON
package import JobEngine
package import Kafka

/// Gathers the records of one id and tells them as events in the order of their times. Pure.
package struct JobHistory: Sendable {
    /// Something that a record says.
    package struct Event: Sendable, Equatable {
        package enum Kind: String, Sendable {
            case request, cancel, ledger, note, progress, result, failure
        }

        package var kind: Kind
        package var at: Instant?
        package var partition: TopicPartition
        package var offset: Int64
        /// Worker and epoch, where the record names them.
        package var owner: String?
        /// What happened, in a line.
        package var text: String
        /// More, a line each.
        package var details: [String] = []
    }

    package let id: JobID
    package private(set) var events: [Event] = []
    /// The places of the requests that the ledger or outcomes name, in the order in which they were met.
    package private(set) var sources: [Source] = []
    /// Sources whose first entry is not the one with which a job begins.
    package private(set) var isCompacted = false
    /// The latest entry of each lane.
    package private(set) var latest: [Int: JobSnapshot] = [:]
    package private(set) var outcomes: [OutcomeView] = []
    private var priorSource: [Int: Source] = [:]

    package init(_ id: JobID) {
        self.id = id
    }

    package var isEmpty: Bool { events.isEmpty }

    private mutating func add(
        _ kind: Event.Kind, _ record: Record, owner: String? = nil, _ text: String,
        _ details: [String] = []
    ) {
        events.append(
            Event(
                kind: kind,
                at: record.timestampMilliseconds.map { Instant(milliseconds: $0) },
                partition: record.topicPartition, offset: record.offset, owner: owner, text: text,
                details: details))
    }

    private mutating func remember(_ source: Source?) {
        if let source, !sources.contains(source) { sources.append(source) }
    }

    // MARK: Ledger

    /// A record of the ledger, whatever it is about.
    package mutating func takeLedger(_ record: Record) {
        switch LedgerRecord(record).content {
        case .job(let job) where job.id == id: take(job, record)
        case .forgotten(let job) where job == id:
            add(.ledger, record, "the id is forgotten: it may be used again")
            latest[Int(record.partition)] = nil
        case .note(let job, let note) where job == id:
            add(.note, record, owner: note["worker"]?.string, Self.text(of: note))
        case .noteSettled(let job) where job == id:
            add(.note, record, "the owner has dealt with the note")
        case .job, .forgotten, .note, .noteSettled, .cursor, .bookkeeping, .other: break
        }
    }

    private static func text(of note: JSONObject) -> String {
        let number = note["attempt"]?.int
        if note["lost"]?.bool == true {
            let submit = number.map { "attempt \($0)" } ?? "the submit"
            return "an operator says that \(submit) became no task"
        }
        let task = note["task_id"]?.string ?? "?"
        let attempt = number.map { " of attempt \($0)" } ?? ""
        let request = note["request_id"]?.string.map { " (request id \($0))" } ?? ""
        return "late news: the task\(attempt) is \(task)\(request)"
    }

    private mutating func take(_ job: JobSnapshot, _ record: Record) {
        let lane = Int(record.partition)
        let prior = latest[lane].flatMap { $0.source == job.source ? $0 : nil }
        if prior == nil {
            if job.state != "accepted" || job.attempt > 0 { isCompacted = true }
        }
        remember(job.source)
        let telling = JobTelling(job: job, prior: prior)
        add(.ledger, record, owner: job.owner, telling.text, telling.details)
        latest[lane] = job
    }

    // MARK: Other topics

    /// The record at a source, or one in the backlog that names the id.
    package mutating func takeRequest(_ record: Record) {
        let value = (record.value).flatMap { try? JSON(parsing: $0) }
        let key = record.key.map { "key " + String(decoding: $0, as: UTF8.self) } ?? "no key"
        if let cancelled = value?["cancel"]?.string {
            add(.cancel, record, "cancel of \(cancelled)", [key])
            return
        }
        var details = [key]
        if let value = record.value { details.append("\(value.count) bytes") }
        for name in ["model", "tenant", "priority", "not_before", "deadline"] {
            guard let wish = value?[name], !wish.isNull else { continue }
            details.append("\(name) \(wish.string ?? wish.description)")
        }
        for header in record.headers where header.name == "traceparent" {
            details.append(
                "traceparent \(String(decoding: header.value ?? [], as: UTF8.self))")
        }
        add(.request, record, "requested", [details.joined(separator: ", ")])
    }

    /// A record of an output topic; those of other ids are passed by.
    package mutating func takeOutcome(_ record: Record) {
        guard record.key.map({ $0.elementsEqual(id.utf8) }) ?? false,
            let value = record.value, let view = OutcomeView(value)
        else { return }
        guard view.status != nil else {
            return add(
                .progress, record, owner: view.record["worker"]?.string,
                (view.stage ?? "?").replacing("_", with: " "))
        }
        outcomes.append(view)
        remember(view.source)
        add(
            view.isFailure ? .failure : .result, record, owner: view.record["worker"]?.string,
            (view.isFailure ? "failed: " : "succeeded ") + view.text, view.details)
    }

    /// In the order of time; of one time, as it must have been.
    package var timeline: [Event] {
        func rank(_ event: Event) -> (Int64, Int, Int64) {
            let order =
                switch event.kind {
                case .request: 0
                case .cancel: 1
                case .note: 2
                case .ledger: 3
                case .progress: 4
                case .result, .failure: 5
                }
            return (event.at?.milliseconds ?? .max, order, event.offset)
        }
        return events.sorted { rank($0) < rank($1) }
    }
}

extension JobSnapshot {
    /// `worker-1, epoch 3`.
    package var owner: String? {
        guard let worker else { return nil }
        return worker + (epoch.map { ", epoch \($0)" } ?? "")
    }
}

extension OutcomeView {
    package var source: Source? {
        guard let source = record["source"]?.object, let topic = source["topic"]?.string,
            let partition = source["partition"]?.int64.flatMap(Int32.init(exactly:)),
            let offset = source["offset"]?.int64
        else { return nil }
        return Source(topic: topic, partition: partition, offset: offset)
    }

    /// `3.25 CNY (estimated)`.
    package var costText: String? {
        guard let cost = record["cost"]?.object, let amount = cost["amount"] else { return nil }
        let estimated = cost["estimated"]?.bool == true ? " (estimated)" : ""
        return (amount.string ?? amount.description) + " " + (cost["currency"]?.string ?? "")
            + estimated
    }

    /// Attempts, queries, money, the provider's request id and what is known of a lost answer.
    var details: [String] {
        var lines: [String] = []
        let counts = ["attempts", "queries"].compactMap { name in
            record[name]?.int.map { "\(name) \($0)" }
        }
        let task = record["task_id"]?.string.map { "task \($0)" }
        let account = record["account"]?.string.map { "account \($0)" }
        let money = costText.map { isFailure ? "perhaps \($0)" : $0 }
        lines.append((counts + [task, account, money].compactMap { $0 }).joined(separator: ", "))
        if let request = record["error"]?["request_id"]?.string {
            lines.append("request id \(request)")
        }
        if let evidence = record["error"]?["evidence"]?.object {
            lines.append(
                "evidence: "
                    + evidence.map { "\($0.key) \($0.value.string ?? $0.value.description)" }
                    .joined(separator: ", "))
        }
        if record["may_have_been_paid_twice"]?.bool == true {
            lines.append("may have been paid twice")
        }
        return lines
    }
}
