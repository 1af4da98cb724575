// What a worker makes of the ledger that others have left.

import JSON
import Jimeng
import JobEngine
import Kafka
import Observability
import Sandbox
import Testing
import WorkerRuntime

@Suite("Taking over a lane")
struct TakeOverTests {
    @Test("an intent that nobody answers for is unknown after its grace, and never submitted again")
    func unknown() async throws {
        let world = try await World(lanes: 1)
        try await world.write([world.entry("open", .intent)])
        let running = try world.worker("successor")
        let outcome = await world.audience.outcome(of: "open")
        #expect(outcome?.kind == "submission_unknown")
        #expect(outcome?.record["error"]?["may_have_been_charged"]?.bool == true)
        #expect(world.submissions()["open"] == nil)
        #expect(await running.drain() == "drained")
        await world.stop()
    }

    @Test("a late note that comes before the take-over, and one that comes after, are adopted")
    func notes() async throws {
        let world = try await World(lanes: 1)
        let before = try await world.submit("before")
        let after = try await world.submit("after")
        try await world.write([
            world.entry("before", .intent), world.entry("after", .intent),
            world.note("before", taskID: before),
        ])
        let running = try world.worker(
            "successor", .init(policy: { $0.lateNewsGrace = .seconds(8) }))
        #expect(await running.logs("lane taken over"))
        try await world.write([world.note("after", taskID: after)])
        let outcomes = await world.audience.outcomes(of: 2)
        #expect(outcomes["before"]?.map(\.taskID) == [before])
        #expect(outcomes["after"]?.map(\.taskID) == [after])
        #expect(outcomes.values.joined().allSatisfy { $0.status == "succeeded" })
        #expect(world.submissions().values.allSatisfy { $0.count == 1 })
        #expect(await running.drain() == "drained")
        await world.stop()
    }

    @Test("an operator who says that a submit became no task frees the slot on hold for it")
    func lost() async throws {
        let world = try await World(lanes: 1) { $0.slots = 1 }
        try await world.write([world.entry("ended", .holding)])
        let running = try world.worker("owner")
        #expect(await running.logs("lane taken over"))
        try await world.send([World.request("next")])
        try await world.write([world.note("ended", .lost)])
        #expect(await world.audience.outcome(of: "next")?.status == "succeeded")
        #expect(
            await running.logs("an operator says that the submit became no task"))
        try await world.write([world.note("ended", .lost)])
        #expect(await running.logs("but no slot is on hold for it account=sandbox attempt=1"))
        let isCounted = running.registry.exposition().contains("jimeng_orphaned_tasks_total 1")
        #expect(!isCounted, "no task is known of")
        #expect(await running.drain() == "drained")
        await world.stop()
    }

    @Test("a lane with tasks of an account without keys is left alone until the account is there")
    func unknownAccount() async throws {
        let world = try await World(lanes: 1)
        try await world.write([world.entry("open", .intent)])
        let running = try world.worker(
            "poorer", .init(policy: { $0.accounts[0].name = "other" }))
        #expect(await running.logs("tasks of account sandbox, which is not in this worker's"))
        #expect(running.worker.counts.submits == 0)
        running.worker.adopt(world.policy)
        #expect(await world.audience.outcome(of: "open")?.kind == "submission_unknown")
        #expect(await running.drain() == "drained")
        await world.stop()
    }

    @Test("an entry that cannot be read does not bring the one before it back to life")
    func unreadable() async throws {
        let world = try await World(lanes: 1)
        let old = world.entry("broken", .accepted)
        var new = old
        new.value = Array(#"{"v":1,"id":"broken","state":"submitted"}"#.utf8)
        try await world.write([old, new])
        let running = try world.worker("successor")
        try await world.send([World.request("sound")])
        #expect(await world.audience.outcome(of: "sound")?.status == "succeeded")
        #expect(world.submissions()["broken"] == nil)
        #expect(await running.logs("cannot be read"))
        #expect(await running.drain() == "drained")
        await world.stop()
    }

    @Test("an entry of a later release stops its own lane only, and loudly")
    func laterRelease() async throws {
        let world = try await World(lanes: 2)
        var entry = world.entry("later", .accepted)
        entry.value = Array(#"{"v":2,"id":"later"}"#.utf8)
        try await world.write([entry])
        let running = try world.worker("old")
        try await world.send([World.request("other")], partition: 1)
        #expect(await world.audience.outcome(of: "other")?.status == "succeeded")
        #expect(await running.logs("a newer worker wrote it"))
        #expect(await running.drain() == "drained")
        #expect(world.submissions()["later"] == nil)
        await world.stop()
    }

    @Test("a ledger with another number of partitions than lanes is refused at the start")
    func wrongLanes() async throws {
        let world = try await World(lanes: 2)
        let fewer = try world.worker("fewer", .init(policy: { $0.lanes = 1 }))
        let more = try world.worker("more", .init(policy: { $0.lanes = 3 }))
        #expect(await fewer.ending(within: .seconds(15))?.contains("2 partitions") == true)
        #expect(await more.ending(within: .seconds(15))?.contains("2 partitions") == true)
        await world.stop()
    }

    @Test(
        "a worker whose producer fails for good makes a new one, and loses no task that it had paid for"
    )
    func recovers() async throws {
        let world = try await World(lanes: 1, generation: .seconds(1))
        let (door, asked) = (Door(), Board<String>())
        let running = try world.worker(
            "tough", .init(ends: { $0.holdingSubmits(behind: door, telling: asked) }))
        try await world.send([World.request("paid")])
        #expect(await asked.wait { !$0.isEmpty })
        try #require(world.sandbox.broker).failNext(
            .addPartitionsToTransaction, with: [.producerFenced])
        try await world.send([World.request("other")])
        #expect(await running.logs("the ledger can be written again"))
        #expect(await running.logs("lane taken over", times: 2))
        door.open()
        let outcomes = await world.audience.outcomes(of: 2)
        #expect(outcomes["paid"]?.map(\.taskID) == world.submissions()["paid"])
        #expect(outcomes["paid"]?.map(\.status) == ["succeeded"])
        #expect(outcomes["other"]?.map(\.status) == ["succeeded"])
        #expect(await running.drain() == "drained")
        await world.stop()
    }

    @Test(
        "a worker whose new producer is refused too tells the next one of the task it had paid for")
    func fenced() async throws {
        let world = try await World(lanes: 1, generation: .seconds(1))
        let (door, asked) = (Door(), Board<String>())
        let first = try world.worker(
            "fenced", .init(ends: { $0.holdingSubmits(behind: door, telling: asked) }))
        try await world.send([World.request("paid")])
        #expect(await asked.wait { !$0.isEmpty })
        let broker = try #require(world.sandbox.broker)
        try broker.failNext(.initProducerID, with: [.transactionalIDAuthorizationFailed])
        try broker.failNext(.addPartitionsToTransaction, with: [.producerFenced])
        try await world.send([World.request("other")])
        #expect(await first.logs("the worker cannot go on"))
        door.open()
        #expect(await first.ending(within: .seconds(20))?.contains("ledger") == true)
        let second = try world.worker("second")
        let outcomes = await world.audience.outcomes(of: 2)
        #expect(outcomes["paid"]?.map(\.taskID) == world.submissions()["paid"])
        #expect(outcomes["paid"]?.map(\.status) == ["succeeded"])
        #expect(outcomes["other"]?.map(\.status) == ["succeeded"])
        #expect(await second.drain() == "drained")
        await world.stop()
    }
}

extension World {
    enum Phase {
        case accepted, intent
        /// Ended as `submission_unknown`, with a slot on hold for an hour.
        case holding
    }

    /// The entry that a predecessor left, in partition 0 of the ledger.
    func entry(_ id: JobID, _ phase: Phase) -> OutgoingRecord {
        let now = SteadyClock().now
        let source = Source(topic: sandbox.topics.requests, partition: 0, offset: 0)
        let request = Request(
            id: id, source: source, requestedAt: now, model: "jimeng_t2v_v30", frames: 121,
            payload: World.request(id.text))
        var entry = Entry(request: request, acceptedAt: now)
        let intent = Entry.Intent(account: "sandbox", sendBy: now + .seconds(1), mintedAt: now)
        switch phase {
        case .accepted: break
        case .intent:
            entry.attempt = 1
            entry.phase = .intent(intent)
            entry.lastIntent = intent
        case .holding:
            entry.attempt = 1
            entry.phase = .finished(Entry.Ending(failure: .submissionUnknown, at: now))
            entry.lastIntent = intent
            entry.request = nil
            entry.hold = Entry.Hold(account: "sandbox", taskID: nil, until: now + .seconds(3600))
        }
        let value = LedgerCodec(worker: "predecessor").bytes(entry, epoch: 1, at: now)
        return OutgoingRecord(
            topic: sandbox.topics.ledger, partition: 0, key: LedgerKey.job(id).bytes, value: value)
    }

    func note(_ id: JobID, taskID: String) -> OutgoingRecord {
        note(id, .task(taskID, requestID: nil))
    }

    func note(_ id: JobID, _ news: LateNote.News) -> OutgoingRecord {
        let source = Source(topic: sandbox.topics.requests, partition: 0, offset: 0)
        let note = LateNote(
            job: id, source: source, attempt: 1, news: news, account: "sandbox",
            model: "jimeng_t2v_v30", notedAt: SteadyClock().now)
        return OutgoingRecord(
            topic: sandbox.topics.ledger, partition: 0, key: LedgerKey.lateNote(id).bytes,
            value: LedgerCodec(worker: "predecessor").bytes(note))
    }

    /// Submits as a predecessor did, and returns the task id.
    func submit(_ id: String) async throws -> String {
        let client = try client()
        let intake = RequestIntake(catalogue: ModelCatalogue())
        let checked = try #require(intake.again(World.request(id)))
        let now = UTCTime(secondsSince1970: SteadyClock.wallMilliseconds / 1000)
        let answered = await client.submit(checked.submission, at: now)
        await client.shutdown()
        guard case .accepted(let taskID, _) = answered.meaning else {
            throw NotAccepted(meaning: "\(answered.meaning)")
        }
        return taskID.text
    }
}

struct NotAccepted: Error {
    let meaning: String
}
