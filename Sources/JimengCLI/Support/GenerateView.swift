// What `jimeng generate` says on its way: words and a bar on standard error, and a log if wanted.

import FoundationEssentials
import Jimeng
import JobEngine
import Logging
import MediaAccess
import Synchronization
import WorkerRuntime

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

enum GenerateLog {
    /// A logger to a file, or none.
    static func open(_ path: String?) throws -> Logger? {
        guard let path else { return nil }
        #if canImport(Glibc)
            let descriptor = Glibc.open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        #else
            let descriptor = Darwin.open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        #endif
        guard descriptor >= 0 else {
            throw CommandFailure(
                .usage,
                "the log file \(path) cannot be written: \(String(cString: strerror(errno))); "
                    + "choose another with --log-file, or leave it out")
        }
        var settings = LogSettings()
        settings.level = .debug
        return settings.logger(isTerminal: true, sink: LineSink(descriptor: descriptor))
    }
}

/// Shows one generation. Calls come from several tasks.
final class GenerateView: Sendable {
    private struct State {
        var lines = LiveLines()
        /// A submit whose answer is not there yet.
        var isInTheAir = false
        var resume: String?
        var task: TaskID?
        var since: ContinuousClock.Instant?
        var status = "waiting"
        var queries = 0
        var isOver = false
    }

    private let state = Mutex(State())
    private let log: Logger?
    private let isDebug: Bool
    private let isLive = Terminal.isError

    init(log: Logger?, isDebug: Bool) {
        self.log = log
        self.isDebug = isDebug
    }

    private func say(_ text: String, level: Logger.Level = .info) {
        log?.log(level: level, "\(text)")
        state.withLock { state in
            if isLive {
                state.lines.draw(final: [text], live: live(state))
            } else {
                Output.note(text)
            }
        }
    }

    private func whisper(_ text: String) {
        if isDebug { return say(text, level: .debug) }
        log?.debug("\(text)")
    }

    func show(_ event: SingleGeneration.Event) {
        switch event {
        case .measured(let size, let ratio):
            say("image is \(size) -> aspect ratio \(ratio)")
        case .notMeasured(let reason, let ratio):
            say(
                "the image could not be measured: \(reason) Aspect ratio \(ratio).", level: .warning
            )
        case .submitting(let attempt):
            say(attempt == 1 ? "submitting …" : "submitting again (try \(attempt)) …")
        case .refused(let reason, let pause, let left):
            say(
                "not accepted: \(reason); again in \(ProgressBar.time(pause)) (\(left) tries left)",
                level: .warning)
        case .accepted(let task):
            say("accepted | task id: \(task)")
        case .looked(let status, let age, let queries):
            looked(status, age, queries)
        case .unclear(let reason):
            whisper("no news: \(reason)")
        }
    }

    private func looked(_ status: String, _ age: Duration, _ queries: Int) {
        let isNews = state.withLock { state in
            defer { (state.status, state.queries) = (status, queries) }
            return state.status != status
        }
        log?.debug("\(status)", metadata: ["queries": "\(queries)"])
        if isLive { return draw() }
        // Without a terminal: what is new, and a sign of life now and then.
        if isNews || queries % 10 == 0 || isDebug {
            Output.note("\(status), \(ProgressBar.time(age)), \(queries) queries")
        }
    }

    // MARK: The bar

    func inTheAir() { state.withLock { $0.isInTheAir = true } }

    /// From here on there is a task to ask for.
    func follow(_ task: TaskID, resume: String) {
        state.withLock { state in
            state.isInTheAir = false
            state.task = task
            state.resume = resume
            state.since = .now
        }
        guard isLive else { return }
        Task {
            while !state.withLock(\.isOver) {
                draw()
                try? await Task.sleep(for: .milliseconds(500))
            }
        }
    }

    private func draw() {
        state.withLock { state in
            if !state.isOver { state.lines.draw(live: live(state)) }
        }
    }

    private func live(_ state: State) -> [String] {
        guard let since = state.since, !state.isOver else { return [] }
        let elapsed = ContinuousClock.now - since
        let bar = ProgressBar.text(elapsed: elapsed, typical: .seconds(100), width: 33)
        return ["  \(bar) \(ProgressBar.time(elapsed))  \(state.status) (query \(state.queries))"]
    }

    private func over() {
        state.withLock { state in
            state.isOver = true
            if isLive { state.lines.draw(live: []) }
        }
    }

    // MARK: The end

    func done(_ product: SingleGeneration.Product) {
        over()
        say(
            "done in \(ProgressBar.time(product.elapsed)) after \(product.queries) queries; "
                + "the link works until \(Timestamp.text(product.expiresAt))")
        // The links themselves go to standard output.
        for link in product.links { log?.info("link", metadata: ["url": "\(link)"]) }
    }

    func received(_ progress: MediaDownload.Progress) {
        guard isLive else { return }
        let total = progress.total.map { " of \($0)" } ?? ""
        state.withLock { $0.lines.draw(live: ["  downloading \(progress.received)\(total) bytes"]) }
    }

    func saved(_ path: String, _ bytes: Int) {
        state.withLock { if isLive { $0.lines.draw(live: []) } }
        say("saved \(path), \(bytes) bytes")
    }

    func fail(_ message: String) {
        over()
        log?.error("\(message)")
    }

    /// Ctrl-C: what is known, and how to go on.
    func interrupted() {
        over()
        let (isInTheAir, task, resume) = state.withLock { ($0.isInTheAir, $0.task, $0.resume) }
        if let task, let resume {
            say(
                "the task goes on at the provider; task id \(task). To ask for it later:\n  \(resume)"
            )
        } else if isInTheAir {
            say(
                "interrupted while the submit was in the air: it may have been accepted, and paid; "
                    + "the provider's console shows it")
        } else {
            say("interrupted; nothing was submitted")
        }
    }
}
