// What the tests share: a broker of their own each, clients for it, and waiting without sleeping.

import Kafka
import Testing

extension EmbeddedBroker {
    /// A configuration for this broker; fetches are answered soon, as the mock does not wake up on
    /// new data.
    func configuration(_ properties: [String: String] = [:]) -> ClientConfiguration {
        ClientConfiguration(
            bootstrapServers: bootstrapServers, clientID: "test",
            properties: ["fetch.wait.max.ms": "10"].merging(properties) { $1 })
    }
}

/// Short sessions: the embedded broker lets a rebalance wait for them, and forms no group below 3.5 s.
let quickSessions = ["session.timeout.ms": "3500", "heartbeat.interval.ms": "300"]

extension [UInt8] {
    init(_ text: String) { self = Array(text.utf8) }
}

extension Record {
    var text: String? { value.map { String(decoding: $0, as: UTF8.self) } }
}

/// A stream that is read step by step.
actor Listener<Element: Sendable> {
    private var iterator: AsyncStream<Element>.Iterator

    init(_ stream: AsyncStream<Element>) { iterator = stream.makeAsyncIterator() }

    /// The next element that `pick` makes something of; the others are dropped.
    func next<Found: Sendable>(_ pick: @Sendable (Element) -> Found?) async throws -> Found {
        var copy = iterator
        defer { iterator = copy }
        while let element = await copy.next(isolation: self) {
            if let found = pick(element) { return found }
        }
        throw StreamEnded()
    }
}

struct StreamEnded: Error {}

/// Collects what a reader hands out.
struct Reading {
    private(set) var records: [Record] = []
    private var events: AsyncStream<ReaderEvent>.Iterator

    init(_ reader: Reader) { events = reader.events.makeAsyncIterator() }

    mutating func next() async -> ReaderEvent? { await events.next() }

    /// Reads until `isEnough` is content with what has come.
    mutating func read(until isEnough: ([Record]) -> Bool) async {
        while !isEnough(records), let event = await next() {
            if case .records(let batch) = event { records += batch.records }
        }
    }

    /// Reads until a partition is at its end; returns the position.
    mutating func readToEnd(of partition: TopicPartition) async -> Int64? {
        while let event = await next() {
            switch event {
            case .records(let batch): records += batch.records
            case .endOfPartition(partition, _, let position): return position
            default: continue
            }
        }
        return nil
    }
}

/// Writes texts to a partition without a transaction.
func write(_ texts: [String], to partition: TopicPartition, of broker: EmbeddedBroker) async throws
{
    let producer = try Producer(broker.configuration())
    let results = try await producer.write(
        texts.map {
            OutgoingRecord(
                topic: partition.topic, partition: partition.partition, key: nil,
                value: Array($0.utf8))
        })
    for result in results { _ = try result.get() }
    await producer.close()
}
