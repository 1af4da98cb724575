// What a client is for, and the properties that follow from it.

internal import CRDKafka

enum ClientRole: Sendable {
    case groupMember(group: String)
    case reader(group: String)
    case transactionalProducer(id: String, timeout: Duration)
    case producer
    case admin

    var isProducer: Bool {
        switch self {
        case .groupMember, .reader, .admin: false
        case .transactionalProducer, .producer: true
        }
    }

    /// As the error of a refused configuration calls it.
    var name: String {
        switch self {
        case .groupMember: "group member"
        case .reader: "reader"
        case .transactionalProducer: "transactional producer"
        case .producer: "producer"
        case .admin: "admin client"
        }
    }

    var type: rd_kafka_type_t { isProducer ? RD_KAFKA_PRODUCER : RD_KAFKA_CONSUMER }

    /// Whether a property is none that only the other kind of client knows.
    func knows(_ property: String) -> Bool {
        !(isProducer ? FixedProperties.ofConsumers : FixedProperties.ofProducers)
            .contains(property)
    }

    /// Defaults of this role; a property given from outside wins.
    var defaults: [String: String] {
        let everyones = FixedProperties.defaults.filter { knows($0.key) }
        guard case .transactionalProducer(_, let timeout) = self else { return everyones }
        // A request to a coordinator that cannot be reached is given up after this time only, whatever
        // the time-out of the call (librdkafka's own default: the transaction's, a minute).
        let limit = min(timeout, .seconds(10)).milliseconds
        return everyones.merging(["socket.timeout.ms": "\(limit)"]) { $1 }
    }

    /// What this role sets whatever the user says.
    var properties: [String: String] {
        switch self {
        case .groupMember(let group):
            Self.everyConsumer.merging([
                "group.id": group, "isolation.level": "read_uncommitted",
                "partition.assignment.strategy": "range",
            ]) { $1 }
        case .reader(let group):
            Self.everyConsumer.merging([
                "group.id": group, "isolation.level": "read_committed",
                "enable.partition.eof": "true",
            ]) { $1 }
        case .transactionalProducer(let id, let timeout):
            Self.everyProducer.merging([
                "transactional.id": id, "transaction.timeout.ms": "\(timeout.milliseconds)",
            ]) { $1 }
        case .producer:
            Self.everyProducer
        case .admin:
            // A consumer, as a producer's look at an unknown topic may create it.
            ["allow.auto.create.topics": "false"]
        }
    }

    private static let everyConsumer = [
        "enable.auto.commit": "false", "enable.auto.offset.store": "false",
        "auto.offset.reset": "error", "allow.auto.create.topics": "false",
    ]

    private static let everyProducer = [
        "enable.idempotence": "true", "acks": "all", "partitioner": "murmur2_random",
    ]
}
