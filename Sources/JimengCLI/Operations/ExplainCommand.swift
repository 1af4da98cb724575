// `jimeng explain`: everything that the topics say about one id.

import ArgumentParser
import JSON
import JobEngine
import Kafka
import WorkerRuntime

struct ExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Tell the story of one job, rebuilt from the topics.",
        discussion: """
            Reads the ledger whole, then the request where the ledger says it stands, then the outcome topics; \
            of an id that no worker has met, it looks through the requests that wait. What compaction has \
            removed from the ledger cannot be told; the topic's min.compaction.lag.ms says how long every \
            step stays.

            EXAMPLES
              jimeng explain hello-1
              jimeng explain hello-1 --json | jq '.events[] | [.at, .owner, .text]'

            Exit code 1 if nothing is known of the id.
            """)

    @OptionGroup var settings: ConnectionOptions
    @Argument(help: "The id of the job.")
    var id: String
    @Flag(help: "Leave out the outcome topics, which may be long.")
    var ledgerOnly = false
    @Flag(help: "One JSON object.")
    var json = false

    func run() async throws {
        let session = try await LogSession(settings) {
            [$0.requests, $0.ledger, $0.results, $0.failures]
        }
        let topics = session.connection.topics
        var history = JobHistory(JobID(id))
        var view = LedgerView()
        try await session.read(topics.ledger) {
            history.takeLedger($0)
            view.take($0)
        }
        if !ledgerOnly {
            let progress = try await progressTopic(session)
            for topic in [topics.results, topics.failures] + progress {
                try await session.read(topic) { history.takeOutcome($0) }
            }
        }
        try await readRequests(session, &history)
        try await readBacklog(session, view, &history)
        await session.close()
        guard !history.isEmpty else {
            throw CommandFailure(
                .failure,
                "nothing is known of \(Terminal.plain(id)): no ledger entry, no outcome, no request that waits. "
                    + "Ids are forgotten after the dedup window, outcomes after their topics' retention"
            )
        }
        json ? Output.line(jsonText(history)) : show(history)
    }

    /// Only where it is set and there.
    private func progressTopic(_ session: LogSession) async throws -> [String] {
        guard let topic = session.connection.topics.progress else { return [] }
        try await Brokers.require([topic], session.connection.kafka)
        return [topic]
    }

    private func readRequests(_ session: LogSession, _ history: inout JobHistory) async throws {
        let topic = session.connection.topics.requests
        let ends = try await session.ranges(of: topic)
        for source in history.sources {
            let partition = TopicPartition(source.partition.topic, source.partition.partition)
            guard let range = ends[partition], range.contains(source.offset) else { continue }
            try await session.read(topic, [partition: source.offset..<source.offset + 1]) {
                history.takeRequest($0)
            }
        }
    }

    /// Requests and cancels that no worker has taken in yet.
    private func readBacklog(
        _ session: LogSession, _ view: LedgerView, _ history: inout JobHistory
    ) async throws {
        let topic = session.connection.topics.requests
        var waiting: [Record] = []
        let known = history.sources
        let wanted = JobID(id)
        try await session.read(topic, try await session.backlog(view)) { record in
            let source = Source(
                topic: record.topic, partition: record.partition, offset: record.offset)
            if !known.contains(source), BacklogRecord(record).id == wanted {
                waiting.append(record)
            }
        }
        for record in waiting { history.takeRequest(record) }
    }

    // MARK: Showing

    private func show(_ history: JobHistory) {
        let now = Moments.now
        Output.line(Style.title(Terminal.plain(id)) + "  " + Terminal.plain(headline(history, now)))
        let timeline = history.timeline
        var last: Instant?
        for event in timeline {
            Output.line("")
            let gap = zip2(last, event.at).map { "  +\(Moments.exact($1 - $0))" } ?? ""
            let time = event.at.map(Timestamp.text) ?? "at an unknown time"
            let place = "[\(event.partition)@\(event.offset)]"
            let parts = [time + gap, event.owner, place].compactMap { $0 }
            Output.line(Terminal.plain(parts.joined(separator: "  ")))
            Output.line("  " + Style.title(Terminal.plain(event.text)))
            for detail in event.details { Output.line("  " + Terminal.plain(detail)) }
            last = event.at ?? last
        }
        Output.line("")
        for line in remarks(history, now) { Output.line(Terminal.plain(line)) }
    }

    private func zip2<A, B>(_ a: A?, _ b: B?) -> (A, B)? {
        if let a, let b { (a, b) } else { nil }
    }

    private func headline(_ history: JobHistory, _ now: Instant) -> String {
        let stages = history.latest.values.map { JobLine.state($0, at: now) }
        let state =
            stages.isEmpty
            ? (history.outcomes.isEmpty
                ? "not yet accepted by a worker" : "no longer in the ledger")
            : stages.joined(separator: " and ")
        let model =
            history.latest.values.first?.model ?? history.outcomes.last?.record["model"]?.string
        return [state, model].compactMap { $0 }.joined(separator: "  ")
    }

    private func remarks(_ history: JobHistory, _ now: Instant) -> [String] {
        var lines: [String] = []
        for job in history.latest.values.sorted(by: { $0.lane < $1.lane }) where !job.isFinished {
            let next = JobLine.next(job, at: now)
            lines.append("next: \(next); in lane \(job.lane), last written by \(job.owner ?? "?")")
        }
        if history.latest.count > 1 {
            lines.append(
                "the id stands in \(history.latest.count) lanes: its requests went to different partitions, "
                    + "so they were not recognised as duplicates")
        }
        if history.isCompacted {
            lines.append("earlier entries of the ledger have been removed by compaction")
        }
        let told = Set(
            history.events.filter { $0.kind == .request }.map { "\($0.partition)@\($0.offset)" })
        for source in history.sources {
            let place = "\(source.partition.topic)-\(source.partition.partition)@\(source.offset)"
            if !told.contains(place) { lines.append("the request at \(place) is no longer there") }
        }
        if let outcome = history.outcomes.last, let cost = outcome.costText {
            lines.append("money: " + (outcome.isFailure ? "perhaps " : "") + cost)
        }
        return lines
    }

    private func jsonText(_ history: JobHistory) -> [UInt8] {
        let now = Moments.now
        let events = history.timeline.map { event -> JSON in
            var line: JSONObject = ["kind": JSON(event.kind.rawValue)]
            line["at"] = event.at.map { JSON(Timestamp.text($0)) }
            line["owner"] = event.owner.map { JSON($0) }
            line["text"] = JSON(event.text)
            line["details"] = event.details.isEmpty ? nil : JSON(event.details.map { JSON($0) })
            line["topic"] = JSON(event.partition.topic)
            line["partition"] = JSON(event.partition.partition)
            line["offset"] = JSON(event.offset)
            return JSON(line)
        }
        let jobs = history.latest.values.sorted { $0.lane < $1.lane }
        let whole: JSONObject = [
            "id": JSON(id), "compacted": JSON(history.isCompacted),
            "jobs": JSON(jobs.map { JobLine.json($0, at: now) }),
            "outcomes": JSON(history.outcomes.map { JSON($0.record) }), "events": JSON(events),
        ]
        return JSON(whole).serialized()
    }
}
