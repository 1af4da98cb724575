// f. Taking a lane over: from the bytes of its ledger partition to a lane that works.

import ArgumentParser
import Jimeng
import JobEngine
import Kafka
import WorkerRuntime

struct RestoreBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Restore a lane of 1,000, 10,000 and 100,000 entries.",
        discussion: """
            From memory: what the network and the broker add is theirs. One entry in ten is open, the others are \
            finished and remembered. The baseline only reads each record's JSON.
            """)

    func run() async throws {
        var table = Table(
            "restore: decode a ledger partition and let the engine take the lane over",
            ["entries", "ms", "µs/entry", "JSON alone, µs/entry", "ratio", "allocations/entry"])
        var most = 0.0
        for count in [1000, 10_000, 100_000] {
            let records = Self.records(count)
            let json = Measure.of { for record in records { Baseline.parse(record.value ?? []) } }
            let intake = RequestIntake(catalogue: ModelCatalogue())
            var scheduler = Scheduler(policy: EngineLife.policy(jobs: count))
            let spent = try Measure.of {
                var log = LaneLog()
                for record in records { log.take(record) }
                let contents = try log.contents { intake.restore($0, $1, $2) }
                _ = scheduler.handle(
                    .laneAcquired(
                        LaneRestore(
                            lane: EngineLife.lane, epoch: 2, entries: contents.entries,
                            cursors: contents.cursors)), at: Self.now)
            }
            let each = spent.cpu / Double(count)
            let allocations = Double(spent.allocations) / Double(count)
            most = max(most, allocations)
            table.add(
                "\(count)", (spent.wall * 1000).text(1), (each * 1e6).text(2),
                (json.cpu / Double(count) * 1e6).text(2), "\((spent.cpu / json.cpu).text(2)) x",
                allocations.text(1))
        }
        table.show()
        try Gate.check("allocations per entry", most, atMost: 20)
    }

    private static let now = Instant(milliseconds: 1_800_000_000_000)

    private static func records(_ count: Int) -> [Record] {
        let codec = LedgerCodec(worker: "benchmark")
        return (0..<count).map { number in
            var request = EngineLife.request(number, at: now)
            request.payload = Array(
                #"{"id":"job-\#(number)","model":"jimeng_t2v_v30","prompt":"waves at dusk, slowly"}"#
                    .utf8)
            var entry = Entry(request: request, acceptedAt: now)
            entry.attempt = 1
            let task = Entry.Task(id: "74\(number)", account: "main", submittedAt: now)
            entry.lastTask = task
            if number.isMultiple(of: 10) {
                entry.phase = .submitted(task)
            } else {
                entry.phase = .finished(
                    Entry.Ending(failure: nil, at: now, generation: .seconds(90)))
                entry.request = nil
            }
            return Record(
                topic: "ledger", partition: 0, offset: Int64(number),
                key: LedgerKey.job(entry.id).bytes,
                value: codec.bytes(entry, epoch: 1, at: now))
        }
    }
}
