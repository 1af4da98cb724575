// `jimeng generate`: one video without Kafka.

import ArgumentParser
import JSON
import Jimeng
import JobEngine
import Logging
import MediaAccess
import WorkerRuntime

struct GenerateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate",
        abstract: "Make one video (or picture) without Kafka: submit, wait, download.",
        discussion: """
            Keys come from JIMENG_ACCESS_KEY and JIMENG_SECRET_KEY (or …_FILE), never from the command line, \
            which others on the machine can read. Without --image and --prompt the default model makes a \
            sample. The link goes to standard output, words about the work to standard error.

            EXAMPLES
              jimeng generate --image https://example.com/cat.jpg --prompt "A cat turns its head"
              jimeng generate --model jimeng_t2v_v30 --prompt "Clouds over the sea" --download sea.mp4
              jimeng generate --task 7392616336519610409      ask for a task again
              jimeng generate --endpoint http://127.0.0.1:8080 --image http://127.0.0.1:8080/images/jpeg-16x9.jpg

            The submit is paid when it is accepted. If its answer is lost, that is said, and nothing is \
            submitted again. Ctrl-C leaves the task running and prints how to ask for it later.

            Exit code 1 if there is no video, 69 unreachable, 75 not finished in time, 78 wrong keys.
            """)

    @OptionGroup var settings: SettingOptions
    @OptionGroup(title: "Request") var request: GenerateFlags

    @Option(help: ArgumentHelp("Ask for a task that was submitted before.", valueName: "id"))
    var task: String?
    @Option(name: [.short, .long], help: ArgumentHelp("Save the product here.", valueName: "file"))
    var download: String?
    @Option(help: ArgumentHelp("The provider's address (JIMENG_ENDPOINT).", valueName: "url"))
    var endpoint: String?
    @Option(help: "Tries after a refusal that passes, 0 to 20.")
    var retries = 3
    @Option(help: ArgumentHelp("How long to wait for the task.", valueName: "time"))
    var timeout = "30m"
    @Option(help: ArgumentHelp("Also log to this file.", valueName: "path"))
    var logFile: String?
    @Flag(name: .customLong("log"), help: "Also log to jimeng_video.log.")
    var logsToStandardFile = false
    @Flag(help: "Say more.")
    var debug = false
    @Flag(help: "Print the product as a JSON line.")
    var json = false

    func validate() throws {
        if !(0...20).contains(retries) {
            throw ValidationError("--retries is \(retries); allowed are 0 to 20")
        }
        guard DurationText.duration(timeout) != nil else {
            throw ValidationError("--timeout takes a time such as 10m; got '\(timeout)'")
        }
        if let task, TaskID(task) == nil {
            throw ValidationError("--task '\(task)' is no task id")
        }
    }

    func run() async throws {
        let provider = try settings.configured([("JIMENG_ENDPOINT", "--endpoint", endpoint)]) {
            (sources) throws(ConfigurationMistakes) in try ProviderConfiguration(sources)
        }
        let view = GenerateView(
            log: try GenerateLog.open(logFile ?? (logsToStandardFile ? "jimeng_video.log" : nil)),
            isDebug: debug)
        let submission = try task == nil ? prepared() : nil
        let generation = try generation(provider, view)
        await Signals.onStop { signal, _ in
            view.interrupted()
            Signals.exitNow(128 + signal.number)
        }
        let result: Result<SingleGeneration.Product, SingleGeneration.Failure>
        do throws(SingleGeneration.Failure) {
            result = .success(try await make(submission, generation, view))
        } catch {
            result = .failure(error)
        }
        await generation.client.shutdown()
        switch result {
        case .success(let product):
            view.done(product)
            if json { printJSON(product) } else { for link in product.links { Output.line(link) } }
            try await save(product, provider, view)
        case .failure(let error):
            let failure = GenerateEnding.failure(error, resume: resume)
            view.fail(failure.message)
            throw failure
        }
    }

    private var modelKey: String { request.model ?? ModelCatalogue.standardModel }

    private func prepared() throws -> PreparedSubmission {
        do {
            return try ModelCatalogue().validate(try request.generation())
        } catch let error as JimengError {
            throw CommandFailure(.usage, "\(error)")
        }
    }

    private func generation(_ provider: ProviderConfiguration, _ view: GenerateView) throws
        -> SingleGeneration
    {
        guard let account = provider.accounts.first else {
            throw CommandFailure(.configuration, "no account is configured")
        }
        do {
            var generation = SingleGeneration(
                client: try JimengClient(
                    credentials: account.credentials, settings: provider.clientSettings),
                prober: ImageProbe(fetch: fetch(provider)), clock: SteadyClock(),
                report: { view.show($0) })
            generation.retries = retries
            generation.timeout = DurationText.duration(timeout) ?? .seconds(1800)
            return generation
        } catch {
            throw CommandFailure(.configuration, "\(error)")
        }
    }

    /// What is public may be fetched; next to a simulator on this machine, its files too.
    private func fetch(_ provider: ProviderConfiguration) -> GuardedFetch {
        var fetch = GuardedFetch()
        guard !provider.endpoint.isEncrypted else { return fetch }
        fetch.gate = FetchGuard(
            ports: [80, 443, provider.endpoint.port ?? 80],
            allowedNetworks: ["127.0.0.0/8", "::1/128"].compactMap { IPNetwork($0) })
        return fetch
    }

    private func make(
        _ submission: PreparedSubmission?, _ generation: SingleGeneration, _ view: GenerateView
    ) async throws(SingleGeneration.Failure) -> SingleGeneration.Product {
        if let submission {
            let ratio = await generation.ratio(for: submission)
            view.inTheAir()
            let task = try await generation.submit(submission, ratio: ratio)
            view.follow(task, resume: resume(task.text))
            return try await generation.follow(task, model: submission.modelKey, submission.model)
        }
        guard let task = task.flatMap({ TaskID($0) }) else {
            preconditionFailure("without a submission there is a task; validate() has seen to it")
        }
        view.follow(task, resume: resume(task.text))
        return try await generation.follow(task, model: modelKey, ModelCatalogue().model(modelKey))
    }

    /// How to ask for the task again.
    private func resume(_ task: String) -> String {
        let model = request.model.map { " --model \($0)" } ?? ""
        let endpoint = endpoint.map { " --endpoint \($0)" } ?? ""
        let download = download.map { " --download \($0)" } ?? ""
        return "jimeng generate --task \(task)\(model)\(endpoint)\(download)"
    }

    private func printJSON(_ product: SingleGeneration.Product) {
        let line: JSON = [
            "task_id": JSON(product.taskID.text), "links": .array(product.links.map { JSON($0) }),
            "expires_at": JSON(Timestamp.text(product.expiresAt)), "queries": JSON(product.queries),
        ]
        Output.line(line.serialized())
    }

    // MARK: Download

    /// A video of ten seconds has some tens of megabytes.
    private static let largest = 2 << 30

    private func save(
        _ product: SingleGeneration.Product, _ provider: ProviderConfiguration, _ view: GenerateView
    ) async throws {
        guard let download else { return }
        let loader = MediaDownload(fetch: fetch(provider))
        for (index, link) in product.links.enumerated() {
            let path = index == 0 ? download : "\(download).\(index + 1)"
            do throws(MediaError) {
                let size = try await loader.download(link, to: path, limit: Self.largest) {
                    view.received($0)
                }
                view.saved(path, size)
            } catch {
                let text = "\(path) was not saved: \(error) The link still works for a while"
                view.fail(text)
                throw CommandFailure(.failure, text)
            }
        }
    }
}
