// a. Our clients against a plain C program over the same librdkafka.

import ArgumentParser
import CBaseline
import Kafka

struct WrapperBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wrapper", abstract: "Producing and consuming, against C.")

    @Option(help: "Records of 1,000 bytes each way.")
    var records = 100_000

    @Option(help: "Rounds; the median counts.")
    var rounds = 3

    private static let partitions = 64
    private static let size = 1000

    func run() async throws {
        var produce: [(c: baseline_result, swift: Measure)] = []
        var consume: [(c: baseline_result, swift: Measure)] = []
        for _ in 0..<rounds {
            let world = try BenchmarkWorld(["--plain", "\(Self.partitions)"])
            let c = baseline_produce(
                world.servers, "plain", Int32(Self.partitions), Int64(records), Int32(Self.size))
            let ours = try await self.produce(to: world.servers)
            produce.append((c, ours))
            let read = baseline_consume(
                world.servers, "plain", Int32(Self.partitions), Int64(records))
            consume.append((read, try await self.consume(from: world.servers)))
            world.process.stop()
        }
        var table = Table(
            "wrapper: \(records) records of \(Self.size) bytes, \(Self.partitions) partitions, median of \(rounds)",
            [
                "what", "C, records/s", "ours, records/s", "ratio", "C, µs CPU", "ours, µs CPU",
                "ours, allocations",
            ])
        add("produce", produce, &table)
        add("consume", consume, &table)
        table.show()
        let allocations = consume.map { Double($0.swift.allocations) / Double(records) }.median
        try Gate.check("allocations per record read", allocations, atMost: 12)
    }

    private func add(
        _ name: String, _ rounds: [(c: baseline_result, swift: Measure)], _ table: inout Table
    ) {
        let count = Double(records)
        let c = rounds.map { count / $0.c.wall }.median
        let ours = rounds.map { count / $0.swift.wall }.median
        table.add(
            name, c.text(0), ours.text(0), "\((ours / c).text(2)) x",
            (rounds.map { $0.c.cpu / count * 1e6 }.median).text(2),
            (rounds.map { $0.swift.cpu / count * 1e6 }.median).text(2),
            (rounds.map { Double($0.swift.allocations) / count }.median).text(1))
    }

    private func produce(to servers: String) async throws -> Measure {
        let producer = try Producer(
            ClientConfiguration(
                bootstrapServers: servers, clientID: "bench", properties: ["linger.ms": "5"]))
        let payload = [UInt8](repeating: UInt8(ascii: "x"), count: Self.size)
        let all = (0..<records).map { number in
            OutgoingRecord(
                topic: "plain", partition: Int32(number % Self.partitions), key: nil, value: payload
            )
        }
        // One batch, as the program in C hands over everything and then waits: of batches one is in flight at a time.
        let spent = try await Measure.of {
            for result in try await producer.write(all, within: .seconds(60)) {
                _ = try result.get()
            }
        }
        await producer.close()
        return spent
    }

    private func consume(from servers: String) async throws -> Measure {
        let reader = try Reader(
            ClientConfiguration(
                bootstrapServers: servers, clientID: "bench",
                properties: ["fetch.wait.max.ms": "10"]), group: "bench")
        let spent = try await Measure.of {
            for number in 0..<Self.partitions {
                let partition = TopicPartition("plain", Int32(number))
                _ = try await reader.start(partition, from: .beginning)
                reader.demand(.max, of: partition)
            }
            var read = 0
            for await event in reader.events {
                if case .records(let batch) = event { read += batch.records.count }
                if read >= records { break }
            }
        }
        await reader.close()
        return spent
    }
}

extension [Double] {
    /// Nought of nothing.
    var median: Double { isEmpty ? 0 : sorted()[count / 2] }
}
