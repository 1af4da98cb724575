// The command line as a stranger uses it: exit codes, messages, and what comes out where.

import Foundation
import JSON
import JimengSimulator
import Kafka
import Logging
import Sandbox
import Testing
import WorkerRuntime

@Suite("Commands", .serialized, .timeLimit(.minutes(2)))
struct CommandTests {
    @Test("the version names the library")
    func version() async throws {
        let run = try await CommandRun.jimeng(["--version"])
        #expect(run.status == 0)
        #expect(run.output.contains("(librdkafka \(LibraryVersion.current))"))
    }

    @Test(
        "wrong usage ends with 64 and a hint",
        arguments: [
            ["worker", "--bogus"], ["frobnicate"], ["simulate", "--speed-up", "0"],
            ["submit", "--prompt", "x", "--file", "y"], ["results", "--last", "0"],
            ["generate", "--task", "no/id"], ["worker", "--set", "JIMENG_SECRET_KEY=x"],
            ["worker", "--set", "KAFKA_PROPERTIES=sasl.username=a,sasl.password=b"],
            ["sandbox", "--lanes", "9", "--slots", "8"], ["topics", "create", "--retention", "1s"],
        ])
    func usage(arguments: [String]) async throws {
        let run = try await CommandRun.jimeng(arguments)
        #expect(run.status == 64)
        #expect(!run.errors.isEmpty)
        #expect(run.output.isEmpty)
    }

    // MARK: Worker

    @Test("a worker without configuration says all that is missing and ends with 78")
    func missing() async throws {
        let run = try await CommandRun.jimeng(["worker"])
        #expect(run.status == 78)
        for name in ["KAFKA_BOOTSTRAP_SERVERS", "JIMENG_ACCESS_KEY", "JIMENG_SECRET_KEY"] {
            #expect(run.errors.contains("\(name): is missing"))
        }
    }

    private let keys = [
        "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1", "JIMENG_ACCESS_KEY": "AK-open",
        "JIMENG_SECRET_KEY": "SK-hidden",
    ]

    @Test("--check shows what the configuration comes to, without secrets")
    func check() async throws {
        let run = try await CommandRun.jimeng(
            ["worker", "--check", "--set", "JIMENG_LANES=2"], keys)
        #expect(run.status == 0)
        #expect(run.output.contains("JIMENG_LANES"))
        #expect(run.output.contains("--set"))
        #expect(!(run.output + run.errors).contains("SK-hidden"))
    }

    @Test("a worker that reaches no broker says where it looked and ends with 69")
    func unreachable() async throws {
        let run = try await CommandRun.jimeng(
            ["worker"], keys.merging(["JIMENG_START_TIMEOUT": "1s"]) { $1 })
        #expect(run.status == 69)
        #expect(run.errors.contains("no broker of 127.0.0.1:1 could be reached within 1s"))
    }

    @Test("not even the most talkative log has a secret, and open connections are said")
    func quietLog() async throws {
        let secrets = ["SK-hidden", "AK-open", "hunter2"]
        let run = try await CommandRun.jimeng(
            ["worker"],
            keys.merging([
                "JIMENG_START_TIMEOUT": "1s", "JIMENG_LOG_LEVEL": "trace",
                "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1,broker.invalid:1",
                "KAFKA_PROPERTIES":
                    "security.protocol=SASL_PLAINTEXT,sasl.mechanisms=PLAIN,sasl.username=me,"
                    + "sasl.password=hunter2,debug=all",
            ]) { $1 })
        #expect(run.status == 69)
        #expect(run.errors.contains("connections to brokers such as broker.invalid:1 are not"))
        for secret in secrets { #expect(!(run.output + run.errors).contains(secret)) }
    }

    // MARK: Generate

    /// A provider that takes half a second, and the settings to reach it.
    private func provider() async throws -> (SimulatorServer, [String: String]) {
        let server = try await SimulatorServer.start(
            provider: SimulatedProvider(
                ProviderOptions(times: GenerationTimes(usual: .fixed(.milliseconds(500))))))
        return (
            server,
            [
                "JIMENG_ENDPOINT": server.address.baseURL, "JIMENG_ACCESS_KEY": Sandbox.accessKey,
                "JIMENG_SECRET_KEY": Sandbox.secretKey,
            ]
        )
    }

    @Test("generate measures, submits once, downloads, and prints the link alone")
    func generate() async throws {
        let (server, settings) = try await provider()
        let file = FileManager.default.temporaryDirectory
            .appending(path: "jimeng-\(UInt64.random(in: 0 ... .max)).mp4").path()
        defer { try? FileManager.default.removeItem(atPath: file) }
        let run = try await CommandRun.jimeng(
            [
                "generate", "--image", "\(server.address.baseURL)/images/rotated-9x16.jpg",
                "--prompt", "a cat", "--download", file,
            ], settings)
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.errors.contains("image is 360x640 -> aspect ratio 9:16"))
        let task = try #require(server.invoice().lines.first?.taskID)
        #expect(server.invoice().lines.count == 1)
        #expect(run.output == "\(server.address.baseURL)/videos/\(task).mp4\n")
        #expect(FileManager.default.contents(atPath: file)?.count ?? 0 > 1000)
        let again = try await CommandRun.jimeng(["generate", "--task", task], settings)
        #expect(again.output == run.output)
        #expect(server.invoice().lines.count == 1)
        await server.stop()
    }

    @Test("generate never submits again after a lost answer")
    func lostAnswer() async throws {
        let (server, settings) = try await provider()
        let run = try await CommandRun.jimeng(
            [
                "generate", "--model", "jimeng_t2v_v30", "--prompt", "x [sim:drop-after-accept]",
                "--retries", "5",
            ], settings)
        #expect(run.status == 1)
        #expect(run.errors.contains("there may be a task that is paid for"))
        #expect(server.invoice().lines.count == 1)
        await server.stop()
    }

    @Test(
        "generate names the remedy",
        arguments: [
            ("[sim:refuse=50430]", 75, "try again later"),
            ("[sim:reject=50412]", 1, "Nothing was paid"),
            ("[sim:fail=50516]", 1, "the task failed: 50516"),
        ])
    func remedies(marker: String, status: Int32, words: String) async throws {
        let (server, settings) = try await provider()
        let run = try await CommandRun.jimeng(
            [
                "generate", "--model", "jimeng_t2v_v30", "--prompt", "x \(marker)", "--retries",
                "0",
            ], settings)
        #expect(run.status == status)
        #expect(run.errors.contains(words), "\(run.errors)")
        #expect(run.output.isEmpty)
        await server.stop()
    }

    @Test("wrong keys and an unwritable log are found before anything is paid")
    func nothingPaid() async throws {
        let (server, settings) = try await provider()
        let request = ["generate", "--model", "jimeng_t2v_v30", "--prompt", "x"]
        let wrong = try await CommandRun.jimeng(
            request, settings.merging(["JIMENG_SECRET_KEY": "wrong"]) { $1 })
        #expect(wrong.status == 78)
        #expect(wrong.errors.contains("Check JIMENG_ACCESS_KEY"))
        for option in ["--log-file", "--download"] {
            let run = try await CommandRun.jimeng(request + [option, "/no/such/x"], settings)
            #expect(run.status == 64)
            #expect(run.errors.contains("/no/such/"))
        }
        #expect(server.invoice().lines.isEmpty)
        await server.stop()
    }

    // MARK: Submit and results

    @Test("submit waits for what it handed in, and results shows it again")
    func submitAndResults() async throws {
        var options = SandboxOptions()
        options.generation = .fixed(.milliseconds(300))
        let sandbox = try await Sandbox(options)
        let worker = try sandbox.worker(
            named: "commands", policy: sandbox.policy(scale: .milliseconds(300)),
            logger: Logger(label: "none") { _ in SwiftLogNoOpLogHandler() })
        let running = Task { try await worker.run() }
        let settings = [
            "KAFKA_BOOTSTRAP_SERVERS": sandbox.bootstrapServers,
            "KAFKA_PROPERTIES": "fetch.wait.max.ms=10",
            "JIMENG_REQUESTS_TOPIC": sandbox.topics.requests,
            "JIMENG_RESULTS_TOPIC": sandbox.topics.results,
            "JIMENG_FAILURES_TOPIC": sandbox.topics.failures,
        ]
        let lines = """
            {"id":"a","model":"jimeng_t2v_v30","prompt":"good"}

            {"id":"b","model":"jimeng_t2v_v30","prompt":"bad [sim:reject=50412]"}
            """
        let submit = try await CommandRun.jimeng(
            ["submit", "--wait", "--timeout", "60s"], settings, input: lines)
        #expect(submit.status == 1, "\(submit.errors)")
        #expect(try Self.statuses(submit.output) == ["a": "succeeded", "b": "failed"])
        let results = try await CommandRun.jimeng(
            ["results", "--from-beginning", "--no-follow"], settings)
        #expect(results.status == 0)
        #expect(try Self.statuses(results.output) == ["a": "succeeded", "b": "failed"])
        let failures = try await CommandRun.jimeng(
            ["results", "--from-beginning", "--no-follow", "--failures", "--id", "b"], settings)
        #expect(try Self.statuses(failures.output) == ["b": "failed"])
        worker.drain()
        try await running.value
        await sandbox.stop()
    }

    @Test("submit sends nothing when one line is wrong")
    func wrongLines() async throws {
        let run = try await CommandRun.jimeng(
            ["submit"], ["KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1"],
            input: "{\"model\":\"jimeng_t2v_v30\",\"prompt\":\"x\"}\ngarbage\n")
        #expect(run.status == 64)
        #expect(run.errors.contains("line 2: not JSON"))
    }

    private static func statuses(_ lines: String) throws -> [String: String] {
        var statuses: [String: String] = [:]
        for line in lines.split(separator: "\n") {
            let json = try JSON(parsing: Array(line.utf8))
            statuses[try #require(json["id"]?.string)] = json["status"]?.string
        }
        return statuses
    }
}
