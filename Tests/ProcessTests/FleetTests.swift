// Fleets of real worker processes, killed and stopped; audited from the topics and the simulator's invoice.

import Foundation
import JSON
import JimengSimulator
import Kafka
import Sandbox
import Testing
import WorkerRuntime

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@Suite("Fleets of processes", .serialized)
struct FleetTests {
    /// Settings of workers on a sandbox: everything that waits for a clock is short.
    private func settings(_ sandbox: Sandbox) -> [String: String] {
        [
            "KAFKA_BOOTSTRAP_SERVERS": sandbox.bootstrapServers, "KAFKA_GROUP_ID": sandbox.group,
            "JIMENG_REQUESTS_TOPIC": sandbox.topics.requests,
            "JIMENG_LEDGER_TOPIC": sandbox.topics.ledger,
            "JIMENG_RESULTS_TOPIC": sandbox.topics.results,
            "JIMENG_FAILURES_TOPIC": sandbox.topics.failures,
            "KAFKA_PROPERTIES":
                "session.timeout.ms=6000,heartbeat.interval.ms=500,fetch.wait.max.ms=10",
            "JIMENG_ENDPOINT": sandbox.simulator.address.baseURL,
            "JIMENG_ACCESS_KEY": Sandbox.accessKey, "JIMENG_SECRET_KEY": Sandbox.secretKey,
            "JIMENG_CONCURRENCY": "\(sandbox.options.slots)", "JIMENG_SUBMIT_QPS": "40",
            "JIMENG_QUERY_QPS": "150", "JIMENG_SEND_WINDOW": "2s", "JIMENG_SUBMIT_TIMEOUT": "12s",
            "JIMENG_UNKNOWN_HOLD": "8s", "JIMENG_POLL_FIRST": "500ms",
            "JIMENG_POLL_SHORTEST": "200ms", "JIMENG_POLL_LONGEST": "1s",
            "JIMENG_POLL_USUAL": "3s",
            "JIMENG_LOG_FORMAT": "human", "JIMENG_LOG_LEVEL": "debug",
            "JIMENG_PROGRESS_TOPIC": sandbox.topics.progress ?? "",
        ]
    }

    private func logs() throws -> URL {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "jimeng-fleet-\(UInt64.random(in: 0 ... .max))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }

    private func ids(_ prefix: String, _ count: Int) -> [String] {
        (0..<count).map { "\(prefix)-\(1000 + $0)" }
    }

    @Test(
        "a worker that is told to stop hands its running tasks to the other, which asks for the same tasks"
    )
    func handOver() async throws {
        var options = SandboxOptions()
        options.lanes = 2
        options.requestPartitions = 4
        options.slots = 4
        options.generation = .fixed(.seconds(14))
        let sandbox = try await Sandbox(options)
        let folder = try logs()
        let first = try WorkerProcess("first", settings: settings(sandbox), logs: folder)
        let second = try WorkerProcess("second", settings: settings(sandbox), logs: folder)
        let ids = ids("hand", 4)
        let audience = try Audience(sandbox.kafka(clientID: "audience"), ids: ids)
        try await audience.follow([sandbox.topics.results, sandbox.topics.failures])
        let stages = try Audience(sandbox.kafka(clientID: "stages"), ids: ids)
        try await stages.follow([sandbox.topics.progress ?? ""])
        try await sandbox.produce(ids)
        // Every slot is taken, by tasks that take long.
        await stages.wait(within: .seconds(40)) { board in
            board.rows.count { $0.stage == "submitted" } == ids.count
        }
        first.send(SIGTERM)
        let status = await first.exitStatus()
        #expect(status == 0, "\(first.log.suffix(2000))")
        await audience.wait(for: ids.count, within: .seconds(60))
        second.send(SIGTERM)
        #expect(await second.exitStatus() == 0, "\(second.log.suffix(2000))")
        let audit = DemoAudit(
            requests: ids, board: audience.snapshot, invoice: sandbox.simulator.invoice(),
            slots: options.slots)
        #expect(audit.violations == [], "logs in \(folder.path())")
        #expect(audit.succeeded == ids.count)
        #expect(audit.submissionsAccepted == ids.count)
        #expect(audience.snapshot.rows.allSatisfy { $0.worker == "second" })
        await audience.close()
        await stages.close()
        await sandbox.stop()
    }

    @Test(
        "a fleet in which workers are killed at random still brings every job to one outcome, paid once"
    )
    func killedAtRandom() async throws {
        var options = SandboxOptions()
        options.generation = .logNormal(median: .milliseconds(1500), sigma: 0.3)
        let sandbox = try await Sandbox(options)
        let folder = try logs()
        let ids = ids("kill", 90)
        let audience = try Audience(sandbox.kafka(clientID: "audience"), ids: ids)
        try await audience.follow([sandbox.topics.results, sandbox.topics.failures])
        try await sandbox.produce(ids)
        var fleet: [WorkerProcess] = []
        for number in 1...3 {
            fleet.append(
                try WorkerProcess("w\(number)", settings: settings(sandbox), logs: folder))
        }
        // After every so many outcomes one worker dies without a word, and another takes its place.
        for (round, count) in [10, 30, 50].enumerated() {
            await audience.wait(for: count, within: .seconds(60))
            let victim = fleet.removeFirst()
            victim.send(SIGKILL)
            _ = await victim.exitStatus()
            fleet.append(
                try WorkerProcess("w\(round + 4)", settings: settings(sandbox), logs: folder))
        }
        await audience.wait(for: ids.count, within: .seconds(90))
        for worker in fleet {
            worker.send(SIGTERM)
            #expect(await worker.exitStatus() == 0, "\(worker.name): \(worker.log.suffix(2000))")
        }
        let audit = DemoAudit(
            requests: ids, board: audience.snapshot, invoice: sandbox.simulator.invoice(),
            slots: options.slots)
        #expect(audit.violations == [], "logs in \(folder.path())")
        let lost = audit.failedByKind["submission_unknown"] ?? 0
        #expect(audit.succeeded + lost == ids.count, "\(audit.failedByKind)")
        await audience.close()
        await sandbox.stop()
    }

    // MARK: On a real cluster

    /// How long the fleets below are tormented, in seconds: `FLEET_SECONDS`, 120 if it is not set.
    private var torment: Duration {
        .seconds(ProcessInfo.processInfo.environment["FLEET_SECONDS"].flatMap(Int.init) ?? 120)
    }

    @Test(
        "on a real cluster, workers that are killed, frozen and told to stop at random lose nothing and pay nothing twice",
        .enabled(if: RealCluster.servers != nil, RealCluster.reason),
        arguments: [1, 2, 3])
    func tormented(seed: UInt64) async throws {
        var options = SandboxOptions()
        options.externalBrokers = RealCluster.servers
        options.generation = .logNormal(median: .seconds(2), sigma: 0.5)
        options.seed = seed
        options.dial = FaultDial.Preset.light.dial
        let sandbox = try await Sandbox(options)
        let folder = try logs()
        var dice = SplitMix64(seed: seed)
        var names = 0
        func start() throws -> WorkerProcess {
            names += 1
            return try WorkerProcess("w\(names)", settings: settings(sandbox), logs: folder)
        }
        let ids = ids("torment-\(seed)", 40 * Int(torment.components.seconds) / 20)
        let audience = try Audience(sandbox.kafka(clientID: "audience"), ids: ids)
        try await audience.follow([sandbox.topics.results, sandbox.topics.failures])
        try await sandbox.produce(ids)
        var fleet = [try start(), try start(), try start()]
        var frozen: [WorkerProcess] = []
        let end = ContinuousClock.now + torment
        var round = 0
        while ContinuousClock.now < end, audience.snapshot.finished < ids.count {
            round += 1
            // The beat of the torment: some more outcomes, or ten seconds without.
            await audience.wait(
                for: min(ids.count, audience.snapshot.finished + 6), within: .seconds(10))
            for zombie in frozen where dice.chance(0.5) {
                zombie.send(SIGCONT)
                fleet.append(zombie)
            }
            frozen.removeAll { zombie in fleet.contains { $0 === zombie } }
            guard let victim = fleet.first else { continue }
            fleet.removeFirst()
            switch round % 3 {
            case 0:
                victim.send(SIGSTOP)
                frozen.append(victim)
            case 1:
                victim.send(SIGKILL)
                _ = await victim.exitStatus()
            default:
                victim.send(SIGTERM)
                _ = await victim.exitStatus()
            }
            while fleet.count < 3 { fleet.append(try start()) }
        }
        for zombie in frozen { zombie.send(SIGCONT) }
        fleet += frozen
        await audience.wait(for: ids.count, within: .seconds(240))
        for worker in fleet {
            worker.send(SIGTERM)
            _ = await worker.exitStatus()
        }
        let audit = DemoAudit(
            requests: ids, board: audience.snapshot, invoice: sandbox.simulator.invoice(),
            slots: options.slots)
        #expect(audit.violations == [], "seed \(seed), logs in \(folder.path())")
        await audience.close()
        await sandbox.stop()
    }
}

/// A cluster of real brokers, if there is one to test against.
enum RealCluster {
    static var servers: String? {
        ProcessInfo.processInfo.environment["KAFKA_BOOTSTRAP_SERVERS"]
    }

    static let reason: Comment =
        "needs a real broker: set KAFKA_BOOTSTRAP_SERVERS (the embedded one fences nothing)"
}
