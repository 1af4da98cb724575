// What is refused, what is fixed, and what is never shown.

import Kafka
import Testing

@Suite("Configuration", .timeLimit(.minutes(1)))
struct ConfigurationTests {
    @Test("all refused properties are reported by name, in one error")
    func refused() throws {
        let configuration = ClientConfiguration(
            bootstrapServers: "127.0.0.1:1",
            properties: [
                "no.such.property": "1", "socket.timeout.ms": "soon", "acks": "1",
                "socket.keepalive.enable": "true",
            ])
        let error = try #require(throws: KafkaError.self) {
            _ = try Reader(configuration, group: "g")
        }
        guard case .configuration(let problems) = error.kind else {
            Issue.record("\(error)")
            return
        }
        #expect(problems.map(\.property) == ["acks", "no.such.property", "socket.timeout.ms"])
        #expect(problems == configuration.problems())
        #expect(error.description.contains("no.such.property"))
        #expect(error.description.contains("exactly-once"))
    }

    @Test(
        "what the guarantees rest on cannot be overridden",
        arguments: [
            "enable.auto.commit", "isolation.level", "enable.idempotence", "group.id",
            "partition.assignment.strategy", "transactional.id", "auto.offset.reset",
            "bootstrap.servers", "test.mock.num.brokers",
        ])
    func fixed(property: String) {
        let configuration = ClientConfiguration(
            bootstrapServers: "127.0.0.1:1", properties: [property: "range"])
        #expect(configuration.problems().map(\.property) == [property])
    }

    @Test("no bootstrap servers is a mistake found without a connection")
    func empty() {
        let problems = ClientConfiguration(bootstrapServers: "").problems()
        #expect(problems.map(\.property) == ["bootstrap.servers"])
    }

    @Test("secrets appear neither in descriptions, nor in dumps, nor in errors")
    func secrets() throws {
        let configuration = ClientConfiguration(
            bootstrapServers: "127.0.0.1:1",
            properties: [
                "sasl.password": "hunter2", "sasl.username": "alice", "ssl.key.pem": "hunter2",
                "security.protocol": "ssl",
            ])
        var dumped = ""
        dump(configuration, to: &dumped)
        for text in ["\(configuration)", String(reflecting: configuration), dumped] {
            #expect(!text.contains("hunter2"))
            #expect(!text.contains("alice"))
            #expect(text.contains("sasl.password"))
        }
        let error = try #require(throws: KafkaError.self) {
            _ = try Reader(configuration, group: "g")
        }
        #expect(!error.description.contains("hunter2"))
    }

    @Test("a secret in the wrong place is not shown by the error either")
    func misplacedSecret() {
        let configuration = ClientConfiguration(
            bootstrapServers: "127.0.0.1:1",
            properties: ["sasl.password": "hunter2", "security.protocol": "hunter2"])
        let problems = configuration.problems()
        #expect(problems.map(\.property) == ["security.protocol"])
        #expect(problems.first?.message.contains("<secret>") == true)
        #expect(problems.first?.message.contains("hunter2") == false)
    }

    @Test("one configuration serves producers and consumers without a warning")
    func roles() async throws {
        let broker = try EmbeddedBroker()
        try broker.createTopic("t", partitions: 1)
        let configuration = broker.configuration([
            "linger.ms": "5", "session.timeout.ms": "6000", "compression.type": "lz4",
        ])
        let reader = try Reader(configuration, group: "g")
        let producer = try Producer(configuration)
        _ = try await reader.partitionCount(of: "t")
        _ = try await producer.write([OutgoingRecord(topic: "t", key: nil, value: nil)])
        await reader.close()
        await producer.close()
        for await diagnostic in reader.diagnostics { #expect(diagnostic.facility != "CONFWARN") }
        for await diagnostic in producer.diagnostics { #expect(diagnostic.facility != "CONFWARN") }
        await broker.stop()
    }

    @Test("librdkafka's log lines arrive as diagnostics")
    func logs() async throws {
        let broker = try EmbeddedBroker()
        let reader = try Reader(broker.configuration(["debug": "generic"]), group: "g")
        await reader.close()
        var facilities: Set<String> = []
        for await diagnostic in reader.diagnostics {
            if let facility = diagnostic.facility { facilities.insert(facility) }
        }
        #expect(facilities.contains("INIT"))
        await broker.stop()
    }

    @Test("the library tells its version")
    func version() {
        #expect(LibraryVersion.current.hasPrefix("2."))
    }
}

extension Diagnostic {
    var facility: String? { if case .log(let line) = self { line.facility } else { nil } }
}
