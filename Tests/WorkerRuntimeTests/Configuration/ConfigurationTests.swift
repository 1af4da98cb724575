// The configuration of a worker: defaults, bounds, precedence, and all mistakes at once.

import FoundationEssentials
import Jimeng
import JobEngine
import Kafka
import MediaAccess
import Testing
import WorkerRuntime

@Suite("Configuration")
struct ConfigurationTests {
    static let least = [
        "KAFKA_BOOTSTRAP_SERVERS": "broker-1:9092", "JIMENG_ACCESS_KEY": "AK",
        "JIMENG_SECRET_KEY": "SK-very-secret",
    ]

    private func read(
        _ environment: [String: String] = [:], flags: [(String, String)] = [], file: String? = nil
    ) throws(ConfigurationMistakes) -> WorkerConfiguration {
        try WorkerConfiguration(
            ConfigurationSources(
                flags: flags.map { .init(name: $0.0, text: $0.1, flag: "--test") },
                environment: Self.least.merging(environment) { $1 }, file: file))
    }

    /// The names of what is wrong.
    private func mistakes(_ environment: [String: String]) -> [ConfigurationMistake] {
        do throws(ConfigurationMistakes) {
            _ = try read(environment)
            return []
        } catch {
            return error.mistakes
        }
    }

    // MARK: Defaults

    @Test("what is not given has the defaults of the engine, the client and the runtime")
    func defaults() throws {
        let configuration = try read()
        var policy = Policy()
        policy.submitTimeout = configuration.provider.submitTimeout
        #expect(configuration.policy == policy)
        #expect(configuration.connection.topics == Topics())
        #expect(configuration.provider.endpoint == Endpoint.live)
        let settings = configuration.settings(lanes: 3)
        let standard = WorkerSettings(kafka: configuration.connection.kafka)
        #expect(settings.group == standard.group)
        #expect(settings.transactionTimeout == standard.transactionTimeout)
        #expect(settings.policy.lanes == 3)
        #expect(configuration.imagePorts == FetchGuard().ports)
        #expect(configuration.lanes == nil)
        let account = try #require(configuration.provider.accounts.first)
        #expect(
            account.limits
                == AccountLimits(
                    name: "default", concurrency: 2, submitsPerSecond: 1, queriesPerSecond: 5))
    }

    @Test("the client id tells processes apart")
    func clientID() throws {
        let id = try read().connection.kafka.clientID
        #expect(id.hasPrefix("jimeng-"))
        #expect(id.hasSuffix("-\(ProcessInfo.processInfo.processIdentifier)"))
    }

    @Test("the client never waits longer for a submit than the engine does")
    func submitTime() throws {
        for time in ["12s", "60s", "10m"] {
            let configuration = try read(["JIMENG_SUBMIT_TIMEOUT": time])
            let client = configuration.provider.clientSettings
            // Head and body of the answer each have the answer's time.
            #expect(
                client.connectTimeout + client.answerTimeout * 2
                    <= configuration.policy.submitTimeout
                    || client.answerTimeout == .seconds(6))
        }
    }

    // MARK: Bounds

    @Test(
        "a value out of bounds is refused by its name",
        arguments: [
            ("KAFKA_BOOTSTRAP_SERVERS", "broker"), ("KAFKA_BOOTSTRAP_SERVERS", "broker:0"),
            ("KAFKA_GROUP_ID", "a b"), ("KAFKA_CLIENT_ID", "ü"),
            ("KAFKA_PROPERTIES", "nonsense"), ("KAFKA_PROPERTIES", "no.such.property=1"),
            ("KAFKA_PROPERTIES", "isolation.level=read_uncommitted"),
            ("KAFKA_TRANSACTION_TIMEOUT", "16m"), ("JIMENG_ACCOUNT", "a/b"),
            ("JIMENG_CONCURRENCY", "0"), ("JIMENG_CONCURRENCY", "two"),
            ("JIMENG_SUBMIT_QPS", "0"), ("JIMENG_SUBMIT_QPS", "-1"), ("JIMENG_QUERY_QPS", "nan"),
            ("JIMENG_ENDPOINT", "ftp://example.com"), ("JIMENG_ENDPOINT", "http://example.com"),
            ("JIMENG_ALLOW_PLAINTEXT", "maybe"), ("JIMENG_DEFAULT_MODEL", "jimeng_t2v_v31"),
            ("JIMENG_REQUESTS_TOPIC", "a b"), ("JIMENG_LEDGER_TOPIC", ".."),
            ("JIMENG_RESULTS_TOPIC", String(repeating: "a", count: 250)),
            ("JIMENG_FAILURES_TOPIC", "jimeng.results"), ("JIMENG_PROGRESS_TOPIC", "ü"),
            ("JIMENG_LANES", "0"), ("JIMENG_LANES", "3"), ("JIMENG_UNKNOWN_SUBMIT", "ignore"),
            ("JIMENG_TASK_TIMEOUT", "30"), ("JIMENG_TASK_TIMEOUT", "13h"),
            ("JIMENG_SEND_WINDOW", "42s"), ("JIMENG_SUBMIT_TIMEOUT", "11s"),
            ("JIMENG_UNKNOWN_HOLD", "-1s"), ("JIMENG_DEDUP_WINDOW", "31d"),
            ("JIMENG_RETRY_TRIES", "101"), ("JIMENG_WINDOW_JOBS", "0"),
            ("JIMENG_WINDOW_BYTES", "1KiB"), ("JIMENG_WINDOW_BYTES", "64MB"),
            ("JIMENG_POLL_FIRST", "1ms"), ("JIMENG_POLL_SHORTEST", "61s"),
            ("JIMENG_POLL_LONGEST", "1h"), ("JIMENG_POLL_USUAL", "2h"),
            ("JIMENG_POLL_QUERIES", "3"), ("JIMENG_DRAIN_TIMEOUT", "0s"),
            ("JIMENG_IMAGE_NETWORKS", "10.0.0.1/8"), ("JIMENG_IMAGE_PORTS", "80,http"),
            ("JIMENG_START_TIMEOUT", "2h"), ("JIMENG_LOG_LEVEL", "loud"),
            ("JIMENG_LOG_FORMAT", "xml"), ("JIMENG_ACCESS_KEY", "a b"),
            ("JIMENG_SECRET_KEY", "a b"),
            ("JIMENG_SESSION_TOKEN", "a\nb"), ("JIMENG_SESSION_TOKEN_FILE", "/no/such/file"),
        ])
    func bounds(name: String, text: String) {
        let found = mistakes([name: text])
        #expect(found.count == 1, "\(found)")
        #expect(found.first?.name == name, "\(found)")
    }

    @Test("variables that a platform puts there are no mistakes, slips of the pen are")
    func foreignVariables() {
        let platform = [
            "JIMENG_WORKER_SERVICE_HOST": "10.0.0.1", "JIMENG_WORKER_SERVICE_PORT": "8080",
            "JIMENG_WORKER_PORT_8080_TCP_ADDR": "10.0.0.1",
        ]
        let given = Self.least.merging(platform) { $1 }
        #expect(mistakes(given) == [])
        #expect(
            mistakes(given.merging(["JIMENG_LANE": "2"]) { $1 }).map(\.name) == ["JIMENG_LANE"])
    }

    @Test("every setting but the path of the file has a case among the bounds")
    func everySettingIsTested() {
        // A name that is read nowhere would not be missed otherwise.
        for field in WorkerFields.all where field.name != "JIMENG_CONFIG" {
            let garbage = mistakes([field.name: "\u{1} ,=;"])
            #expect(!garbage.isEmpty, "\(field.name) takes anything")
        }
    }

    @Test("all mistakes are reported at once, each with its place")
    func allAtOnce() {
        let found = mistakes([
            "JIMENG_CONCURRENCY": "0", "JIMENG_TASK_TIMEOUT": "5", "JIMENG_ENDPONT": "x",
            "JIMENG_LOG_LEVEL": "loud",
        ])
        #expect(
            Set(found.map(\.name)) == [
                "JIMENG_CONCURRENCY", "JIMENG_TASK_TIMEOUT", "JIMENG_ENDPONT", "JIMENG_LOG_LEVEL",
            ])
        #expect(found.allSatisfy { $0.origin == "environment" })
        #expect(found.contains { $0.text.contains("did you mean JIMENG_ENDPOINT?") })
    }

    @Test("what is required is asked for, all of it")
    func required() {
        #expect(throws: ConfigurationMistakes.self) {
            try WorkerConfiguration(ConfigurationSources(flags: [], environment: [:]))
        }
        do throws(ConfigurationMistakes) {
            _ = try WorkerConfiguration(ConfigurationSources(flags: [], environment: [:]))
        } catch {
            #expect(
                error.mistakes.map(\.name) == [
                    "KAFKA_BOOTSTRAP_SERVERS", "JIMENG_ACCESS_KEY", "JIMENG_SECRET_KEY",
                ])
        }
    }

    // MARK: What must fit together

    @Test("there are no more lanes than slots of the smallest pool")
    func lanesAndSlots() throws {
        #expect(try read(["JIMENG_LANES": "2"]).lanes == 2)
        #expect(mistakes(["JIMENG_LANES": "3"]).first?.text.contains("2 slots only") ?? false)
    }

    @Test("a submit is sent before another worker can own its job")
    func sendWindow() throws {
        let fast = "session.timeout.ms=6000,heartbeat.interval.ms=1000"
        #expect(
            mistakes(["KAFKA_PROPERTIES": fast]).map(\.name) == ["JIMENG_SEND_WINDOW"])
        let fits = try read(["KAFKA_PROPERTIES": fast, "JIMENG_SEND_WINDOW": "4s"])
        #expect(fits.policy.sendWindow == .seconds(4))
    }

    @Test("http reaches this machine, and another only when that is said")
    func plainText() throws {
        #expect(
            try read(["JIMENG_ENDPOINT": "http://127.0.0.1:8080"]).provider.endpoint.port == 8080)
        let allowed = try read([
            "JIMENG_ENDPOINT": "http://sim:8080", "JIMENG_ALLOW_PLAINTEXT": "true",
        ])
        #expect(allowed.provider.endpoint.host == "sim")
        let refused = mistakes(["JIMENG_ENDPOINT": "http://sim:8080"])
        #expect(refused.first?.text.contains("JIMENG_ALLOW_PLAINTEXT=true") ?? false)
    }

    // MARK: Sources

    @Test("flags go before the environment, which goes before the file")
    func precedence() throws {
        let file = try TemporaryFile(
            """
            kafka: {group_id: of-file}
            jimeng: {concurrency: 3, lanes: 2, retry_tries: 9}
            """)
        let configuration = try read(
            ["KAFKA_GROUP_ID": "of-environment", "JIMENG_CONCURRENCY": "4"],
            flags: [("KAFKA_GROUP_ID", "of-flags")], file: file.path)
        #expect(configuration.connection.group == "of-flags")
        #expect(configuration.provider.accounts.first?.limits.concurrency == 4)
        #expect(configuration.lanes == 2)
        #expect(configuration.policy.maximumTries == 9)
    }

    @Test(
        "a file nests at underscores as one likes",
        arguments: [
            "KAFKA_GROUP_ID: a\n", "kafka_group_id: a\n", "kafka: {group_id: a}\n",
            "kafka:\n  group:\n    id: a\n", "kafka: {group-id: a}\n", "kafka.group.id: a\n",
        ])
    func nesting(text: String) throws {
        let file = try TemporaryFile(text)
        #expect(try read(file: file.path).connection.group == "a")
    }

    @Test("the file can also be named by the environment, and empty variables count as absent")
    func configVariable() throws {
        let file = try TemporaryFile("jimeng: {retry_tries: 7}\n")
        let configuration = try read(["JIMENG_CONFIG": file.path, "JIMENG_RETRY_TRIES": ""])
        #expect(configuration.policy.maximumTries == 7)
    }

    @Test(
        "a file that cannot be used says why, with the line",
        arguments: [
            ("jimeng: {concurency: 2}\n", "did you mean JIMENG_CONCURRENCY?"),
            ("kafka: {group_id: a}\nKAFKA_GROUP_ID: b\n", "is given twice, first in line 1"),
            ("- a\n", "must hold a mapping"), ("a: [\n", "is not YAML"),
            ("jimeng: {lanes: [{a: b}]}\n", "must be a list of texts"),
            ("accounts: 3\n", "must be a list of accounts"),
            ("accounts: [3]\n", "must be a mapping"),
        ])
    func badFile(text: String, word: String) throws {
        let file = try TemporaryFile(text)
        let error = #expect(throws: ConfigurationMistakes.self) { try read(file: file.path) }
        #expect(error?.description.contains(word) ?? false, "\(String(describing: error))")
    }

    @Test("properties come from all sources, and a comma in a value is written with a backslash")
    func properties() throws {
        let lines = try TemporaryFile("# ours\nsasl.username = me\nclient.rack=file\n")
        let file = try TemporaryFile(
            "kafka:\n  properties:\n    client.rack: yaml\n    socket.timeout.ms: 1000\n")
        let configuration = try read(
            [
                "KAFKA_PROPERTIES": "ssl.cipher.suites=a\\,b,client.rack=environment",
                "KAFKA_PROPERTIES_FILE": lines.path,
            ], file: file.path)
        #expect(
            configuration.connection.kafka.properties == [
                "ssl.cipher.suites": "a,b", "client.rack": "environment", "sasl.username": "me",
                "socket.timeout.ms": "1000",
            ])
    }

    // MARK: Accounts

    @Test("several accounts are a list in the file")
    func accounts() throws {
        let key = try TemporaryFile("AK2\n")
        let file = try TemporaryFile(
            """
            kafka: {bootstrap_servers: [a:1, b:2]}
            accounts:
              - {name: one, access_key: AK1, secret_key: SK1, concurrency: 4, submit_qps: 2.5}
              - name: two
                access_key_file: \(key.path)
                secret_key: SK2
                models: {jimeng_t2v_v30: 3}
            """)
        let configuration = try WorkerConfiguration(
            ConfigurationSources(flags: [], environment: [:], file: file.path))
        #expect(configuration.connection.kafka.bootstrapServers == "a:1,b:2")
        let accounts = configuration.provider.accounts
        #expect(accounts.map(\.limits.name) == ["one", "two"])
        #expect(accounts.map(\.limits.concurrency) == [4, 2])
        #expect(accounts.map(\.limits.submitsPerSecond) == [2.5, 1])
        #expect(accounts[1].limits.modelConcurrency == ["jimeng_t2v_v30": 3])
        #expect(accounts[1].credentials.accessKeyID == "AK2")
        #expect(configuration.smallestPool?.slots == 2)
    }

    @Test("a list of accounts tells every mistake in it")
    func badAccounts() throws {
        let file = try TemporaryFile(
            """
            accounts:
              - {name: one, access_key: AK1, secret_key: SK1, concurency: 4}
              - {name: one, access_key: AK1, secret_key_file: /no/such, submit_qps: 0}
              - {access_key: AK1, secret_key: SK1, secret_key_file: /x, models: {nope: 1}}
            """)
        do throws(ConfigurationMistakes) {
            _ = try read(file: file.path)
            Issue.record("nothing was refused")
        } catch {
            let names = error.mistakes.map(\.name)
            for name in [
                "accounts[0].concurency", "accounts[1].name", "accounts[1].secret_key_file",
                "accounts[1].submit_qps", "accounts[2].name", "accounts[2].secret_key",
                "accounts[2].models.nope", "JIMENG_ACCESS_KEY",
            ] {
                #expect(names.contains(name), "\(name) is missing in \(names)")
            }
        }
    }

    // MARK: Secrets

    @Test("a secret's file loses one line break at its end and nothing else")
    func secretFiles() throws {
        let file = try TemporaryFile("AK=+/x==\n")
        let configuration = try WorkerConfiguration(
            ConfigurationSources(
                flags: [],
                environment: [
                    "KAFKA_BOOTSTRAP_SERVERS": "a:1", "JIMENG_SECRET_KEY": "SK",
                    "JIMENG_ACCESS_KEY_FILE": file.path,
                ]))
        #expect(configuration.provider.accounts.first?.credentials.accessKeyID == "AK=+/x==")
        let both = mistakes(["JIMENG_ACCESS_KEY_FILE": file.path])
        #expect(both.first?.text.contains("give one of them") ?? false)
    }

    @Test("no secret shows in a description, a dump, a mistake, or what --check prints")
    func secretsStaySecret() throws {
        let secrets = ["SK-very-secret", "hunter2", "TOKEN-secret"]
        let environment = [
            "KAFKA_PROPERTIES": "sasl.password=hunter2,sasl.username=me",
            "JIMENG_SESSION_TOKEN": "TOKEN-secret",
        ]
        let sources = ConfigurationSources(
            flags: [], environment: Self.least.merging(environment) { $1 })
        let configuration = try WorkerConfiguration(sources)
        var texts = [String(describing: configuration), String(reflecting: configuration)]
        var dumped = ""
        dump(configuration, to: &dumped)
        texts.append(dumped)
        texts += EffectiveConfiguration(configuration, sources).lines.map { "\($0)" }
        let wrong = mistakes(
            environment.merging([
                "KAFKA_PROPERTIES": "sasl.password=hunter2,nonsense,no.such=hunter2",
                "JIMENG_SECRET_KEY": "SK-very-secret with space",
            ]) { $1 })
        #expect(wrong.count >= 2)
        texts += wrong.map(\.description)
        for text in texts {
            for secret in secrets { #expect(!text.contains(secret), "\(text)") }
        }
    }
}
