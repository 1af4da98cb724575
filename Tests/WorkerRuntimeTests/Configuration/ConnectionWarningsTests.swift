// What a configuration gives away on the network is said, and what is safe is not nagged about.

import Testing
import WorkerRuntime

@Suite("Connection warnings")
struct ConnectionWarningsTests {
    private func warnings(
        _ servers: String, _ properties: String = "", _ more: [String: String] = [:]
    ) throws -> [String] {
        let environment = [
            "KAFKA_BOOTSTRAP_SERVERS": servers, "KAFKA_PROPERTIES": properties,
            "JIMENG_ACCESS_KEY": "AK", "JIMENG_SECRET_KEY": "SK",
        ]
        return try WorkerConfiguration(
            ConfigurationSources(flags: [], environment: environment.merging(more) { $1 })
        ).warnings
    }

    @Test(
        "encrypted and checked connections, and those on this machine, are not spoken of",
        arguments: [
            ("broker:9093", "security.protocol=SSL"),
            ("broker:9093", "security.protocol=sasl_ssl,sasl.mechanisms=PLAIN"),
            ("broker:9093", "security.protocol=SSL,enable.ssl.certificate.verification=true"),
            ("broker:9093", "security.protocol=SSL,ssl.endpoint.identification.algorithm=https"),
            ("127.0.0.1:9092,localhost:9093", ""), ("[::1]:9092", ""),
            ("PLAINTEXT://localhost:9092", ""),
        ])
    func safe(servers: String, properties: String) throws {
        #expect(try warnings(servers, properties) == [])
    }

    @Test(
        "certificates that are not checked are said loudly",
        arguments: ["false", "FALSE", "f", "0"])
    func certificates(value: String) throws {
        let said = try warnings(
            "broker:9093",
            "security.protocol=SSL,enable.ssl.certificate.verification=\(value)")
        #expect(said.count == 1)
        #expect(said.first?.hasPrefix("BROKER CERTIFICATES ARE NOT CHECKED") ?? false)
    }

    @Test("host names that are not checked are said loudly, on this machine too")
    func hostNames() throws {
        let said = try warnings(
            "localhost:9093",
            "security.protocol=SSL,ssl.endpoint.identification.algorithm=none")
        #expect(said.count == 1)
        #expect(said.first?.hasPrefix("BROKER HOST NAMES ARE NOT CHECKED") ?? false)
    }

    @Test(
        "a broker elsewhere without encryption is one warning that names it",
        arguments: ["localhost:9092,broker-2:9092,broker-3:9092", "127.1:1,broker-2:9092"])
    func plainText(servers: String) throws {
        let said = try warnings(servers)
        #expect(said.count == 1)
        #expect(said.first?.contains("are not encrypted: requests and results can") ?? false)
    }

    @Test("a password on an open connection is named, without its value")
    func password() throws {
        let said = try warnings(
            "broker:9092",
            "security.protocol=SASL_PLAINTEXT,sasl.mechanisms=PLAIN,sasl.username=me,sasl.password=hunter2"
        )
        #expect(said.count == 1)
        #expect(said.first?.contains("what authenticates the worker") ?? false)
        #expect(!said.joined().contains("hunter2"))
    }

    @Test("an open way to the provider is said where it was allowed")
    func provider() throws {
        let open = ["JIMENG_ENDPOINT": "http://simulator:8080", "JIMENG_ALLOW_PLAINTEXT": "true"]
        let said = try warnings("localhost:9092", "", open)
        #expect(said.count == 1)
        #expect(said.first?.contains("calls to http://simulator:8080 are not encrypted") ?? false)
        #expect(try warnings("localhost:9092", "", ["JIMENG_ENDPOINT": "http://localhost:1"]) == [])
    }

    @Test("an open way to the archive is said where it was allowed")
    func archive() throws {
        let open = [
            "JIMENG_ARCHIVE": "s3://videos", "JIMENG_ARCHIVE_ENDPOINT": "http://minio:9000",
            "JIMENG_ARCHIVE_ALLOW_PLAINTEXT": "true", "JIMENG_ARCHIVE_ACCESS_KEY": "AK",
            "JIMENG_ARCHIVE_SECRET_KEY": "SK",
        ]
        let said = try warnings("localhost:9092", "", open)
        #expect(said.count == 1)
        #expect(said.first?.contains("go to the archive without encryption") ?? false)
        let closed = open.merging(["JIMENG_ARCHIVE_ENDPOINT": "https://minio:9000"]) { $1 }
        #expect(try warnings("localhost:9092", "", closed) == [])
    }
}
