// Files that change while a worker works: what is taken over, what is refused, and what waits.

import Foundation
import Jimeng
import JobEngine
import Logging
import Observability
import Synchronization
import Testing
import WorkerRuntime

@Suite("Configuration that changes")
struct ConfigurationWatchTests {
    /// A YAML file, a file with a key, and a watch over both.
    private final class Scene: Sendable {
        let folder: URL
        let log = Board<String>()
        let registry = MetricCatalogue.registry()
        let adopted = Mutex<[WorkerConfiguration]>([])

        init() throws {
            folder = FileManager.default.temporaryDirectory
                .appending(path: "jimeng-reload-\(UInt64.random(in: 0 ... .max))")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        }

        deinit { try? FileManager.default.removeItem(at: folder) }

        func path(_ name: String) -> String { folder.appending(path: name).path() }

        func write(_ name: String, _ text: String) throws {
            try Data(text.utf8).write(to: folder.appending(path: name))
        }

        /// - Parameter meanwhile: happens after the first reading, before there is a watch.
        func watch(_ yaml: String, meanwhile: () throws -> Void = {}) throws
            -> ConfigurationWatch
        {
            try write("key", "SK-the-first")
            try write("worker.yaml", yaml)
            let sources = ConfigurationSources(
                flags: [],
                environment: [
                    "KAFKA_BOOTSTRAP_SERVERS": "broker-1:9092", "JIMENG_ACCESS_KEY": "AK",
                    "JIMENG_SECRET_KEY_FILE": folder.appending(path: "key").path(),
                ], file: folder.appending(path: "worker.yaml").path())
            let configuration = try WorkerConfiguration(sources)
            try meanwhile()
            let logger = Logger(label: "watch") { _ in BoardLog(board: self.log) }
            return ConfigurationWatch(
                configuration, sources, lanes: 2, registry: registry,
                logger: logger, adopt: { new in self.adopted.withLock { $0.append(new) } })
        }

        var concurrencies: [Int] {
            adopted.withLock { $0.compactMap { $0.provider.accounts.first?.limits.concurrency } }
        }

        func metric(_ name: String) -> Bool { registry.exposition().contains(name) }
    }

    @Test("a change is taken over when it has stood still for two looks")
    func standsStill() async throws {
        let scene = try Scene()
        let watch = try scene.watch("jimeng: {concurrency: 2}")
        await watch.look()
        #expect(scene.concurrencies == [])
        try scene.write("worker.yaml", "jimeng: {concurrency: ")
        await watch.look()
        try scene.write("worker.yaml", "jimeng: {concurrency: 4}")
        await watch.look()
        #expect(scene.concurrencies == [])
        await watch.look()
        #expect(scene.concurrencies == [4])
        await watch.look()
        await watch.look()
        #expect(scene.concurrencies == [4])
        #expect(scene.metric(#"jimeng_config_reloads_total{result="applied"} 1"#))
    }

    @Test("a signal takes a change over at once")
    func signal() async throws {
        let scene = try Scene()
        let watch = try scene.watch("jimeng: {concurrency: 2}")
        try scene.write("worker.yaml", "jimeng: {concurrency: 3}")
        await watch.reload()
        #expect(scene.concurrencies == [3])
        await watch.look()
        await watch.look()
        #expect(scene.concurrencies == [3])
    }

    @Test(
        "what is wrong is refused whole, with one warning, until it is right",
        arguments: [
            "jimeng: {concurrency: many, submit_qps: 3}", "jimeng: {concurrency: 1}",
            "jimeng: {concurency: 4}", "jimeng: [", "jimeng: {concurrency: 0}",
        ])
    func wrong(yaml: String) async throws {
        let scene = try Scene()
        let watch = try scene.watch("jimeng: {concurrency: 2, tenants: 'a weight=2'}")
        try scene.write("worker.yaml", yaml)
        for _ in 0..<5 { await watch.look() }
        #expect(scene.concurrencies == [])
        #expect(scene.log.items.count { $0.contains("is refused") } == 1)
        #expect(scene.metric("jimeng_config_reload_refused 1"))
        try scene.write("worker.yaml", "jimeng: {concurrency: 5}")
        for _ in 0..<2 { await watch.look() }
        #expect(scene.concurrencies == [5])
        #expect(scene.metric("jimeng_config_reload_refused 0"))
    }

    @Test(
        "keys of the archive and Kafka's user and password are taken over; those of another place wait",
        arguments: [
            ("kafka_properties: {sasl.username: u, sasl.password: p2}", "s3://videos/x", true),
            (
                "kafka_properties: {sasl.username: u, sasl.password: p2, linger.ms: 1}",
                "s3://other/x", false
            ),
        ])
    func otherKeys(kafka: String, bucket: String, isLive: Bool) async throws {
        func yaml(_ kafka: String, _ bucket: String, _ key: String) -> String {
            """
            \(kafka)
            jimeng:
              archive: \(bucket)
              archive_access_key_file: \(key)
              archive_secret_key_file: \(key)
            """
        }
        let scene = try Scene()
        try scene.write("archive-1", "AS-first")
        try scene.write("archive-2", "AS-second")
        let (first, second) = (scene.path("archive-1"), scene.path("archive-2"))
        let watch = try scene.watch(
            yaml("kafka_properties: {sasl.username: u, sasl.password: p}", "s3://videos/x", first))
        try scene.write("worker.yaml", yaml(kafka, bucket, second))
        await watch.reload()
        let changed = try #require(scene.log.items.first { $0.contains("read anew") })
        #expect(changed.contains("Kafka's user and password") == isLive)
        #expect(changed.contains("keys of the archive") == isLive)
        let later = scene.log.items.contains {
            $0.contains("next start only") && $0.contains("KAFKA_PROPERTIES")
                && $0.contains("JIMENG_ARCHIVE")
        }
        #expect(later != isLive)
        #expect(!scene.log.items.contains { $0.contains("AS-") || $0.contains("p2") })

        // What waits goes on waiting when only a password changes once more.
        let mark = scene.log.items.count
        let third = kafka.replacing("p2", with: "p3")
        try scene.write("worker.yaml", yaml(third, bucket, second))
        await watch.reload()
        let news = scene.log.items.dropFirst(mark)
        #expect(news.contains { $0.contains("Kafka's user and password") } == isLive)
        #expect(news.contains { $0.contains("next start only") } != isLive)
    }

    @Test("a key that is replaced is noticed, and never shown")
    func keys() async throws {
        let scene = try Scene()
        let watch = try scene.watch("jimeng: {concurrency: 2}")
        try scene.write("key", "SK-the-second")
        for _ in 0..<2 { await watch.look() }
        let credentials = scene.adopted.withLock { $0.first?.provider.accounts.first?.credentials }
        #expect(
            try credentials
                == Credentials(accessKeyID: "AK", secretAccessKey: Secret("SK-the-second")))
        let lines = scene.log.items
        #expect(lines.contains { $0.contains("keys of account default") })
        #expect(!lines.contains { $0.contains("the-second") })
    }

    @Test("a change between the reading at the start and the first look counts")
    func duringTheStart() async throws {
        let scene = try Scene()
        let watch = try scene.watch("jimeng: {concurrency: 2}") {
            try scene.write("worker.yaml", "jimeng: {concurrency: 6}")
        }
        for _ in 0..<2 { await watch.look() }
        #expect(scene.concurrencies == [6])
    }

    @Test("a file that is named before it is there is noticed when it comes")
    func fileThatComes() async throws {
        let scene = try Scene()
        let watch = try scene.watch("jimeng: {concurrency: 2}")
        let token = scene.folder.appending(path: "token").path()
        try scene.write("worker.yaml", "jimeng: {concurrency: 3, session_token_file: '\(token)'}")
        for _ in 0..<5 { await watch.look() }
        #expect(scene.concurrencies == [])
        #expect(scene.log.items.count { $0.contains("is refused") } == 1)
        try scene.write("token", "a-session-token")
        for _ in 0..<2 { await watch.look() }
        #expect(scene.concurrencies == [3])
    }

    @Test("what takes effect at the next start only is named")
    func later() async throws {
        let scene = try Scene()
        let watch = try scene.watch("jimeng: {concurrency: 2}")
        try scene.write(
            "worker.yaml", "jimeng: {concurrency: 2, send_window: 5s, task_timeout: 9m}")
        await watch.reload()
        let lines = scene.log.items
        #expect(lines.contains { $0.contains("read anew") && $0.contains("JIMENG_TASK_TIMEOUT") })
        #expect(lines.contains { $0.contains("next start") && $0.contains("JIMENG_SEND_WINDOW") })
        #expect(!lines.contains { $0.contains("next start") && $0.contains("TASK_TIMEOUT") })
    }
}
