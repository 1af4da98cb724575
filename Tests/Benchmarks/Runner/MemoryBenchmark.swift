// e. Many open jobs in one worker: what each keeps in memory, and what waiting costs.

import ArgumentParser
import CAllocations
import JobEngine

struct MemoryBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "memory",
        abstract: "100,000 open jobs: bytes of memory each, and CPU while they wait.")

    @Option(help: "Open jobs.")
    var jobs = 100_000

    func run() async throws {
        let bytes = 600
        var scheduler = Scheduler(policy: Self.policy(jobs))
        let start = Instant(milliseconds: 1_800_000_000_000)
        let before = allocated_bytes()
        _ = scheduler.handle(
            .laneAcquired(
                LaneRestore(
                    lane: EngineLife.lane, epoch: 1, entries: [],
                    cursors: [EngineLife.partition: 0])), at: start)
        var receipts: [WriteReceipt] = []
        for number in 0..<jobs {
            var request = EngineLife.request(number, at: start, bytes: bytes)
            request.notBefore = start + .seconds(86_400)
            for case .write(let write) in scheduler.handle(
                .requestRead(EngineLife.lane, .request(request)), at: start)
            {
                receipts.append(write.reference)
            }
        }
        _ = scheduler.handle(.committed(receipts), at: start)
        receipts = []
        let each = Double(allocated_bytes() - before) / Double(jobs)
        var wakes = 0
        let idle = Measure.of {
            for minute in 1...600 {
                let effects = scheduler.handle(.timerFired, at: start + .seconds(minute * 60))
                wakes += effects.count
            }
        }
        var table = Table(
            "memory: \(jobs) open jobs with requests of \(bytes) bytes that wait for their time",
            ["what", "value"])
        table.add("bytes of memory per job", each.text(0))
        table.add("beyond the request's own bytes", (each - Double(bytes)).text(0))
        table.add("CPU for ten hours of waiting, ms (600 timers)", (idle.cpu * 1000).text(2))
        table.add("effects meanwhile", "\(wakes)")
        table.show()
        try Gate.check("memory per job beyond its request", each - Double(bytes), atMost: 2048)
    }

    private static func policy(_ jobs: Int) -> Policy {
        var policy = EngineLife.policy(jobs: jobs)
        policy.windowJobs = jobs
        return policy
    }
}
