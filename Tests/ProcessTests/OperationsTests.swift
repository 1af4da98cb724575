// The operators' commands, run against a sandbox with real workers.

import Foundation
import JSON
import JimengSimulator
import JobEngine
import Kafka
import Logging
import Sandbox
import Testing
import WorkerRuntime

@Suite("Operations", .serialized, .timeLimit(.minutes(3)))
struct OperationsTests {
    private static func settings(_ sandbox: Sandbox) -> [String: String] {
        [
            "KAFKA_BOOTSTRAP_SERVERS": sandbox.bootstrapServers,
            "KAFKA_PROPERTIES": "fetch.wait.max.ms=10",
            "JIMENG_REQUESTS_TOPIC": sandbox.topics.requests,
            "JIMENG_LEDGER_TOPIC": sandbox.topics.ledger,
            "JIMENG_RESULTS_TOPIC": sandbox.topics.results,
            "JIMENG_FAILURES_TOPIC": sandbox.topics.failures,
        ]
    }

    private static func lines(_ run: CommandRun) throws -> [JSON] {
        try run.output.split(separator: "\n").map { try JSON(parsing: Array($0.utf8)) }
    }

    @Test("before a worker has come, requests wait: explain and lanes say so, jobs has none")
    func waiting() async throws {
        let sandbox = try await Sandbox(SandboxOptions())
        let settings = Self.settings(sandbox)
        let submit = try await CommandRun.jimeng(
            ["submit"], settings, input: #"{"id":"w","model":"jimeng_t2v_v30","prompt":"x"}"#)
        #expect(submit.status == 0, "\(submit.errors)")
        let explain = try await CommandRun.jimeng(["explain", "w"], settings)
        #expect(explain.status == 0, "\(explain.errors)")
        #expect(explain.output.contains("not yet accepted by a worker"))
        let unknown = try await CommandRun.jimeng(["explain", "nobody"], settings)
        #expect(unknown.status == 1)
        let lanes = try Self.lines(try await CommandRun.jimeng(["lanes", "--json"], settings))
        #expect(lanes.compactMap { $0["lag"]?.int }.reduce(0, +) == 1)
        let jobs = try await CommandRun.jimeng(["jobs", "--json"], settings)
        #expect(jobs.status == 0)
        #expect(jobs.output.isEmpty)
        let resolve = try await CommandRun.jimeng(["resolve", "w", "--as-task", "t"], settings)
        #expect(resolve.status == 75)
        let lost = try await CommandRun.jimeng(["resolve", "w", "--as-lost"], settings)
        #expect(lost.status == 75)
        #expect(lost.errors.contains("w is not known to the ledger"))
        await sandbox.stop()
    }

    @Test("a life from submit to replay is seen by every command")
    func life() async throws {
        var options = SandboxOptions()
        options.generation = .fixed(.milliseconds(300))
        let sandbox = try await Sandbox(options)
        let settings = Self.settings(sandbox)
        let worker = try sandbox.worker(
            named: "first", policy: sandbox.policy(scale: .milliseconds(300)),
            logger: Logger(label: "none") { _ in SwiftLogNoOpLogHandler() })
        let running = Task { try await worker.run() }
        let lines = """
            {"id":"good","model":"jimeng_t2v_v30","prompt":"x","tenant":"north"}
            {"id":"bad","model":"jimeng_t2v_v30","prompt":"x [sim:reject=50412]"}
            {"id":"later","model":"jimeng_t2v_v30","prompt":"x","not_before":"2099-01-01T00:00:00Z"}
            """
        _ = try await CommandRun.jimeng(["submit"], settings, input: lines)
        let audience = try Audience(
            ClientConfiguration(bootstrapServers: sandbox.bootstrapServers), ids: ["good", "bad"])
        try await audience.follow([sandbox.topics.results, sandbox.topics.failures])
        await audience.wait(for: 2, within: .seconds(60))

        let open = try Self.lines(try await CommandRun.jimeng(["jobs", "--json"], settings))
        #expect(open.map { $0["id"]?.string } == ["later"])
        #expect(open.first?["state"] == "delayed")
        #expect(open.first?["worker"] == "first")
        let table = try await CommandRun.jimeng(["jobs", "--all"], settings)
        #expect(table.output.contains("failed: content_rejected"))

        let story = try await CommandRun.jimeng(["explain", "good"], settings)
        for words in [
            "requested", "attempt 1 intended", "attempt 1 accepted by the provider as task",
            "finished: succeeded", "money: ", "first, epoch",
        ] {
            #expect(story.output.contains(words), "\(words) in \(story.output)")
        }
        let spend = try Self.lines(
            try await CommandRun.jimeng(["spend", "--by", "tenant", "--json"], settings))
        #expect(spend.first?["tenant"] == "north")
        #expect(spend.last?["results"] == 1)

        let careful = try await CommandRun.jimeng(["replay", "--dry-run"], settings)
        #expect(careful.errors.contains("would send 0 again"))
        let unasked = try await CommandRun.jimeng(["replay", "--id", "bad"], settings)
        #expect(unasked.status == 75)
        let replay = try await CommandRun.jimeng(
            ["replay", "--id", "bad", "--yes", "--json"], settings)
        #expect(replay.status == 0, "\(replay.errors)")
        #expect(try Self.lines(replay).last?["written"] == 1)

        let cancel = try await CommandRun.jimeng(
            ["cancel", "later", "--wait", "--timeout", "60s", "--json"], settings)
        #expect(cancel.status == 0, "\(cancel.errors)")
        #expect(try Self.lines(cancel).first?["error"]?["kind"] == "cancelled")
        let again = try await CommandRun.jimeng(["cancel", "later"], settings)
        #expect(again.errors.contains("has ended already"))
        await audience.close()
        worker.drain()
        try await running.value
        await sandbox.stop()
    }

    @Test("a slot on hold for a lost submit is free as soon as an operator says so")
    func lost() async throws {
        var options = SandboxOptions()
        (options.lanes, options.requestPartitions, options.slots) = (1, 1, 1)
        options.generation = .fixed(.milliseconds(300))
        let sandbox = try await Sandbox(options)
        let settings = Self.settings(sandbox)
        var policy = sandbox.policy(scale: .milliseconds(300))
        policy.unknownHold = .seconds(3600)
        let worker = try sandbox.worker(
            named: "only", policy: policy,
            logger: Logger(label: "none") { _ in SwiftLogNoOpLogHandler() })
        let running = Task { try await worker.run() }
        let audience = try Audience(
            ClientConfiguration(bootstrapServers: sandbox.bootstrapServers), ids: ["gone", "next"])
        try await audience.follow([sandbox.topics.results, sandbox.topics.failures])
        let lines = """
            {"id":"gone","model":"jimeng_t2v_v30","prompt":"x [sim:drop-before]"}
            """
        _ = try await CommandRun.jimeng(["submit"], settings, input: lines)
        await audience.wait(for: 1, within: .seconds(60))
        let held = try Self.lines(try await CommandRun.jimeng(["jobs", "--json"], settings))
        #expect(held.map { $0["state"]?.string } == ["holding"])

        let task = try await CommandRun.jimeng(["resolve", "gone", "--as-task", "t"], settings)
        #expect(task.status == 75)
        let lost = try await CommandRun.jimeng(
            ["resolve", "gone", "--as-lost", "--json"], settings)
        #expect(lost.status == 0, "\(lost.errors)")
        #expect(try Self.lines(lost).first?["lost"] == true)
        _ = try await CommandRun.jimeng(
            ["submit"], settings, input: #"{"id":"next","model":"jimeng_t2v_v30","prompt":"x"}"#)
        await audience.wait(for: 2, within: .seconds(60))
        #expect(audience.snapshot.finished == 2)
        #expect(worker.counts.failed == [.submissionUnknown: 1])

        let again = try await CommandRun.jimeng(["resolve", "gone", "--as-lost"], settings)
        #expect(again.status == 75)
        #expect(again.errors.contains("gone is failed and holds no slot: there is nothing to free"))
        let story = try await CommandRun.jimeng(["explain", "gone"], settings)
        for words in ["an operator says that attempt 1 became no task", "the slot is free"] {
            #expect(story.output.contains(words), "\(words) in \(story.output)")
        }
        await audience.close()
        worker.drain()
        try await running.value
        await sandbox.stop()
    }

    @Test("completion scripts come for each shell", arguments: ["bash", "zsh", "fish"])
    func completions(shell: String) async throws {
        let run = try await CommandRun.jimeng(["--generate-completion-script", shell])
        #expect(run.status == 0)
        #expect(run.output.contains("explain"))
    }

    @Test(
        "wrong usage ends with 64",
        arguments: [
            ["jobs", "--failed", "--all"], ["jobs", "--watch"], ["jobs", "--state", "dreaming"],
            ["replay", "--kind", "bogus"], ["replay", "--since", "soon"],
            ["spend", "--by", "moon"],
            ["cancel"], ["cancel", "a", "--timeout", "1s"], ["resolve", "a", "--as-task", "a b"],
            ["resolve", "a"], ["resolve", "a", "--as-task", "t", "--as-lost"],
            ["resolve", "a", "--as-lost", "--force"],
        ])
    func usage(arguments: [String]) async throws {
        let run = try await CommandRun.jimeng(arguments)
        #expect(run.status == 64)
        #expect(run.output.isEmpty)
    }
}
