// Where settings come from: flags before environment before file.

import Configuration
import Synchronization

/// All that was given, and the reader over it. Empty variables of the environment count as absent.
package struct ConfigurationSources: Sendable {
    /// A setting that was given on the command line: its name in environment form, its text, and the flag.
    package struct Flag: Sendable {
        package var name: String
        package var text: String
        package var flag: String

        package init(name: String, text: String, flag: String) {
            self.name = name
            self.text = text
            self.flag = flag
        }
    }

    private let reader: ConfigReader
    private let lookup = LastLookup()
    private let flags: [String: Flag]
    private let environment: [String: String]
    let file: ConfigurationFile?

    /// - Parameters:
    ///   - file: path of a YAML file; without it the one that `JIMENG_CONFIG` names, if any.
    package init(flags: [Flag], environment: [String: String], file path: String? = nil) {
        let environment = environment.filter { !$0.value.isEmpty }
        let configured = flags.first { $0.name == WorkerFields.config.name }?.text
        let path = path ?? configured ?? environment[WorkerFields.config.name]
        self.init(
            flags: flags, environment: environment,
            file: path.map { ConfigurationFile(path: $0) })
    }

    init(flags: [Flag], environment: [String: String], file: ConfigurationFile?) {
        self.flags = Dictionary(flags.map { ($0.name, $0) }) { _, last in last }
        self.environment = environment.filter { !$0.value.isEmpty }
        self.file = file
        reader = ConfigReader(
            providers: [
                Self.provider(Self.flagsName, self.flags.mapValues(\.text)),
                EnvironmentVariablesProvider(
                    environmentVariables: self.environment, secretsSpecifier: .all),
                Self.provider(Self.fileName, (file?.values ?? [:]).mapValues(\.text)),
            ], accessReporter: lookup)
    }

    /// The same sources, with the file as it is now.
    func again() -> ConfigurationSources {
        ConfigurationSources(
            flags: Array(flags.values), environment: environment,
            file: file.map { ConfigurationFile(path: $0.path) })
    }

    private static let flagsName = "flags"
    private static let fileName = "file"

    private static func provider(_ name: String, _ values: [String: String]) -> InMemoryProvider {
        InMemoryProvider(
            name: name,
            values: Dictionary(
                uniqueKeysWithValues: values.map {
                    (AbsoluteConfigKey([$0.key]), ConfigValue(.string($0.value), isSecret: true))
                }))
    }

    /// A setting as it was given.
    struct Given: Sendable {
        let text: String
        /// For people: a flag, `environment`, or file and line.
        let origin: String
        /// 0 flags, 1 environment, 2 file.
        let rank: Int
    }

    /// The setting from the first source that has it.
    func given(_ name: String) -> Given? {
        guard let text = reader.string(forKey: ConfigKey([name]), isSecret: true) else {
            return nil
        }
        let rank = lookup.rank
        let origin =
            switch rank {
            case 0: flags[name]?.flag ?? "flag"
            case 1: "environment"
            default:
                file.flatMap { file in file.values[name].map { file.origin($0.line) } } ?? "file"
            }
        return Given(text: text, origin: origin, rank: rank)
    }

    /// Names that nobody knows: in the file, among the flags, and variables that begin with `JIMENG_`.
    func unknownNames() -> [ConfigurationMistake] {
        let known = Set(WorkerFields.names)
        func mistake(_ name: String, _ origin: String) -> ConfigurationMistake? {
            guard !known.contains(name) else { return nil }
            return ConfigurationMistake(
                name, origin: origin,
                "there is no such setting\(NearestName.hint(for: name, among: WorkerFields.names))")
        }
        let ofFlags = flags.values.sorted { $0.name < $1.name }
            .compactMap { mistake($0.name, $0.flag) }
        // Platforms put variables of their own there (Kubernetes: JIMENG_WORKER_SERVICE_HOST for a service of that name), so
        // only what looks like a slip of the pen is one.
        let ofEnvironment = environment.keys.sorted().filter { $0.hasPrefix("JIMENG_") }
            .filter { NearestName.of($0, among: WorkerFields.names) != nil }
            .compactMap { mistake($0, "environment") }
        let ofFile = (file?.values ?? [:]).sorted { $0.value.line < $1.value.line }
            .compactMap { name, value in mistake(name, file?.origin(value.line) ?? "file") }
        return ofFlags + ofEnvironment + ofFile
    }
}

/// Remembers which provider answered the last look-up: the reader itself does not tell.
private final class LastLookup: AccessReporter {
    private let last = Mutex(0)

    /// The position of the provider that had the value.
    var rank: Int { last.withLock { $0 } }

    func report(_ event: AccessEvent) {
        // Providers are asked in order, and the first that has a value ends it.
        last.withLock { $0 = max(0, event.providerResults.count - 1) }
    }
}
