// `jimeng submit`: hand requests in, and wait for their outcomes if wanted.

import ArgumentParser
import FoundationEssentials
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

    @OptionGroup var settings: SettingOptions
    @OptionGroup(title: "Request") var request: RequestFlags

    @Option(
        help: ArgumentHelp(
            "Read requests from a file of JSON lines; - for standard input.", valueName: "path"))
    var file: String?
    @Option(help: ArgumentHelp("Give up the job of this id, if it is not done.", valueName: "id"))
    var cancel: String?
    @Flag(help: "Wait for the outcomes.")
    var wait = false
    @Option(help: ArgumentHelp("How long to wait, such as 10m; for ever without it.", valueName: "time"))
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
                        "\(written) of \(drafts.count) requests were written; \(draft.id) was not: \(error)")
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
            "id": JSON(draft.id), "topic": JSON(place.partition.topic),
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
            drafts.map(\.id), isJSON: isJSON, isLive: Terminal.isError,
            limit: timeout.flatMap(DurationText.duration))
        await Signals.onStop { signal, _ in
            Output.note("\nthe jobs go on without this command: jimeng results --from-beginning --id …")
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

/// A request's members as flags.
struct RequestFlags: ParsableArguments {
    @Option(help: "What is to be seen.") var prompt: String?
    @Option(help: ArgumentHelp("Address of an image. May be repeated.", valueName: "url"))
    var image: [String] = []
    @Option(
        help: ArgumentHelp(
            "Image from a file, sent inside of the request (small ones only). May be repeated.",
            valueName: "path"))
    var imageFile: [String] = []
    @Option(help: ArgumentHelp("The provider's model (req_key).", valueName: "key"))
    var model: String?
    @Option(help: ArgumentHelp("Such as 16:9, or auto: from the image.", valueName: "ratio"))
    var aspectRatio: String?
    @Option(help: "From -1 (any) to 18446744073709551615.") var seed: String?
    @Option(help: "Length of a video: 24 a second and one more.") var frames: Int?
    @Option(help: "The job's id; a new one without it.") var id: String?
    @Option(help: "From 0 (can wait) to 9 (first).") var priority: Int?
    @Option(help: "On whose behalf.") var tenant: String?
    @Option(help: ArgumentHelp("Not to be submitted earlier (RFC 3339).", valueName: "time"))
    var notBefore: String?
    @Option(help: ArgumentHelp("Worthless later (RFC 3339).", valueName: "time"))
    var deadline: String?
    @Option(
        help: ArgumentHelp("Comes back in the outcome. May be repeated.", valueName: "key=value"))
    var metadata: [String] = []
    @Option(
        help: ArgumentHelp(
            "Sent to the provider as it is; a value in JSON, or text. May be repeated.",
            valueName: "key=value"))
    var parameter: [String] = []
    @Flag(help: "Let a model through that the catalogue does not know.") var uncatalogued = false

    var isEmpty: Bool {
        prompt == nil && image.isEmpty && imageFile.isEmpty && model == nil && aspectRatio == nil
            && seed == nil && frames == nil && id == nil && priority == nil && tenant == nil
            && notBefore == nil && deadline == nil && metadata.isEmpty && parameter.isEmpty
            && !uncatalogued
    }

    /// The request as JSON; whether it is valid is for others to say.
    func object() throws -> JSONObject {
        var object: JSONObject = [:]
        object["id"] = id.map { JSON($0) }
        object["model"] = model.map { JSON($0) }
        object["prompt"] = prompt.map { JSON($0) }
        if !image.isEmpty { object["image_urls"] = .array(image.map { JSON($0) }) }
        if !imageFile.isEmpty {
            object["images_base64"] = .array(try imageFile.map { JSON(try Self.base64($0)) })
        }
        object["aspect_ratio"] = aspectRatio.map { JSON($0) }
        object["seed"] = seed.map { JSONNumber(text: $0).map { JSON($0) } ?? JSON($0) }
        object["frames"] = frames.map { JSON($0) }
        if !parameter.isEmpty { object["parameters"] = .object(try Self.pairs(parameter, "--parameter")) }
        object["priority"] = priority.map { JSON($0) }
        object["tenant"] = tenant.map { JSON($0) }
        object["not_before"] = notBefore.map { JSON($0) }
        object["deadline"] = deadline.map { JSON($0) }
        if !metadata.isEmpty { object["metadata"] = .object(try Self.pairs(metadata, "--metadata")) }
        if uncatalogued { object["uncatalogued"] = true }
        return object
    }

    static func base64(_ path: String) throws -> String {
        guard let data = try? Data(contentsOf: URL(filePath: path)) else {
            throw CommandFailure(.usage, "the image \(path) cannot be read: check the path")
        }
        return data.base64EncodedString()
    }

    private static func pairs(_ texts: [String], _ flag: String) throws -> JSONObject {
        var object: JSONObject = [:]
        for text in texts {
            guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
                throw CommandFailure(.usage, "\(flag) takes key=value; got '\(text)'")
            }
            let value = String(text[text.index(after: equals)...])
            object[String(text[..<equals])] =
                (try? JSON(parsing: Array(value.utf8))) ?? JSON(value)
        }
        return object
    }
}

/// Requests as lines of JSON.
enum DraftLines {
    static func newID() -> String {
        TimeOrderedID.make(at: Instant(milliseconds: SteadyClock.wallMilliseconds))
    }

    /// All drafts of a file or of standard input; every wrong line is named, and then nothing is sent.
    static func read(_ path: String?, _ intake: RequestIntake) throws -> [RequestDraft] {
        let isInput = path == nil || path == "-"
        guard
            let data = isInput
                ? try? FileHandleInput.readAll() : try? Data(contentsOf: URL(filePath: path ?? ""))
        else { throw CommandFailure(.usage, "\(path ?? "standard input") cannot be read") }
        var drafts: [RequestDraft] = []
        var faults: [String] = []
        var lines: [String: Int] = [:]
        for (index, line) in data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .enumerated()
        {
            if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { continue }
            do throws(DraftFault) {
                let draft = try RequestDraft(Array(line), intake, makeID: newID)
                drafts.append(draft)
                if let first = lines.updateValue(index + 1, forKey: draft.id) {
                    faults.append("line \(index + 1): the id \(draft.id) is that of line \(first)")
                }
            } catch {
                faults.append("line \(index + 1): \(error)")
            }
        }
        guard faults.isEmpty else {
            let shown = faults.prefix(20).map { "  \($0)" }.joined(separator: "\n")
            let more = faults.count > 20 ? "\n  … and \(faults.count - 20) more" : ""
            throw CommandFailure(
                .usage, "nothing was sent: \(faults.count) of the lines are not valid:\n\(shown)\(more)")
        }
        return drafts
    }
}
