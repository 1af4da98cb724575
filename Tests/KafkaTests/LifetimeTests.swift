// Nothing is left behind: no thread, no descriptor, whether clients are closed or forgotten.

import Kafka
import Testing

#if canImport(Glibc)
    import Glibc

    @Suite("Lifetime", .timeLimit(.minutes(1)))
    struct LifetimeTests {
        // In processes of their own, as other tests start threads as well.

        @Test("clients that are closed leave no thread and no descriptor behind")
        func closed() async {
            await #expect(processExitsWith: .success) {
                try await useEverything()
                let before = Holdings()
                for _ in 0..<3 { try await useEverything() }
                let after = await Holdings.settled(at: before)
                precondition(after == before, "before \(before), after \(after)")
            }
        }

        @Test("clients that are forgotten end by themselves")
        func forgotten() async {
            await #expect(processExitsWith: .success) {
                try await useEverything()
                let before = Holdings()
                let broker = try EmbeddedBroker()
                for _ in 0..<3 {
                    _ = try GroupMember(broker.configuration(), group: "g", topic: "t")
                    _ = try Reader(broker.configuration(), group: "g")
                    _ = try TransactionalProducer(broker.configuration(), transactionalID: "x")
                    _ = try Producer(broker.configuration())
                    _ = try Admin(broker.configuration())
                }
                await broker.stop()
                let after = await Holdings.settled(at: before)
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
        _ = await producer.commit(
            Transaction(records: [OutgoingRecord(topic: "t", partition: 0, key: nil, value: nil)]))
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

    /// What this process holds.
    private struct Holdings: Equatable {
        var threads = count("/proc/self/task")
        var descriptors = count("/proc/self/fd")

        /// Looks until nothing more is held than before, but not for ever: threads need a moment to end
        /// after they said that they are done.
        static func settled(at before: Holdings) async -> Holdings {
            let deadline = ContinuousClock.now + .seconds(10)
            while ContinuousClock.now < deadline {
                let now = Holdings()
                if now == before { return now }
                await Task.yield()
            }
            return Holdings()
        }

        private static func count(_ directory: String) -> Int {
            guard let handle = opendir(directory) else { return -1 }
            defer { closedir(handle) }
            var count = 0
            while readdir(handle) != nil { count += 1 }
            return count
        }
    }
#endif
