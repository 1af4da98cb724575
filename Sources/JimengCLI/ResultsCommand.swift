// `jimeng results`: follow what comes out.

import ArgumentParser
import JSON
import JobEngine
import Kafka
import WorkerRuntime

struct ResultsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "results",
        abstract: "Follow results and failures; JSON lines in a pipe.",
        discussion: """
            Reads committed records only, as part of no consumer group, until Ctrl-C.

            EXAMPLES
              jimeng results                                from now on
              jimeng results --last 20 --no-follow          the last 20 there are
              jimeng results --from-beginning --failures | jq .error.kind
              jimeng results --from-beginning --id hello-1
            """)

    @OptionGroup var settings: ConnectionOptions
    @Flag(help: "Begin with the oldest record that is there.")
    var fromBeginning = false
    @Option(help: ArgumentHelp("Begin with the last so many records.", valueName: "number"))
    var last: Int?
    @Flag(help: "End when everything that is there has been shown.")
    var noFollow = false
    @Flag(name: .customLong("results"), help: "Results only.")
    var resultsOnly = false
    @Flag(name: .customLong("failures"), help: "Failures only.")
    var failuresOnly = false
    @Option(help: "Only the outcome of this id. May be repeated.")
    var id: [String] = []
    @Flag(help: "JSON lines also on a terminal.")
    var json = false

    func validate() throws {
        if resultsOnly, failuresOnly {
            throw ValidationError(
                "--results and --failures exclude each other; both is the default")
        }
        if last != nil, fromBeginning {
            throw ValidationError("--last and --from-beginning exclude each other")
        }
        if let last, !(1...1_000_000).contains(last) {
            throw ValidationError("--last is \(last); allowed are 1 to 1000000")
        }
    }

    func run() async throws {
        let connection = try settings.connection()
        let topics =
            (failuresOnly ? [] : [connection.topics.results])
            + (resultsOnly ? [] : [connection.topics.failures])
        try await Brokers.require(topics, connection.kafka)
        let reader = try Brokers.made("the reader") { () throws(KafkaError) in
            try OutcomeReader(connection.kafka, topics: topics)
        }
        let events: AsyncStream<OutcomeReader.Event>
        do {
            events = try await reader.start(start)
        } catch {
            throw Brokers.failure(error, connection.kafka)
        }
        try await show(events)
        await reader.close()
    }

    private var start: OutcomeReader.Start {
        if fromBeginning { return .beginning }
        return last.map { .last($0) } ?? .now
    }

    private func show(_ events: AsyncStream<OutcomeReader.Event>) async throws {
        let printer = OutcomePrinter(isJSON: json || !Terminal.isOutput)
        let wanted = Set(id)
        // `--last` is over all partitions: their ends are gathered before anything is shown.
        var gathered: [Record]? = last == nil ? nil : []
        for await event in events {
            switch event {
            case .records(let records):
                let records = records.filter { Self.isWanted($0, wanted) }
                if gathered == nil {
                    for record in records { printer.show(record) }
                } else {
                    gathered? += records
                }
            case .caughtUp:
                let tail = (gathered ?? []).sorted { Self.time($0) < Self.time($1) }
                    .suffix(last ?? 0)
                for record in tail { printer.show(record) }
                gathered = nil
                if noFollow { return }
            case .trouble(let error):
                Output.note("jimeng: \(error.message); trying again")
            case .fatal(let error):
                throw CommandFailure(.internal, "\(error)")
            }
        }
    }

    private static func isWanted(_ record: Record, _ wanted: Set<String>) -> Bool {
        wanted.isEmpty
            || record.key.map { wanted.contains(String(decoding: $0, as: UTF8.self)) } ?? false
    }

    private static func time(_ record: Record) -> Int64 { record.timestampMilliseconds ?? 0 }
}

/// Outcomes as lines: the record itself, or what people want to know of it.
struct OutcomePrinter {
    let isJSON: Bool

    func show(_ record: Record) {
        guard let value = record.value else { return }
        if isJSON {
            // Records are compact JSON; one that is not must not break the line.
            Output.line(value.map { $0 == UInt8(ascii: "\n") ? UInt8(ascii: " ") : $0 })
        } else if let view = OutcomeView(value) {
            Output.line(line(view, record))
        } else {
            Output.line("unreadable  \(record.topicPartition)@\(record.offset)")
        }
    }

    private func line(_ view: OutcomeView, _ record: Record) -> String {
        let time = record.timestampMilliseconds.map {
            String(Timestamp.text(Instant(milliseconds: $0)).prefix(19)) + "Z  "
        }
        let status = (view.status ?? view.stage ?? "?").padded(to: 10)
        return Terminal.plain("\(time ?? "")\(status) \(view.id)  \(view.text)")
    }
}
