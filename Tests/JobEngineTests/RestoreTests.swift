// A new owner goes on where the ledger says the last one was.

import JobEngine
import Testing

@Suite("Taking over a lane")
struct RestoreTests {
    @Test("accepted: goes on; nothing was spent")
    func accepted() {
        var talk = Conversation()
        let entry = Samples.entry("a", .accepted(retryAt: nil), attempt: 0)
        #expect(
            talk.acquires([entry], from: 1) == ["write a intent 1 on main by 10s", "read 0 64"])
    }

    @Test("accepted with a retry time: waits for it")
    func retryAt() {
        var talk = Conversation()
        talk.acquires([Samples.entry("a", .accepted(retryAt: Samples.at(5)))], from: 1)
        #expect(talk.waits(4.9) == [])
        #expect(talk.waits(0.1) == ["write a intent 2 on main by 15s"])
    }

    @Test("cancelled: ends")
    func cancelled() {
        var talk = Conversation()
        let entry = Samples.entry("a", .accepted(retryAt: nil)) { $0.isCancelled = true }
        #expect(
            talk.acquires([entry], from: 1) == [
                "write a finished cancelled, failed cancelled", "read 0 64",
            ])
    }

    @Test("intent: waits for send-by, the submit's time-out and the grace, then it is unknown")
    func intent() {
        var talk = Conversation()
        talk.sleeps(5)
        #expect(talk.acquires([Samples.entry("a", Samples.intent())], from: 1) == ["read 0 64"])
        #expect(talk.waits(79.9) == [])
        #expect(
            talk.waits(0.1) == [
                "write a finished holding a slot until 685s, failed submission_unknown"
            ])
        #expect(talk.failure(of: "a")?.evidence?.lost.happened == .workerLost)
    }

    @Test("intent of a predecessor whose clock is far ahead: the wait is bounded by our own clock")
    func intentFromTheFuture() {
        var talk = Conversation()
        talk.acquires([Samples.entry("a", Samples.intent(mintedAt: 86_400))], from: 1)
        #expect(talk.waits(85).first?.hasPrefix("write a finished") == true)
    }

    @Test("submitted: polls, and never submits")
    func submitted() {
        var talk = Conversation()
        talk.sleeps(60)
        #expect(talk.acquires([Samples.entry("a", Samples.task())], from: 1) == ["read 0 64"])
        #expect(talk.waits(2) == ["query t1"])
        #expect(talk.queried("a", .done) == ["write a finished, succeeded"])
    }

    @Test("submitted by a predecessor whose clock is ahead: looked at soon all the same")
    func submittedInTheFuture() {
        var talk = Conversation()
        talk.acquires([Samples.entry("a", Samples.task(submittedAt: 7200))], from: 1)
        #expect(talk.waits(2) == ["query t1"])
        #expect(talk.queried("a", .running) == [])
        #expect(talk.waits(3) == ["query t1"])
    }

    @Test("first looks after a take-over are spread")
    func spread() {
        var talk = Conversation(
            Samples.steadyPolicy { $0.accounts = [Samples.account(slots: 50, queries: 1000)] })
        let entries = (1...50).map { Samples.entry("j\($0)", Samples.task("t\($0)")) }
        talk.acquires(entries, from: 1)
        var looks: Set<Instant> = []
        while talk.now < Samples.at(2), talk.wakeAt != nil {
            if talk.wakes().isEmpty == false { looks.insert(talk.now) }
        }
        #expect(looks.count > 40)
        #expect((looks.max() ?? Samples.start) <= Samples.at(2))
    }

    @Test("finished: remembered, for the rest of the dedup window")
    func finished() {
        var talk = Conversation()
        talk.sleeps(86_000)
        #expect(talk.acquires([Samples.entry("a", Samples.ending())], from: 1) == ["read 0 64"])
        #expect(talk.reads("a") == ["write nothing, cursor 2"])
        #expect(talk.measures() == [])
        talk.waits(400)
        #expect(talk.measures() == ["bury a"])
    }

    @Test("finished and past the dedup window: buried once it is known that nothing waits")
    func finishedLongAgo() {
        var talk = Conversation()
        talk.sleeps(100_000)
        #expect(talk.acquires([Samples.entry("a", Samples.ending())], from: 1) == ["read 0 64"])
        #expect(talk.measures() == ["bury a"])
    }

    @Test("finished with a hold: the slot stays taken, the task is watched")
    func lingering() {
        var talk = Conversation(
            Samples.steadyPolicy { $0.accounts = [Samples.account(slots: 1)] })
        let entry = Samples.entry("a", Samples.ending(.timedOut)) {
            $0.hold = Entry.Hold(account: "main", taskID: "t1", until: Samples.at(100))
        }
        talk.acquires([entry], from: 1)
        talk.reads("b")
        #expect(talk.commits() == [])
        #expect(talk.waits(2) == ["query t1"])
        #expect(
            talk.queried("a", .failed) == ["write a finished", "write b intent 1 on main by 12s"])
    }

    @Test("accepted with a hold (policy resubmit): the slot stays taken until it ends")
    func heldAccepted() {
        var talk = Conversation(
            Samples.steadyPolicy { $0.accounts = [Samples.account(slots: 1)] })
        let entry = Samples.entry("a", .accepted(retryAt: Samples.at(100))) {
            $0.hold = Entry.Hold(account: "main", taskID: nil, until: Samples.at(100))
        }
        talk.acquires([entry], from: 1)
        talk.sleeps(1)
        talk.reads("b")
        #expect(talk.commits() == [])
        #expect(talk.waits(99) == ["write a intent 2 on main by 110s"])
    }

    @Test("restored jobs get slots by rank, not by the order in which they rise")
    func priority() {
        var talk = Conversation(
            Samples.steadyPolicy { $0.accounts = [Samples.account(slots: 1)] })
        let low = Samples.entry("low", .accepted(retryAt: nil), attempt: 0) {
            $0.request?.priority = 0
        }
        let high = Samples.entry("high", .accepted(retryAt: nil), attempt: 0) {
            $0.acceptedAt = Samples.at(1)
            $0.request?.priority = 9
        }
        talk.sleeps(1)
        #expect(talk.acquires([low, high], from: 1).first == "write high intent 1 on main by 11s")
    }

    @Test("more tasks than slots (the limit was lowered): all are polled, none is added")
    func overfull() {
        var talk = Conversation(
            Samples.steadyPolicy { $0.accounts = [Samples.account(slots: 1)] })
        let entries = (1...3).map { Samples.entry("j\($0)", Samples.task("t\($0)")) }
        talk.acquires(entries, from: 1)
        talk.reads("b")
        #expect(talk.commits() == [])
        var asked: Set<String> = []
        while asked.count < 3, talk.now < Samples.at(10) { asked.formUnion(talk.wakes()) }
        #expect(asked == ["query t1", "query t2", "query t3"])
        #expect(talk.queried("j1", .done) == ["write j1 finished, succeeded"])
        #expect(talk.queried("j2", .done) == ["write j2 finished, succeeded"])
        #expect(talk.queried("j3", .done).count == 2, "now b gets its slot")
    }

    @Test("a lane without slots on an account still watches the tasks it finds there")
    func noShare() {
        var talk = Conversation(
            Samples.steadyPolicy {
                $0.lanes = 4
                $0.accounts = [Samples.account(slots: 2)]
            })
        talk.acquires(lane: 3, [Samples.entry("a", Samples.task())], from: 1)
        #expect(talk.waits(2) == ["query t1"])
        talk.queried("a", .running)
        #expect(talk.waits(70) == ["query t1"])
        #expect(talk.queried("a", .done) == ["write a finished, succeeded"])
    }
}
