// Puts an error into words that name the cause and, for the common ones, the remedy.

extension KafkaError: CustomStringConvertible {
    package var description: String {
        if case .configuration(let problems) = kind {
            let list = problems.map { "\($0.property): \($0.message)" }
            return "cannot \(operation): \(list.joined(separator: "; "))"
        }
        let cause = "cannot \(operation): \(message) [\(name)]"
        return remedy.map { "\(cause); \($0)" } ?? cause
    }

    /// What the person who reads the error can do about it, where that is known.
    package var remedy: String? {
        switch kind {
        case .unreachable:
            "check bootstrap.servers, that the brokers run and that their advertised listeners "
                + "can be reached from here"
        case .authentication:
            "check security.protocol, sasl.mechanism and the credentials, and the CA for TLS"
        case .authorization:
            "grant this user the right (ACL) on the topic, group, cluster or transactional id"
        case .unknownTopic:
            "create the topic, or check its name and partition count"
        case .timedOut:
            "the cluster is slow or unreachable: look at its health and at the log lines before"
        case .unstableOffsets:
            "a pending transaction holds the offsets: ask again; it ends at the latest after its "
                + "transaction.timeout.ms"
        case .staleMember:
            "the group has rebalanced: drop what is in the air and wait for the next assignment"
        case .fenced:
            "another producer uses this transactional id: give each worker its own"
        case .offsetOutOfRange:
            "the log was cut (retention) or the topic was recreated: start at its low watermark"
        case .recordTooLarge:
            "raise message.max.bytes here and max.message.bytes of the topic, or write less"
        case .unsupportedByBroker:
            "this broker cannot do it; the embedded broker has no Admin API"
        case .configuration, .closed, .other:
            nil
        }
    }
}
