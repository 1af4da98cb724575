// Owns an `rd_kafka_conf_t` until a client takes it over.

internal import CRDKafka

struct ConfigurationObject: ~Copyable {
    private let raw: OpaquePointer

    init() { raw = rd_kafka_conf_new() }

    deinit { rd_kafka_conf_destroy(raw) }

    /// Sets a property; returns what librdkafka has against it, or `nil`.
    func set(_ property: String, _ value: String) -> String? {
        var message = [CChar](repeating: 0, count: 512)
        let result = rd_kafka_conf_set(raw, property, value, &message, message.count)
        return result == RD_KAFKA_CONF_OK ? nil : String(cText: message)
    }

    /// Makes the client, which takes this object over; returns librdkafka's objection otherwise.
    consuming func makeClient(_ type: rd_kafka_type_t) -> Result<OpaquePointer, RefusedClient> {
        var message = [CChar](repeating: 0, count: 512)
        // On failure the object stays ours and `deinit` frees it.
        guard let client = rd_kafka_new(type, raw, &message, message.count) else {
            _ = consume self
            return .failure(RefusedClient(message: String(cText: message)))
        }
        discard self
        return .success(client)
    }

    /// Makes everything arrive as events of one queue, except the wish for a new OAuth token: its
    /// handler is librdkafka's own and would not run there.
    func enableEvents(_ events: Int32) {
        rd_kafka_conf_set_events(raw, events)
        rd_kafka_conf_enable_sasl_queue(raw, 1)
    }
}

/// Why librdkafka would not make a client.
struct RefusedClient: Error {
    let message: String
}

extension ConfigurationObject {
    /// Everything a role needs, with the user's properties; all refused ones in one error.
    static func build(
        _ configuration: ClientConfiguration, _ role: ClientRole
    ) throws(KafkaError) -> ConfigurationObject {
        let problems = configuration.problems()
        guard problems.isEmpty else {
            throw KafkaError(
                .configuration(problems), code: .localInvalidArgument,
                operation: "configure the \(role.name)")
        }
        let object = ConfigurationObject()
        let given = configuration.properties.filter { role.knows($0.key) }
        var values = role.defaults.merging(given) { $1 }.merging(role.properties) { $1 }
        values["bootstrap.servers"] = configuration.bootstrapServers
        values["client.id"] = configuration.clientID
        values["log.queue"] = "true"
        let refused = values.sorted { $0.key < $1.key }.compactMap { property, value in
            object.set(property, value).map {
                ConfigurationProblem(property: property, message: configuration.redacted($0))
            }
        }
        guard refused.isEmpty else {
            throw KafkaError(
                .configuration(refused), code: .localInvalidArgument,
                operation: "configure the \(role.name)")
        }
        return object
    }
}

extension String {
    /// The text of a C buffer up to its NUL.
    init(cText buffer: [CChar]) {
        self.init(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
