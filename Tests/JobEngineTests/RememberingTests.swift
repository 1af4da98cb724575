// How long a finished job is remembered: until no duplicate from within its time can still come.

import JobEngine
import Testing

@Suite("Remembering")
struct RememberingTests {
    private static let day = 86_400.0

    @Test("a duplicate that waits in Kafka for longer than the dedup window is one all the same")
    func waitingDuplicate() {
        var talk = Conversation.ended()
        talk.waits(Self.day)
        #expect(
            talk.measures([0: 2]) == [],
            "a record waits, and may be a duplicate from within the window")
        #expect(talk.reads("a") == ["write nothing, cursor 2"])
        #expect(talk.measures() == ["bury a"])
        #expect(talk.reads("a") == ["write a accepted, cursor 3"])
    }

    @Test("what was found before the window ended says nothing of duplicates that came later")
    func earlierMark() {
        var talk = Conversation.ended()
        talk.waits(Self.day - 1)
        #expect(talk.measures([0: 2]) == [])
        talk.reads("b")
        talk.commits()
        talk.waits(60)
        #expect(talk.measures([0: 3]) == [])
        #expect(talk.reads("a") == ["write nothing, cursor 3"])
    }

    @Test("reading that is always behind forgets all the same, as far as it has come")
    func alwaysBehind() {
        var talk = Conversation.ended()
        talk.waits(Self.day)
        #expect(talk.measures([0: 3]) == [])
        talk.reads("b")
        #expect(talk.measures([0: 5]) == [])
        talk.reads("c")
        #expect(
            talk.measures([0: 7]) == ["bury a"], "the end of then is reached, the end of now is not"
        )
    }

    @Test("every request partition of the lane counts")
    func everyPartition() {
        var talk = Conversation()
        talk.sleeps(100_000)
        talk.acquires([Samples.entry("a", Samples.ending())], partitions: [0, 2])
        #expect(talk.measures([0: 0, 2: 1]) == [])
        #expect(
            talk.hears(
                .requestsMeasured(LaneID(0), ends: [Samples.partition(0): 0], asOf: talk.now)) == []
        )
        #expect(talk.reads("a", partition: 2) == ["write nothing, cursor 1"])
        #expect(talk.measures() == ["bury a"])
    }

    @Test("a partition that was added waits to be measured")
    func addedPartition() {
        var talk = Conversation.ended()
        talk.waits(Self.day)
        talk.hears(.partitionsAdded(LaneID(0), [Samples.partition(4): 0]))
        #expect(talk.measures() == [])
        #expect(talk.measures([4: 0]) == ["bury a"])
    }

    @Test("markers and aborted records at the end of a partition do not keep anything")
    func invisibleEnd() {
        var talk = Conversation.ended()
        talk.waits(Self.day)
        #expect(talk.measures([0: 3]) == [])
        #expect(talk.hears(.requestsReached(LaneID(0), Samples.partition(0), 3)) == [])
        #expect(talk.measures([0: 3]) == ["bury a"])
        #expect(
            talk.scheduler.census(of: LaneID(0))?.cursors == [Samples.partition(0): 3],
            "no lag is left")
    }

    @Test("what a lane that is being given up no longer reads does not count as read")
    func closing() {
        var talk = Conversation.submitting()
        talk.revoked()
        talk.hears(.requestRead(LaneID(0), .request(Samples.request("b", offset: 1))))
        talk.hears(.requestsReached(LaneID(0), Samples.partition(0), 2))
        #expect(talk.measures([0: 2]) == [])
        talk.submitted("a", .refused(.final))
        talk.commits()
        talk.resumes()
        talk.waits(Self.day)
        #expect(talk.measures([0: 2]) == [], "b was let go and is to be read again")
    }

    @Test("an end that is not reached goes on with the lane, in the cursor")
    func travels() throws {
        var talk = Conversation.ended()
        talk.waits(Self.day)
        talk.measures([0: 3])
        talk.reads("b")
        let mark = try #require(talk.lastWrite(of: "b")?.cursor?.mark)
        #expect(mark == EndMark(offset: 3, asOf: talk.now))
        var next = Conversation()
        next.sleeps(Self.day + 3600)
        next.hears(
            .laneAcquired(
                LaneRestore(
                    lane: LaneID(0), epoch: 2, entries: [Samples.entry("a", Samples.ending())],
                    cursors: [Samples.partition(0): 2], marks: [Samples.partition(0): mark])))
        #expect(next.measures([0: 9]) == [])
        next.hears(.requestRead(LaneID(0), .request(Samples.request("c", offset: 2))))
        #expect(next.measures([0: 9]) == ["bury a"])
    }

    @Test("a predecessor's end that the partition no longer has is not waited for")
    func cutLog() {
        var talk = Conversation()
        talk.sleeps(Self.day + 3600)
        let mark = EndMark(offset: 100, asOf: Samples.start)
        talk.hears(
            .laneAcquired(
                LaneRestore(
                    lane: LaneID(0), epoch: 2, entries: [Samples.entry("a", Samples.ending())],
                    cursors: [Samples.partition(0): 1], marks: [Samples.partition(0): mark])))
        #expect(talk.measures([0: 2]) == [])
        talk.hears(.requestRead(LaneID(0), .request(Samples.request("b", offset: 1))))
        #expect(talk.measures([0: 3]) == ["bury a"])
    }

    @Test("an end that has fallen says nothing: what the topic holds now is yet to be read")
    func fallenEnd() {
        var talk = Conversation.ended()
        talk.measures([0: 100])
        talk.waits(Self.day)
        #expect(talk.measures([0: 1]) == [])
        #expect(talk.reads("a") == ["write nothing, cursor 2"])
    }

    @Test("an end of a predecessor whose clock was ahead is none of the future")
    func clockAhead() {
        var talk = Conversation()
        talk.sleeps(Self.day - 60)
        let mark = EndMark(offset: 1, asOf: Samples.at(10 * Self.day))
        talk.hears(
            .laneAcquired(
                LaneRestore(
                    lane: LaneID(0), epoch: 2, entries: [Samples.entry("a", Samples.ending())],
                    cursors: [Samples.partition(0): 1], marks: [Samples.partition(0): mark])))
        #expect(talk.measures([0: 2]) == [])
        #expect(talk.waits(120) == [], "a record of before the window's end waits")
        #expect(talk.measures([0: 2]) == [])
    }
}
