// What a configuration comes to, for people: every setting with its value and where it is from.

import JobEngine
import Kafka

/// The list that `worker --check` prints. Secrets show as `<redacted>`, properties as their names.
package struct EffectiveConfiguration: Sendable {
    package struct Line: Hashable, Sendable {
        package let name: String
        package let value: String
        /// `default`, `environment`, a flag, or file and line.
        package let origin: String
    }

    package let lines: [Line]

    package init(_ configuration: WorkerConfiguration, _ sources: ConfigurationSources) {
        let hasList = sources.file?.accounts != nil
        let replaced: Set<String> = [
            WorkerFields.accessKey.name, WorkerFields.secretKey.name,
            WorkerFields.sessionToken.name, WorkerFields.account.name,
            WorkerFields.concurrency.name, WorkerFields.submitRate.name,
            WorkerFields.queryRate.name,
        ]
        let plain = WorkerFields.all.filter { !hasList || !replaced.contains($0.name) }
            .compactMap { Self.line($0, configuration, sources) }
        lines = plain + (hasList ? Self.accounts(configuration, sources) : [])
    }

    private static func line(
        _ field: FieldInfo, _ configuration: WorkerConfiguration, _ sources: ConfigurationSources
    ) -> Line? {
        if field.name == WorkerFields.properties.name {
            return properties(configuration, sources)
        }
        let given = sources.given(field.name)
        if field.name == WorkerFields.tenants.name, let file = sources.file, file.tenants != nil {
            let table = TenantTable(configuration.policy)
            return Line(name: field.name, value: table.description, origin: file.path)
        }
        if field.isSecret {
            let file = sources.given(field.name + "_FILE")
            guard let origin = given?.origin ?? file.map({ "\(field.name)_FILE, \($0.origin)" })
            else { return Line(name: field.name, value: "-", origin: "not given") }
            return Line(name: field.name, value: "<redacted>", origin: origin)
        }
        if field.name == WorkerFields.clientID.name {
            return Line(
                name: field.name, value: configuration.connection.kafka.clientID,
                origin: given?.origin ?? "default")
        }
        if field.name == WorkerFields.config.name {
            return sources.file.map { Line(name: field.name, value: $0.path, origin: "given") }
        }
        return Line(
            name: field.name, value: given?.text ?? field.standard ?? "-",
            origin: given?.origin ?? (field.standard == nil ? "not given" : "default"))
    }

    private static func properties(
        _ configuration: WorkerConfiguration, _ sources: ConfigurationSources
    ) -> Line {
        let names = configuration.connection.kafka.properties.keys.sorted()
        return Line(
            name: WorkerFields.properties.name,
            value: names.isEmpty ? "-" : names.map { "\($0)=…" }.joined(separator: ","),
            origin: names.isEmpty ? "not given" : "given")
    }

    private static func accounts(
        _ configuration: WorkerConfiguration, _ sources: ConfigurationSources
    ) -> [Line] {
        configuration.provider.accounts.enumerated().map { index, account in
            let limits = account.limits
            let models = limits.modelConcurrency.sorted { $0.key < $1.key }
                .map { ", \($0.key): \($0.value)" }.joined()
            return Line(
                name: "accounts[\(index)]",
                value: "\(limits.name): concurrency \(limits.concurrency), "
                    + "\(limits.submitsPerSecond) submits/s, \(limits.queriesPerSecond) queries/s"
                    + models + ", keys <redacted>",
                origin: sources.file?.path ?? "file")
        }
    }
}
