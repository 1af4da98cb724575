// The part of the configuration that every command with Kafka needs: brokers, group, topics.

import Jimeng
package import Kafka

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// How to reach Kafka, and what things are called there.
package struct ConnectionConfiguration: Sendable {
    package var kafka = ClientConfiguration(bootstrapServers: "")
    package var group = "jimeng-workers"
    package var topics = Topics()
    package var defaultModel = ModelCatalogue.standardModel
    package var log = LogSettings()

    init() {}

    /// - Throws: everything that is wrong, before any connection.
    package init(_ sources: ConfigurationSources) throws(ConfigurationMistakes) {
        var reader = FieldReader(sources)
        self.init(&reader)
        try reader.finish()
    }

    init(_ reader: inout FieldReader) {
        readKafka(&reader)
        group = reader.read(WorkerFields.groupID) ?? group
        readTopics(&reader)
        defaultModel = reader.read(WorkerFields.defaultModel) ?? defaultModel
        log.level = reader.read(WorkerFields.logLevel) ?? log.level
        log.format = reader.read(WorkerFields.logFormat)
    }

    private mutating func readKafka(_ reader: inout FieldReader) {
        if let servers = reader.read(WorkerFields.bootstrapServers) {
            kafka.bootstrapServers = servers
        } else if !reader.isGiven(WorkerFields.bootstrapServers.name) {
            reader.refuse(
                WorkerFields.bootstrapServers.name,
                "is missing: name the brokers as host:port,host:port; without a Kafka at hand, "
                    + "`jimeng sandbox` starts one")
        }
        kafka.clientID = reader.read(WorkerFields.clientID) ?? Self.standardClientID
        kafka.properties = readProperties(&reader)
        kafka.login = Login(kafka.properties)
        // Found without a connection, and all of them at once.
        for problem in kafka.problems() where problem.property != "bootstrap.servers" {
            reader.refuse(
                WorkerFields.properties.name, "\(problem.property) \(problem.message)")
        }
    }

    /// A property comes from the first source that has it: flags, environment, properties file, YAML file.
    private func readProperties(_ reader: inout FieldReader) -> [String: String] {
        var properties = (reader.sources.file?.properties ?? [:]).mapValues(\.text)
        let fileName = WorkerFields.properties.name + "_FILE"
        if let file = reader.sources.given(fileName),
            let text = reader.contents(of: file.text, for: fileName, file.origin)
        {
            do throws(FieldFault) {
                properties.merge(try FieldTexts.propertyLines(text)) { $1 }
            } catch {
                reader.refuse(
                    ConfigurationMistake(
                        fileName, origin: file.origin, "\(file.text) \(error.text)"))
            }
        }
        return properties.merging(reader.read(WorkerFields.properties) ?? [:]) { $1 }
    }

    private mutating func readTopics(_ reader: inout FieldReader) {
        topics.requests = reader.read(WorkerFields.requestsTopic) ?? topics.requests
        topics.ledger = reader.read(WorkerFields.ledgerTopic) ?? topics.ledger
        topics.results = reader.read(WorkerFields.resultsTopic) ?? topics.results
        topics.failures = reader.read(WorkerFields.failuresTopic) ?? topics.failures
        topics.progress = reader.read(WorkerFields.progressTopic)
        let named =
            [
                (WorkerFields.requestsTopic.name, topics.requests),
                (WorkerFields.ledgerTopic.name, topics.ledger),
                (WorkerFields.resultsTopic.name, topics.results),
                (WorkerFields.failuresTopic.name, topics.failures),
            ] + (topics.progress.map { [(WorkerFields.progressTopic.name, $0)] } ?? [])
        for (position, (name, topic)) in named.enumerated() {
            if let other = named[..<position].first(where: { $0.1 == topic }) {
                reader.refuse(name, "is \(topic), as \(other.0) is: give each its own topic")
            }
        }
    }

    /// `jimeng-HOST-PID`: tells the processes of a fleet apart.
    private static var standardClientID: String {
        var name = [CChar](repeating: 0, count: 256)
        let isKnown = gethostname(&name, name.count - 1) == 0
        let bytes = name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        let host = isKnown ? String(decoding: bytes, as: UTF8.self) : ""
        let plain = host.filter { $0.isASCII && ($0.isLetter || $0.isNumber || "-._".contains($0)) }
        return "jimeng-\(plain.isEmpty ? "host" : plain)-\(getpid())"
    }
}

extension ConnectionConfiguration {
    /// Milliseconds of a property, or librdkafka's default.
    func milliseconds(of property: String, standard: Int) -> Duration {
        .milliseconds(kafka.properties[property].flatMap { Int($0) } ?? standard)
    }

    /// A member that is silent for so long is put out of the group (librdkafka: 45 s).
    var sessionTimeout: Duration { milliseconds(of: "session.timeout.ms", standard: 45_000) }

    /// How often a member shows that it lives (librdkafka: 3 s).
    var heartbeatInterval: Duration { milliseconds(of: "heartbeat.interval.ms", standard: 3000) }
}
