// What a whole worker says and writes, at its most talkative, has no secret in it.

import Foundation
import JimengSimulator
import Sandbox
import Testing
import WorkerRuntime

@Suite("Secrecy", .timeLimit(.minutes(2)))
struct SecrecyTests {
    @Test("neither the most talkative log nor a result has a secret, or an input's signature")
    func worker() async throws {
        var options = SandboxOptions()
        options.generation = .fixed(.milliseconds(300))
        let sandbox = try await Sandbox(options)
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "jimeng-secrecy-\(UInt64.random(in: 0 ... .max))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let kafka = [
            "KAFKA_BOOTSTRAP_SERVERS": sandbox.bootstrapServers,
            "JIMENG_REQUESTS_TOPIC": sandbox.topics.requests,
            "JIMENG_RESULTS_TOPIC": sandbox.topics.results,
            "JIMENG_FAILURES_TOPIC": sandbox.topics.failures,
        ]
        // Secrets that this broker does not ask for are handed to librdkafka all the same, which then lists its settings.
        let secrets = [
            "KAFKA_PROPERTIES":
                "session.timeout.ms=6000,heartbeat.interval.ms=500,fetch.wait.max.ms=10,"
                + "sasl.username=me,sasl.password=hunter2,ssl.key.password=hunter3,debug=conf",
            "KAFKA_GROUP_ID": sandbox.group, "JIMENG_LEDGER_TOPIC": sandbox.topics.ledger,
            "JIMENG_ENDPOINT": sandbox.simulator.address.baseURL, "JIMENG_SEND_WINDOW": "2s",
            "JIMENG_ACCESS_KEY": Sandbox.accessKey, "JIMENG_SECRET_KEY": Sandbox.secretKey,
            "JIMENG_CONCURRENCY": "\(sandbox.options.slots)", "JIMENG_POLL_FIRST": "500ms",
            "JIMENG_LOG_LEVEL": "trace", "JIMENG_IMAGE_NETWORKS": "127.0.0.0/8",
            "JIMENG_IMAGE_PORTS": "\(sandbox.simulator.address.port)",
        ]
        let worker = try WorkerProcess(
            "talkative", settings: kafka.merging(secrets) { $1 }, logs: folder)
        let signed = "\(sandbox.simulator.address.baseURL)/images/jpeg-16x9.jpg?Signature=c0ffee"
        let submit = try await CommandRun.jimeng(
            ["submit", "--wait", "--timeout", "60s"], kafka,
            input: """
                {"id":"good","prompt":"good","image_urls":["\(signed)"],"aspect_ratio":"auto"}
                {"id":"bad","model":"jimeng_t2v_v30","prompt":"bad [sim:reject=50412]"}
                """)
        worker.send(SIGTERM)
        #expect(await worker.exitStatus() == 0)
        await sandbox.stop()
        let lines = submit.output.split(separator: "\n")
        let result = lines.first { $0.contains(#""status":"succeeded""#) }
        // The signature of an input is in the request and nowhere else.
        #expect(result?.contains("c0ffee") == false, "\(submit.output)")
        #expect(!worker.log.contains("c0ffee"))
        // Otherwise nothing was there to be hidden.
        #expect(worker.log.contains("sasl.password = [redacted]"))
        let said = worker.log + submit.output + submit.errors
        for secret in ["hunter2", "hunter3", Sandbox.secretKey, Sandbox.accessKey] {
            #expect(!said.contains(secret), "\(secret)")
        }
    }
}
