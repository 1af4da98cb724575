// `jimeng submit`: hand requests in, and wait for their outcomes if wanted.

import ArgumentParser
import JSON
import Jimeng
import JobEngine
import Kafka
import WorkerRuntime

struct SubmitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "submit",
        abstract: "Hand in one request from flags, or many as JSON lines.",
        discussion: """
            Requests are checked here as a worker will check them, and none is sent if one is wrong. The \
            record's key is the id; one without id gets a new one, which is printed.

            EXAMPLES
              jimeng submit --image https://example.com/cat.jpg --prompt "A cat turns its head" --wait
              jimeng submit --model jimeng_t2v_v30 --prompt "Clouds over the sea" --aspect-ratio 21:9
              jimeng submit --file requests.jsonl
              generate-requests | jimeng submit --wait > outcomes.jsonl
              jimeng submit --cancel 01jd3v…

            Exit code 1 if a job that was waited for failed, 75 if the time for waiting ran out (the jobs \
            go on: jimeng results --id …).
            """)

    @OptionGroup var settings: ConnectionOptions
    @OptionGroup(title: "Request") var request: RequestFlags

    @Option(
        help: ArgumentHelp(
            "Read requests from a file of JSON lines; - for standard input.", valueName: "path"))
    var file: String?
    @Option(help: ArgumentHelp("Give up the job of this id, if it is not done.", valueName: "id"))
    var cancel: String?
    @Flag(help: "Wait for the outcomes.")
    var wait = false
    @Option(
        help: ArgumentHelp("How long to wait, such as 10m; for ever without it.", valueName: "time")
    )
    var timeout: String?
    @Flag(help: "JSON lines also on a terminal.")
    var json = false

    func validate() throws {
        if let timeout, DurationText.duration(timeout) == nil {
            throw ValidationError("--timeout takes a time such as 30s or 10m; got '\(timeout)'")
        }
        let ways = [file != nil, cancel != nil, !request.isEmpty].filter { $0 }.count
        if ways > 1 {
            throw ValidationError("give a request by flags, --file, or --cancel: one of them")
        }
        if ways == 0, Terminal.isInput {
            throw ValidationError(
                "nothing to submit: give --prompt and the like, --file, --cancel, or JSON lines on standard input"
            )
        }
        if cancel != nil, wait { throw ValidationError("--cancel cannot be waited for") }
    }

    func run() async throws {
        let connection = try settings.connection()
        let intake = RequestIntake(
            catalogue: ModelCatalogue(defaultModel: connection.defaultModel))
        let drafts = try drafts(intake)
        if drafts.isEmpty { return Output.note("jimeng: no requests in the input") }
        try await Brokers.require(topics(connection), connection.kafka)
        let shown = json || !Terminal.isOutput
        guard wait else { return try await send(drafts, connection, shown) { _ in } }
        try await waitFor(drafts, connection, shown)
    }

    private func topics(_ connection: ConnectionConfiguration) -> [String] {
        let topics = connection.topics
        return [topics.requests] + (wait ? [topics.results, topics.failures] : [])
    }

    // MARK: Drafts

    private func drafts(_ intake: RequestIntake) throws -> [RequestDraft] {
        if let cancel {
            return [try draft("the cancel", intake) { ["cancel": JSON(cancel)] }]
        }
        if !request.isEmpty {
            return [try draft("the request", intake) { try request.object() }]
        }
        return try DraftLines.read(file, intake)
    }

    private func draft(_ what: String, _ intake: RequestIntake, _ object: () throws -> JSONObject)
        throws -> RequestDraft
    {
        do {
            return try RequestDraft(try object(), intake, makeID: DraftLines.newID)
        } catch let fault as DraftFault {
            throw CommandFailure(.usage, "\(what) is not valid: \(fault)")
        }
    }

    // MARK: Sending

    /// At most so many records in flight.
    private static let batch = 200

    /// Sends everything; `sent` hears of each batch that is written.
    private func send(
        _ drafts: [RequestDraft], _ connection: ConnectionConfiguration, _ isJSON: Bool,
        sent: ([RequestDraft]) -> Void
    ) async throws {
        let producer = try Brokers.made("the producer") { () throws(KafkaError) in
            try Producer(connection.kafka)
        }
        var written = 0
        for start in stride(from: 0, to: drafts.count, by: Self.batch) {
            let part = Array(drafts[start..<min(drafts.count, start + Self.batch)])
            let results: [Result<WrittenRecord, KafkaError>]
            do throws(KafkaError) {
                results = try await producer.write(
                    part.map { $0.record(for: connection.topics.requests) })
            } catch {
                throw Brokers.failure(error, connection.kafka)
            }
            sent(part)
            for (draft, result) in zip(part, results) {
                switch result {
                case .success(let place):
                    written += 1
                    if !wait { report(draft, place, isJSON) }
                case .failure(let error):
                    throw CommandFailure(
                        .unavailable,
                        "\(written) of \(drafts.count) requests were written; \(draft.id) was not: \(error)"
                    )
                }
            }
        }
        await producer.close(within: .seconds(5))
    }

    private func report(_ draft: RequestDraft, _ place: WrittenRecord, _ isJSON: Bool) {
        guard isJSON else {
            let word = cancel == nil ? "handed in" : "cancel of"
            return Output.line("\(word) \(draft.id)  (\(place.partition)@\(place.offset))")
        }
        let line: JSON = [
            "id": JSON(draft.id.text), "topic": JSON(place.partition.topic),
            "partition": JSON(place.partition.partition), "offset": JSON(place.offset),
        ]
        Output.line(line.serialized())
    }

    // MARK: Waiting

    private func waitFor(
        _ drafts: [RequestDraft], _ connection: ConnectionConfiguration, _ isJSON: Bool
    ) async throws {
        let topics = connection.topics
        let reader = try Brokers.made("the reader") { () throws(KafkaError) in
            try OutcomeReader(
                connection.kafka,
                topics: [topics.results, topics.failures] + (topics.progress.map { [$0] } ?? []))
        }
        let events: AsyncStream<OutcomeReader.Event>
        do {
            // Before anything is sent: an outcome may be quicker than we are.
            events = try await reader.start(.now)
        } catch {
            throw Brokers.failure(error, connection.kafka)
        }
        let board = WaitBoard(
            drafts.map(\.id.text), isJSON: isJSON, isLive: Terminal.isError,
            limit: timeout.flatMap(DurationText.duration))
        await Signals.onStop { signal, _ in
            Output.note(
                "\nthe jobs go on without this command: jimeng results --from-beginning --id …")
            Signals.exitNow(128 + signal.number)
        }
        try await send(drafts, connection, isJSON) { _ in }
        let end = await board.follow(events)
        await reader.close()
        switch end {
        case .allSucceeded: return
        case .someFailed: throw ExitCode(ExitStatus.failure.rawValue)
        case .timedOut(let open):
            throw CommandFailure(
                .temporary,
                "\(open.count) of \(drafts.count) not finished within \(timeout ?? ""): they go on; "
                    + "later: jimeng results --from-beginning "
                    + open.prefix(3).map { "--id \($0)" }.joined(separator: " "))
        case .broken(let error): throw CommandFailure(.internal, "\(error)")
        }
    }
}
