// How to reach the cluster, as a value: shared by all clients of a process.

/// Properties are librdkafka's own and pass through as they are, except those that the guarantees of
/// this target fix. A property that only producers or only consumers know reaches only those.
package struct ClientConfiguration: Sendable {
    /// Comma-separated `host:port` list; name several, so that one dead broker does not matter.
    package var bootstrapServers: String
    /// Shows up in the brokers' logs, quotas and metrics.
    package var clientID: String
    /// Everything else librdkafka knows: TLS, SASL, timeouts.
    package var properties: [String: String]
    /// User and password in place of those in `properties`, when they may change under the clients.
    package var login: Login?

    package init(
        bootstrapServers: String, clientID: String = "jimeng", properties: [String: String] = [:]
    ) {
        self.bootstrapServers = bootstrapServers
        self.clientID = clientID
        self.properties = properties
    }

    /// Whether everything is the same but, perhaps, the user and the password of SASL; both or none must have them.
    package func equalsButForLogin(_ other: Self) -> Bool {
        var properties = properties
        for name in ["sasl.username", "sasl.password"] where properties[name] != nil {
            guard let its = other.properties[name] else { return false }
            properties[name] = its
        }
        return properties == other.properties && bootstrapServers == other.bootstrapServers
            && clientID == other.clientID
    }

    /// Everything about this configuration that would be refused, found without a connection.
    package func problems() -> [ConfigurationProblem] {
        let configuration = ConfigurationObject()
        var problems: [ConfigurationProblem] = []
        for (property, value) in properties.sorted(by: { $0.key < $1.key }) {
            if let reason = FixedProperties.reason(for: property) {
                problems.append(ConfigurationProblem(property: property, message: reason))
            } else if let message = configuration.set(property, value) {
                problems.append(
                    ConfigurationProblem(property: property, message: redacted(message)))
            }
        }
        if bootstrapServers.isEmpty {
            problems.append(
                ConfigurationProblem(
                    property: "bootstrap.servers", message: "is empty: name at least one broker"))
        }
        return problems
    }

    /// The message without any value that must not be seen.
    func redacted(_ message: String) -> String {
        var clean = message
        for (property, value) in properties where Self.isSecret(property) && !value.isEmpty {
            clean = clean.split(separator: value, omittingEmptySubsequences: false)
                .joined(separator: "<secret>")
        }
        return clean
    }

    /// Whether tokens are needed, which a handler of librdkafka's own fetches.
    var usesOAuth: Bool {
        [properties["sasl.mechanism"], properties["sasl.mechanisms"]].contains("OAUTHBEARER")
    }

    private static func isSecret(_ property: String) -> Bool {
        ["password", "secret", "pem", "token", "oauthbearer.config", "jaas", "username"]
            .contains { property.contains($0) }
    }
}

/// One property that was refused, and why.
package struct ConfigurationProblem: Hashable, Sendable {
    package let property: String
    package let message: String
}

// Values may be secrets, so neither printing nor dumping shows any.
extension ClientConfiguration: CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    package var description: String {
        let names = properties.keys.sorted().joined(separator: ", ")
        return "\(clientID) at \(bootstrapServers) (properties: \(names.isEmpty ? "none" : names))"
    }

    package var debugDescription: String { description }

    package var customMirror: Mirror { Mirror(self, children: ["description": description]) }
}
