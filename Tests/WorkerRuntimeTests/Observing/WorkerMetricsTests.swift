// What a worker tells of itself while it works, and while it cannot.

import Kafka
import Logging
import Observability
import Sandbox
import Testing
import WorkerRuntime

@Suite("A worker's own account")
struct WorkerMetricsTests {
    private static func lines(_ running: Running) -> Set<String> {
        Set(running.registry.exposition().split(separator: "\n").map(String.init))
    }

    /// The value of a series; nil if there is none.
    private static func value(_ series: String, _ running: Running) -> Double? {
        lines(running).lazy.compactMap { line in
            line.hasPrefix(series + " ") ? Double(line.dropFirst(series.count + 1)) : nil
        }.first
    }

    @Test("a scrape counts jobs, calls, outcomes and money, and the worker is ready")
    func scrape() async throws {
        let world = try await World(lanes: 2)
        let running = try world.worker(
            "told", World.Wish(properties: ["statistics.interval.ms": "200"]))
        try await world.send((0..<4).map { World.request("job-\($0)") })
        // Twice, and one that is invalid.
        try await world.send([
            World.request("job-0"), Array("{\"id\":\"bad\",\"seed\":\"none\"}".utf8),
        ])
        _ = await world.audience.outcomes(of: 5)
        #expect(await running.logs("duplicate request ignored"))
        #expect(WorkerPages.readyz(running.worker.health.state).status == 200)
        for (series, value) in [
            ("jimeng_jobs_accepted_total", 4.0),
            ("jimeng_outcomes_total{kind=\"none\",outcome=\"succeeded\"}", 4),
            ("jimeng_outcomes_total{kind=\"invalid_request\",outcome=\"failed\"}", 1),
            ("jimeng_duplicates_total", 1),
            ("jimeng_submits_total{account=\"sandbox\",meaning=\"accepted\"}", 4),
            ("jimeng_queries_total{account=\"sandbox\",meaning=\"done\"}", 4),
            ("jimeng_job_duration_seconds_count{outcome=\"succeeded\"}", 4),
            ("jimeng_job_stage_duration_seconds_count{stage=\"generating\"}", 4),
            ("jimeng_detection_delay_seconds_count{model=\"jimeng_t2v_v30\"}", 4),
            ("jimeng_lanes_owned", 2), ("jimeng_lanes_configured", 2),
            ("jimeng_rebalances_total{kind=\"assigned\"}", 1),
            ("jimeng_lane_restores_total{result=\"restored\"}", 2),
            ("jimeng_unknown_submits_total{account=\"sandbox\"}", 0),
            ("jimeng_metric_series_dropped_total", 0),
        ] as [(String, Double?)] {
            #expect(Self.value(series, running) == value, "\(series)")
        }
        #expect(
            (Self.value("jimeng_spend_total{currency=\"CNY\",model=\"jimeng_t2v_v30\"}", running)
                ?? 0) > 0)
        #expect((Self.value("jimeng_ledger_commit_duration_seconds_count", running) ?? 0) >= 5)
        let slots = "jimeng_slots_capacity{account=\"sandbox\",pool=\"shared\"}"
        #expect(Self.value(slots, running) == 8)
        #expect(await running.drain() == "drained")
        #expect(Self.value(slots, running) == 0, "lanes that are gone bring no slots")
        #expect(running.registry.names.isSubset(of: Set(MetricCatalogue.all.map(\.name))))
        await world.stop()
    }

    @Test("an outcome's line tells how it went, and lines about a job name its lane and task")
    func outcomeLines() async throws {
        let world = try await World(lanes: 1, requestPartitions: 1)
        let running = try world.worker("lines", World.Wish(logLevel: .debug))
        try await world.send([World.request("line-1")], partition: 0)
        let task = try #require(await world.audience.outcome(of: "line-1")?.taskID)
        #expect(await running.logs("job succeeded"))
        let line = try #require(running.log.items.first { $0.hasPrefix("job succeeded") })
        for part in [
            "job=line-1", "lane=0", "task=\(task)", "attempts=1", "queries=", "total_ms=",
            "generating_ms=", "queued_ms=", "cost=", "model=jimeng_t2v_v30", "account=sandbox",
        ] { #expect(line.contains(part), "\(part)") }
        let polling = try #require(
            running.log.items.first { $0.hasPrefix("recording -> polling") })
        #expect(polling.contains("lane=0") && polling.contains("task=\(task)"))
        #expect(await running.drain() == "drained")
        await world.stop()
    }

    @Test("a worker that loses its broker says so, is not ready, and recovers by itself")
    func brokerAway() async throws {
        let world = try await World(lanes: 2, generation: .seconds(2))
        let broker = try #require(world.sandbox.broker)
        let running = try world.worker(
            "cut-off",
            World.Wish(
                properties: ["statistics.interval.ms": "200"],
                watch: { $0.patience[.ledger] = .seconds(2) }, logLevel: .debug))
        try await world.send([World.request("cut-off-1")])
        #expect(await running.logs("recording -> polling"))
        try broker.takeDown()
        #expect(await running.logs("no broker is reached"))
        // The task ends meanwhile, and its outcome cannot be written.
        #expect(await running.logs("watchdog: nothing is committed to the ledger"))
        let away = WorkerPages.readyz(running.worker.health.state)
        #expect(away.status == 503)
        #expect(away.body.contains("[-] broker: no broker is connected"), "\(away.body)")
        #expect(away.body.contains("[-] watchdog: nothing is committed"), "\(away.body)")
        #expect(WorkerPages.livez(running.worker.health.state).status == 200)
        #expect(Self.value("jimeng_watchdog_stalled{watch=\"ledger\"}", running) == 1)
        try broker.bringUp()
        #expect(await running.logs("brokers are reached again"))
        #expect(await running.logs("watchdog: it gets on again", within: .seconds(60)))
        #expect(
            await world.audience.outcome(of: "cut-off-1", within: .seconds(60))?.status
                == "succeeded")
        #expect(Self.value("jimeng_watchdog_stalls_total{watch=\"ledger\"}", running) == 1)
        #expect(await running.drain() == "drained")
        await world.stop()
    }

    @Test("a worker whose provider never answers ends, and says why")
    func hopeless() async throws {
        let world = try await World(lanes: 1, requestPartitions: 1)
        let door = Door()
        let running = try world.worker(
            "stuck",
            World.Wish(
                ends: { ends in
                    var ends = ends
                    let submit = ends.submit
                    ends.submit = { order in
                        await door.pass()
                        return await submit(order)
                    }
                    return ends
                },
                watch: {
                    $0.patience[.provider] = .seconds(1)
                    $0.limit = .seconds(3)
                },
                callTimes: [.submit: .seconds(1)]))
        try await world.send([World.request("stuck-1")], partition: 0)
        #expect(await running.logs("a call to the provider is overdue beyond all its time-outs"))
        #expect(await running.logs("the process ends"))
        #expect(WorkerPages.livez(running.worker.health.state).status == 503)
        door.open()
        let ending = await running.ending(within: .seconds(60))
        #expect(
            ending?.contains("a call to the provider is overdue") == true, "\(ending ?? "runs")")
        await world.stop()
    }
}
