// `jimeng doctor` beside an embedded broker and a simulated provider, in health and in sickness.

import Foundation
import JSON
import JimengSimulator
import Sandbox
import Testing

@Suite("Doctor", .serialized, .timeLimit(.minutes(2)))
struct DoctorTests {
    private func settings(_ sandbox: Sandbox) -> [String: String] {
        [
            "KAFKA_BOOTSTRAP_SERVERS": sandbox.bootstrapServers,
            "JIMENG_ENDPOINT": sandbox.simulator.address.baseURL,
            "JIMENG_ACCESS_KEY": Sandbox.accessKey, "JIMENG_SECRET_KEY": Sandbox.secretKey,
            "JIMENG_CONCURRENCY": "8", "KAFKA_PROPERTIES": "sasl.password=hidden-password",
        ]
    }

    private func examine(_ settings: [String: String], _ arguments: [String] = []) async throws
        -> (status: Int32, findings: [JSONObject], text: String)
    {
        let run = try await CommandRun.jimeng(
            ["doctor", "--json", "--timeout", "3s"] + arguments, settings)
        let findings = try run.output.split(separator: "\n").compactMap {
            try JSON(parsing: Array($0.utf8)).object
        }
        return (run.status, findings.filter { $0["area"] != nil }, run.output + run.errors)
    }

    private func bad(_ findings: [JSONObject]) -> [String] {
        findings.filter { ["warning", "error", "unreachable"].contains($0["severity"]?.string) }
            .map { "\($0["area"]?.string ?? ""): \($0["what"]?.string ?? "")" }
    }

    @Test("a sandbox is in order, every area is looked at, and no secret is shown")
    func health() async throws {
        let sandbox = try await Sandbox()
        let (status, findings, text) = try await examine(settings(sandbox))
        #expect(bad(findings).isEmpty)
        #expect(status == 0, "\(text)")
        let areas = Set(findings.compactMap { $0["area"]?.string })
        #expect(
            areas.isSuperset(of: [
                "machine", "library", "brokers", "topics", "rights", "backlog", "provider",
                "archive",
            ]))
        #expect(findings.contains { $0["what"]?.string == "may read jimeng.ledger" })
        #expect(!text.contains("hidden-password") && !text.contains(Sandbox.secretKey))
        // Nothing was made by looking.
        #expect(sandbox.simulator.invoice().lines.isEmpty)
        await sandbox.stop()
    }

    @Test("wrong keys are found by a free question")
    func keys() async throws {
        let sandbox = try await Sandbox()
        let (status, findings, _) = try await examine(
            settings(sandbox).merging(["JIMENG_SECRET_KEY": "wrong"]) { $1 })
        #expect(status == 78)
        #expect(bad(findings).count == 1 && bad(findings)[0].hasPrefix("provider: account default"))
        #expect(sandbox.simulator.invoice().lines.isEmpty)
        await sandbox.stop()
    }

    @Test("more lanes than slots are an error")
    func lanes() async throws {
        let sandbox = try await Sandbox()
        let (status, findings, _) = try await examine(
            settings(sandbox).merging(["JIMENG_CONCURRENCY": "2"]) { $1 })
        #expect(status == 78)
        #expect(bad(findings).contains { $0.contains("has 2 slots") })
        await sandbox.stop()
    }

    @Test("a broker that is not there does not keep the provider from being looked at")
    func broker() async throws {
        let sandbox = try await Sandbox()
        let (status, findings, text) = try await examine(
            settings(sandbox).merging(["KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1"]) { $1 })
        #expect(status == 69, "\(text)")
        #expect(bad(findings).count == 1 && bad(findings)[0].contains("127.0.0.1:1"))
        #expect(findings.contains { $0["what"]?.string?.contains("takes its keys") == true })
        await sandbox.stop()
    }

    @Test("a provider that is not there, and an archive that cannot be written to")
    func outside() async throws {
        let sandbox = try await Sandbox()
        let (status, findings, _) = try await examine(
            settings(sandbox).merging([
                "JIMENG_ENDPOINT": "http://127.0.0.1:1", "JIMENG_ARCHIVE": "file:///proc/nowhere",
            ]) { $1 })
        #expect(status == 69)
        #expect(bad(findings).contains { $0.hasPrefix("provider: ") })
        #expect(bad(findings).contains { $0.hasPrefix("archive: ") })
        await sandbox.stop()
    }

    @Test("a clock that is twenty minutes off is named")
    func clock() async throws {
        let sandbox = try await Sandbox()
        var dial = sandbox.simulator.dial()
        dial.clockSkew = .seconds(1200)
        sandbox.simulator.setDial(dial)
        let (status, findings, _) = try await examine(settings(sandbox))
        #expect(status == 78)
        #expect(bad(findings).contains { $0.contains("date") })
        await sandbox.stop()
    }
}
