// Which properties nobody may override, which ones only some clients know, and our own defaults.

enum FixedProperties {
    /// Why a property may not be set from outside, or `nil` if it may.
    static func reason(for property: String) -> String? { reasons[property] }

    private static let reasons: [String: String] = {
        let offsets = "is fixed: offsets are committed in transactions and nowhere else"
        let exactly = "is fixed: the exactly-once guarantees rest on it"
        let group = "is fixed: lanes are handed out by the eager range assignor"
        let field = "has a setting of its own: do not give it as a property"
        let events = "is fixed: everything reaches us as events of one queue"
        return [
            "enable.auto.commit": offsets, "auto.commit.enable": offsets,
            "auto.commit.interval.ms": offsets, "enable.auto.offset.store": offsets,
            "offset.store.method": offsets, "auto.offset.reset": offsets,
            "isolation.level": exactly, "enable.idempotence": exactly, "acks": exactly,
            "request.required.acks": exactly, "enable.gapless.guarantee": exactly,
            "partitioner": exactly, "delivery.report.only.error": exactly,
            "partition.assignment.strategy": group, "group.protocol": group,
            "group.remote.assignor": group, "enable.partition.eof": events, "log.queue": events,
            "group.id": field, "transactional.id": field, "transaction.timeout.ms": field,
            "bootstrap.servers": field, "metadata.broker.list": field, "client.id": field,
            "allow.auto.create.topics": "is fixed: topics are created by the Admin API only",
            "test.mock.num.brokers": "is not for use: start an EmbeddedBroker instead",
        ]
    }()

    /// Defaults of our own; a property given from outside wins.
    static let defaults: [String: String] = [
        "socket.nagle.disable": "true",
        "socket.keepalive.enable": "true",
        "log.connection.close": "false",
        // For metrics, and to know whether brokers are reached.
        "statistics.interval.ms": "5000",
        "reconnect.backoff.max.ms": "2000",
        "fetch.error.backoff.ms": "100",
        // Per partition, as each has its own queue: what lies ready while nobody asks for it.
        "queued.min.messages": "1000",
        "queued.max.messages.kbytes": "4096",
        // Records of a transaction are sent at once: what gathers them is the transaction.
        "linger.ms": "0",
    ]

    /// Producer-only properties (column `P` of CONFIGURATION.md, 2.0.2 and 2.15).
    static let ofProducers: Set<String> = [
        "batch.num.messages", "batch.size", "compression.codec", "compression.level",
        "compression.type", "delivery.timeout.ms", "linger.ms", "message.send.max.retries",
        "message.timeout.ms", "queue.buffering.backpressure.threshold",
        "queue.buffering.max.kbytes", "queue.buffering.max.messages",
        "queue.buffering.max.ms", "queuing.strategy", "request.timeout.ms", "retries",
        "sticky.partitioning.linger.ms",
    ]

    /// Consumer-only properties (column `C` of CONFIGURATION.md, 2.0.2 and 2.15).
    static let ofConsumers: Set<String> = [
        "check.crcs", "coordinator.query.interval.ms", "fetch.error.backoff.ms",
        "fetch.max.bytes", "fetch.message.max.bytes", "fetch.min.bytes",
        "fetch.queue.backoff.ms", "fetch.wait.max.ms", "group.instance.id",
        "group.protocol.type", "heartbeat.interval.ms", "max.partition.fetch.bytes",
        "max.poll.interval.ms", "queued.max.messages.kbytes", "queued.min.messages",
        "session.timeout.ms",
    ]
}
