// The options by which commands are configured: a file, single settings, and flags for the common ones.

import ArgumentParser
import FoundationEssentials
import Logging
import WorkerRuntime

/// Flags go before the environment, which goes before the file.
struct SettingOptions: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "YAML file with settings; names as in the environment, nested at underscores.",
            valueName: "file"))
    var config: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Any setting by its name, such as JIMENG_LANES=4. May be repeated.",
            valueName: "name=value"))
    var set: [String] = []

    func validate() throws { _ = try pairs() }

    /// `--set`, taken apart.
    private func pairs() throws -> [ConfigurationSources.Flag] {
        try set.map { pair in
            guard let equals = pair.firstIndex(of: "="), equals != pair.startIndex else {
                throw ValidationError(
                    "--set takes NAME=VALUE, such as JIMENG_LANES=4; got '\(pair)'")
            }
            let name = String(pair[..<equals]).uppercased()
            if Self.secrets.contains(name) {
                throw ValidationError(
                    "\(name) is a secret, and command lines can be read by others on the machine: "
                        + "set it in the environment, or give \(name)_FILE")
            }
            if name == "KAFKA_PROPERTIES", Self.holdsSecret(pair) {
                throw ValidationError(
                    "KAFKA_PROPERTIES holds a secret here, and command lines can be read by others on the "
                        + "machine: set it in the environment, or give KAFKA_PROPERTIES_FILE")
            }
            return .init(
                name: name, text: String(pair[pair.index(after: equals)...]), flag: "--set")
        }
    }

    /// - Parameter more: flags of the command, by the setting's name.
    func sources(_ more: [(name: String, flag: String, text: String?)] = [])
        throws -> ConfigurationSources
    {
        var flags = try pairs()
        for (name, flag, text) in more {
            if let text { flags.append(.init(name: name, text: text, flag: flag)) }
        }
        return ConfigurationSources(
            flags: flags, environment: ProcessInfo.processInfo.environment, file: config)
    }

    /// Whether properties such as `sasl.password` are among them.
    private static func holdsSecret(_ properties: String) -> Bool {
        let text = properties.lowercased()
        return ["password=", "secret=", ".pem=", "oauthbearer.config=", "token="]
            .contains { text.contains($0) }
    }

    private static let secrets: Set<String> = [
        "JIMENG_ACCESS_KEY", "JIMENG_SECRET_KEY", "JIMENG_SESSION_TOKEN",
        "JIMENG_ARCHIVE_ACCESS_KEY", "JIMENG_ARCHIVE_SECRET_KEY", "JIMENG_ARCHIVE_SESSION_TOKEN",
    ]

    /// Reads a configuration; its mistakes end the command.
    func configured<Value>(
        _ more: [(name: String, flag: String, text: String?)] = [],
        _ read: (ConfigurationSources) throws(ConfigurationMistakes) -> Value
    ) throws -> Value {
        let sources = try sources(more)
        do throws(ConfigurationMistakes) {
            return try read(sources)
        } catch {
            throw CommandFailure(.configuration, "\(error)")
        }
    }
}

/// The same for commands that work with Kafka.
struct ConnectionOptions: ParsableArguments {
    @OptionGroup var settings: SettingOptions

    @Option(help: ArgumentHelp("Brokers (KAFKA_BOOTSTRAP_SERVERS).", valueName: "host:port,…"))
    var bootstrapServers: String?

    private var own: [(name: String, flag: String, text: String?)] {
        [("KAFKA_BOOTSTRAP_SERVERS", "--bootstrap-servers", bootstrapServers)]
    }

    func sources(_ more: [(name: String, flag: String, text: String?)] = [])
        throws -> ConfigurationSources
    {
        try settings.sources(own + more)
    }

    func configured<Value>(
        _ more: [(name: String, flag: String, text: String?)] = [],
        _ read: (ConfigurationSources) throws(ConfigurationMistakes) -> Value
    ) throws -> Value {
        try settings.configured(own + more, read)
    }

    /// The part of the configuration that commands with Kafka need.
    func connection() throws -> ConnectionConfiguration {
        let connection = try configured { (sources) throws(ConfigurationMistakes) in
            try ConnectionConfiguration(sources)
        }
        for warning in connection.warnings { Output.note("jimeng: warning: \(warning)") }
        return connection
    }
}

extension LogSettings {
    /// To standard error.
    var logger: Logger { logger(isTerminal: Terminal.isError) }
}
