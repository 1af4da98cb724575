// What is worth having of librdkafka's statistics (STATISTICS.md), from one client's JSON.

import JSON
import Observability

/// One client's statistics, and the counters of the last ones: librdkafka counts from the client's start.
struct KafkaMetrics: Sendable {
    static let brokersUp = MetricDescription.gauge(
        "jimeng_kafka_brokers_up", "Brokers that the client is connected to", labels: ["client"])
    static let brokersKnown = MetricDescription.gauge(
        "jimeng_kafka_brokers_known", "Brokers that the client knows", labels: ["client"])
    static let roundTrip = MetricDescription.gauge(
        "jimeng_kafka_broker_round_trip_p99_seconds",
        "99th percentile of the slowest broker's answers, lately", labels: ["client"])
    static let queuedMessages = MetricDescription.gauge(
        "jimeng_kafka_queued_messages", "Records on their way to brokers", labels: ["client"])
    static let queuedEvents = MetricDescription.gauge(
        "jimeng_kafka_queued_events", "Events that the client's thread has not taken yet",
        labels: ["client"])
    static let errors = MetricDescription.counter(
        "jimeng_kafka_errors_total", "Trouble with brokers (send, receive, timeout)",
        labels: ["client", "kind"])
    static let rebalances = MetricDescription.counter(
        "jimeng_kafka_rebalances_total", "Rebalances that the client took part in",
        labels: ["client"])
    static let transactionAge = MetricDescription.gauge(
        "jimeng_kafka_transaction_age_seconds",
        "How long the producer's transaction has been in its state; 0 outside of one",
        labels: ["client"])

    static let catalogue = [
        brokersUp, brokersKnown, roundTrip, queuedMessages, queuedEvents, errors, rebalances,
        transactionAge,
    ]

    private let client: String
    private let meters: Meters
    private var counted: [String: Int] = [:]

    init(client: String, meters: Meters) {
        self.client = client
        self.meters = meters
    }

    /// - Returns: how many brokers the client is connected to; nil if the text cannot be read.
    mutating func take(_ statistics: [UInt8]) -> Int? {
        guard let root = try? JSON(parsing: statistics), root.object != nil else { return nil }
        let brokers = root["brokers"]?.object?.map(\.value) ?? []
        // Bootstrap and coordinator connections have ids below nought; a first connection is one of those.
        let up = brokers.filter { $0["state"]?.string == "UP" }.count
        meters.set(Self.brokersUp, to: up, ("client", client))
        let known = brokers.filter { ($0["nodeid"]?.int ?? -1) >= 0 }.count
        meters.set(Self.brokersKnown, to: known, ("client", client))
        let slowest = brokers.compactMap { $0["rtt"]?["p99"]?.int }.max() ?? 0
        meters.set(Self.roundTrip, to: Double(slowest) / 1e6, ("client", client))
        meters.set(Self.queuedMessages, to: root["msg_cnt"]?.int ?? 0, ("client", client))
        meters.set(Self.queuedEvents, to: root["replyq"]?.int ?? 0, ("client", client))
        for (kind, member) in [
            ("send", "txerrs"), ("receive", "rxerrs"), ("timeout", "req_timeouts"),
        ] {
            let sum = brokers.reduce(0) { $0 + ($1[member]?.int ?? 0) }
            meters.count(
                Self.errors, by: growth(of: kind, to: sum), ("client", client), ("kind", kind))
        }
        if let rebalances = root["cgrp"]?["rebalance_cnt"]?.int {
            meters.count(
                Self.rebalances, by: growth(of: "rebalance", to: rebalances), ("client", client))
        }
        if let transactions = root["eos"] {
            let isOpen = transactions["txn_state"]?.string.map { !Self.idle.contains($0) } == true
            let age = isOpen ? transactions["txn_stateage"]?.int ?? 0 : 0
            meters.set(Self.transactionAge, to: Double(age) / 1000, ("client", client))
        }
        return up
    }

    /// States of a producer without a transaction (rdkafka_int.h, `rd_kafka_txn_state_t`).
    private static let idle: Set<String> = ["Init", "WaitPID", "ReadyNotAcked", "Ready"]

    /// Never below nought: brokers that are forgotten take their counts with them.
    private mutating func growth(of name: String, to sum: Int) -> Int {
        defer { counted[name] = max(sum, counted[name] ?? 0) }
        return max(0, sum - (counted[name] ?? 0))
    }
}
