// Nothing is left behind: no thread, no descriptor, whether clients are closed or forgotten.

import Kafka
import Testing

#if canImport(Glibc)
    import Glibc

    // Serialized: an exit test holds one of the few threads that all tests share until it ends.
    @Suite("Lifetime", .serialized, .timeLimit(.minutes(1)))
    struct LifetimeTests {
        // In processes of their own, as other tests start threads as well.

        @Test("clients that are closed leave no thread and no descriptor behind")
        func closed() async {
            await #expect(processExitsWith: .success) {
                try await useEverything()
                let before = await descriptorsAfterThreadsEnded()
                for _ in 0..<3 { try await useEverything() }
                let after = await descriptorsAfterThreadsEnded()
                precondition(after == before, "before \(before), after \(after)")
            }
        }

        @Test("clients that are forgotten end by themselves")
        func forgotten() async {
            await #expect(processExitsWith: .success) {
                try await useEverything()
                let before = await descriptorsAfterThreadsEnded()
                let broker = try EmbeddedBroker()
                for _ in 0..<3 {
                    _ = try GroupMember(broker.configuration(), group: "g", topic: "t")
                    _ = try Reader(broker.configuration(), group: "g")
                    _ = try TransactionalProducer(broker.configuration(), transactionalID: "x")
                    _ = try Producer(broker.configuration())
                    _ = try Admin(broker.configuration())
                }
                precondition(clientThreads() > 0, "this test does not see threads")
                await broker.stop()
                let after = await descriptorsAfterThreadsEnded()
                precondition(after == before, "before \(before), after \(after)")
            }
        }
    }

    /// Starts one of each, lets them work, and closes them.
    private func useEverything() async throws {
        let broker = try EmbeddedBroker()
        try broker.createTopic("t", partitions: 2)
        let partition = TopicPartition("t", 0)
        let member = try GroupMember(broker.configuration(), group: "g", topic: "t")
        let reader = try Reader(broker.configuration(), group: "g")
        let producer = try TransactionalProducer(broker.configuration(), transactionalID: "x")
        let admin = try Admin(broker.configuration())
        try await write(["a"], to: partition, of: broker)
        try await producer.initialize()
        try await producer.prepare(topics: ["t"])
        _ = await producer.commit(
            Transaction(records: [OutgoingRecord(topic: "t", partition: 0, key: nil, value: nil)]))
        _ = try await reader.partitionCount(of: "t")
        _ = try await reader.start(partition, from: .offset(0))
        reader.demand(1, of: partition)
        var reading = Reading(reader)
        await reading.read { $0.count == 1 }
        _ = try await member.highWatermark(of: partition)
        _ = try await admin.partitionCount(of: "t")
        let outcomes = await [
            member.close(), reader.close(), producer.close(), admin.close(),
        ]
        precondition(outcomes.allSatisfy { $0 == .clean }, "\(outcomes)")
        await broker.stop()
    }

    /// Waits for all threads of ours and of librdkafka's to end; then tells how many files are open.
    private func descriptorsAfterThreadsEnded() async -> Int {
        let deadline = ContinuousClock.now + .seconds(20)
        while clientThreads() > 0 {
            precondition(ContinuousClock.now < deadline, "\(clientThreads()) threads stay")
            // Nothing signals the end of a thread to others but its absence.
            await Task.yield()
        }
        return names(in: "/proc/self/fd").count
    }

    /// The threads that we (`kafka-…`) or librdkafka (`rdk:…`) started.
    private func clientThreads() -> Int {
        names(in: "/proc/self/task").count { task in
            guard let file = fopen("/proc/self/task/\(task)/comm", "r") else { return false }
            defer { fclose(file) }
            var name = [CChar](repeating: 0, count: 32)
            guard fgets(&name, 32, file) != nil else { return false }
            let text = String(decoding: name.map(UInt8.init(bitPattern:)), as: UTF8.self)
            return text.hasPrefix("kafka-") || text.hasPrefix("rdk:")
        }
    }

    private func names(in directory: String) -> [String] {
        guard let handle = opendir(directory) else { return [] }
        defer { closedir(handle) }
        var names: [String] = []
        while let entry = readdir(handle) {
            names.append(
                withUnsafeBytes(of: entry.pointee.d_name) {
                    String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
                })
        }
        return names
    }
#endif
