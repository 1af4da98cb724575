// Lanes are given up, come back, are lost; the worker drains.

import JobEngine
import Testing

@Suite("Lanes come and go")
struct LaneTests {
    @Test("an idle lane is released at once, clean")
    func idle() {
        var talk = Conversation.owner()
        #expect(talk.revoked() == ["release 0 clean"])
    }

    @Test("a lane that is given up waits for what is being written")
    func writing() {
        var talk = Conversation.owner()
        talk.reads("a")
        #expect(talk.revoked() == [])
        #expect(talk.commits() == ["release 0 clean"])
    }

    @Test("an intent that commits when the lane is being given up is taken back unsent")
    func withdrawn() {
        var talk = Conversation.owner()
        talk.reads("a")
        talk.commits()
        #expect(talk.revoked() == [])
        #expect(talk.commits() == ["write a accepted"])
        #expect(talk.commits() == ["release 0 clean"])
    }

    @Test("a lane that is given up waits for submits in the air and records their tasks")
    func submitting() {
        var talk = Conversation.submitting()
        #expect(talk.revoked() == [])
        #expect(talk.submitted("a", .accepted("t1")) == ["write a submitted t1"])
        #expect(talk.commits() == ["release 0 clean"])
    }

    @Test("but not for ever")
    func bounded() {
        var talk = Conversation.submitting()
        talk.revoked()
        #expect(talk.waits(24.9) == [])
        #expect(talk.waits(0.1) == ["release 0 unclean"])
    }

    @Test("no intents, no reads, no queries while a lane is being given up")
    func quiet() {
        var talk = Conversation.polling()
        talk.reads("b")
        talk.commits()
        #expect(talk.revoked() == [])
        #expect(talk.reads("c") == [])
        #expect(talk.waits(3) == [])
        #expect(talk.commits() == ["write b accepted"])
        #expect(talk.commits() == ["release 0 clean"])
    }

    @Test("a lane that comes back unchanged goes on where it was")
    func resumed() {
        var talk = Conversation.polling()
        talk.reads("b") { $0.notBefore = Samples.at(30) }
        talk.commits()
        #expect(talk.revoked() == ["release 0 clean"])
        #expect(talk.waits(10) == [])
        #expect(talk.resumes() == ["query t1", "read 0 64"])
        #expect(talk.queried("a", .done) == ["write a finished, succeeded"])
        #expect(talk.lastWrite(of: "a")?.epoch == 2)
        #expect(talk.waits(20) == ["write b intent 1 on main by 40s"])
    }

    @Test("answers that come between release and resume are held")
    func held() {
        var talk = Conversation.querying()
        talk.reads("p") { $0.wantsProbe = true }
        talk.commits()
        #expect(talk.revoked() == ["release 0 clean"])
        #expect(talk.queried("a", .done) == [])
        #expect(talk.probed("p", "1:1") == [])
        #expect(
            talk.resumes() == [
                "write a finished, succeeded", "write p intent 1 on main by 13s", "read 0 64",
            ])
    }

    @Test("answers that come after the lane was lost are dropped")
    func lost() {
        var talk = Conversation.querying()
        #expect(talk.lost() == [])
        #expect(talk.queried("a", .done) == [])
        #expect(talk.reports.contains(.lateAnswerDropped("a")))
    }

    @Test("receipts for a lane that was lost and came back change nothing")
    func staleReceipts() {
        var talk = Conversation.owner()
        talk.reads("a")
        let write = talk.writes[0]
        talk.lost()
        talk.acquires(epoch: 2, [], from: 0)
        #expect(talk.hears(.committed([write.reference])) == [])
    }

    @Test("the grace of an earlier closing does not shorten a later one")
    func twoClosings() {
        var talk = Conversation.owner(Samples.steadyPolicy())
        talk.revoked()
        talk.resumes()
        talk.sleeps(20)
        talk.reads("a")
        talk.commits()
        talk.commits()
        talk.revoked()
        #expect(talk.waits(5) == [], "25 s after the first closing, 5 s after the second")
        #expect(talk.waits(20) == ["release 0 unclean"])
    }

    @Test("a revocation is always answered, in whatever state the lane is")
    func alwaysAnswered() {
        var talk = Conversation.owner()
        talk.revoked()
        #expect(talk.revoked() == ["release 0 clean"], "parked and asked again")
        #expect(talk.revoked(lane: 5) == ["release 5 unclean"], "never heard of")
    }

    @Test("burials that fell due while the lane was parked are made up for")
    func burialWhileParked() {
        var talk = Conversation.ended()
        talk.revoked()
        #expect(talk.waits(90_000) == [])
        #expect(talk.measures() == [])
        #expect(talk.resumes() == ["read 0 64"])
        #expect(talk.measures() == ["bury a"])
    }

    @Test("ten thousand resumes leave no alarms behind")
    func alarms() {
        var talk = Conversation.polling()
        for epoch in 2...10_000 {
            talk.revoked()
            talk.resumes(epoch: epoch)
        }
        #expect(talk.scheduler.alarmCount < 10)
        for epoch in 1...1000 {
            talk.lost()
            talk.acquires(epoch: epoch, [Samples.entry("a", Samples.task())], from: 1)
        }
        #expect(talk.scheduler.alarmCount < 10)
    }

    // MARK: Draining

    @Test("a drain gives up all lanes and then says stop")
    func drain() {
        var talk = Conversation.submitting(Samples.steadyPolicy { $0.lanes = 2 })
        talk.acquires(lane: 1)
        #expect(talk.hears(.drainRequested) == ["release 1 clean"])
        #expect(talk.submitted("a", .accepted("t1")) == ["write a submitted t1"])
        #expect(talk.commits() == ["release 0 clean", "stop"])
    }

    @Test("a drain without lanes stops at once")
    func drainEmpty() {
        var talk = Conversation()
        #expect(talk.hears(.drainRequested) == ["stop"])
    }

    @Test("a lane that comes while the worker drains is given up again")
    func drainMeetsAcquire() {
        var talk = Conversation.submitting(Samples.steadyPolicy { $0.lanes = 2 })
        #expect(talk.hears(.drainRequested) == [])
        #expect(talk.acquires(lane: 1) == ["release 1 clean"])
        talk.submitted("a", .notSent)
        #expect(talk.commits() == ["release 0 clean", "stop"])
        #expect(talk.acquires(lane: 1, epoch: 3) == ["release 1 clean"], "stopped is stopped")
    }

    @Test("a lane that is lost while the worker drains is not waited for")
    func drainMeetsLoss() {
        var talk = Conversation.submitting()
        #expect(talk.hears(.drainRequested) == [])
        #expect(talk.lost() == ["stop"])
    }
}
