// `jimeng doctor`: what is wrong, why it matters, and the command that mends it.

import ArgumentParser
import JSON
import JobEngine
import Synchronization
import WorkerRuntime

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract:
            "Examine brokers, topics, rights, provider and archive; nothing is changed or paid for.",
        discussion: """
            Takes the worker's own configuration. Each finding says what, why it matters and what mends it. \
            A check that fails, or takes too long, does not keep the others from being made.

            EXAMPLES
              jimeng doctor
              jimeng doctor --write                 also rehearse writing to each topic (see below)
              jimeng doctor --json | jq 'select(.severity == "error")'

            --write writes one empty record to each output topic and to the ledger, in transactions that are \
            aborted: committed reads never see it, but it uses up offsets.

            Exit code 0 if there is nothing worse than a note, 1 for warnings, 78 for an error, 69 if something \
            that is needed does not answer.
            """)

    @OptionGroup var settings: ConnectionOptions
    @Flag(help: "Rehearse writing, in transactions that are aborted.")
    var write = false
    @Option(help: ArgumentHelp("How long each call may take, 1s to 2m.", valueName: "time"))
    var timeout = "5s"
    @Flag(help: "One JSON object a line: findings, then the configuration.")
    var json = false
    @Flag(help: "Only what is worse than fine.")
    var quiet = false

    func validate() throws {
        guard let time = DurationText.duration(timeout),
            (Duration.seconds(1) ... .seconds(120)).contains(time)
        else { throw ValidationError("--timeout takes a time from 1s to 2m; got '\(timeout)'") }
    }

    func run() async throws {
        let sources = try settings.sources()
        let configuration = try settings.configured { (sources) throws(ConfigurationMistakes) in
            try WorkerConfiguration(sources)
        }
        let effective = EffectiveConfiguration(configuration, sources)
        let doctor = Doctor(
            configuration, limit: DurationText.duration(timeout) ?? .seconds(5), writes: write)
        let view = DoctorView(isJSON: json, isQuiet: quiet)
        view.show(effective)
        await doctor.examine { view.show($0) }
        let worst = view.finish()
        switch worst {
        case .fine, .note: return
        case .warning: throw ExitCode(ExitStatus.failure.rawValue)
        case .error: throw ExitCode(ExitStatus.configuration.rawValue)
        case .unreachable: throw ExitCode(ExitStatus.unavailable.rawValue)
        }
    }
}

/// Shows findings as they come, and remembers the worst.
private final class DoctorView: Sendable {
    private struct State {
        var area: Finding.Area?
        var counts: [Finding.Severity: Int] = [:]
    }

    private let isJSON: Bool
    private let isQuiet: Bool
    private let state = Mutex(State())

    init(isJSON: Bool, isQuiet: Bool) {
        self.isJSON = isJSON
        self.isQuiet = isQuiet
    }

    /// What was given, for people; everything, for programs. Secrets are redacted by the list itself.
    func show(_ configuration: EffectiveConfiguration) {
        if isJSON {
            for line in configuration.lines {
                let object: JSON = [
                    "setting": JSON(line.name), "value": JSON(line.value),
                    "origin": JSON(line.origin),
                ]
                Output.line(object.serialized())
            }
            return
        }
        if isQuiet { return }
        let given = configuration.lines.filter {
            $0.origin != "default" && $0.origin != "not given"
        }
        let width = given.map(\.name.count).max() ?? 0
        Output.line("configuration (what is not the default)")
        for line in given {
            Output.line("  \(line.name.padded(to: width))  \(Terminal.plain(line.value))")
        }
    }

    func show(_ finding: Finding) {
        let isNew = state.withLock { state in
            state.counts[finding.severity, default: 0] += 1
            if isQuiet, finding.severity == .fine { return false }
            defer { state.area = finding.area }
            return state.area != finding.area
        }
        if isJSON { return Output.line(Self.json(finding).serialized()) }
        if isQuiet, finding.severity == .fine { return }
        if isNew { Output.line(finding.area.rawValue) }
        Output.line(
            "  \(Self.mark(finding.severity).padded(to: 8)) \(Terminal.plain(finding.what))")
        if !finding.why.isEmpty { Output.line("           \(Terminal.plain(finding.why))") }
        if let remedy = finding.remedy { Output.line("           → \(Terminal.plain(remedy))") }
    }

    private static func mark(_ severity: Finding.Severity) -> String {
        switch severity {
        case .fine: "ok"
        case .note: "note"
        case .warning: "WARNING"
        case .error, .unreachable: "ERROR"
        }
    }

    private static func json(_ finding: Finding) -> JSON {
        var object: JSONObject = [
            "area": JSON(finding.area.rawValue), "severity": JSON(finding.severity.rawValue),
            "what": JSON(finding.what),
        ]
        if !finding.why.isEmpty { object["why"] = JSON(finding.why) }
        object["remedy"] = finding.remedy.map { JSON($0) }
        return JSON(object)
    }

    /// A last line for people; the worst of all findings.
    func finish() -> Finding.Severity {
        let counts = state.withLock { $0.counts }
        let errors = (counts[.error] ?? 0) + (counts[.unreachable] ?? 0)
        if !isJSON {
            func count(_ number: Int, _ word: String) -> String {
                "\(number) \(word)\(number == 1 ? "" : "s")"
            }
            Output.line(
                [
                    count(errors, "error"), count(counts[.warning] ?? 0, "warning"),
                    count(counts[.note] ?? 0, "note"), "\(counts[.fine] ?? 0) fine",
                ].joined(separator: ", "))
        }
        return counts.keys.max() ?? .fine
    }
}
