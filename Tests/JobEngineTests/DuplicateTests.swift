// Requests that come twice, ids that come again, and how long they are remembered.

import JobEngine
import Testing

@Suite("Duplicates and fresh starts")
struct DuplicateTests {
    @Test("the id of an open job: no second outcome")
    func open() {
        var talk = Conversation.polling()
        #expect(talk.reads("a") == ["write nothing, cursor 2"])
        #expect(talk.reports.contains { isDuplicate($0) })
    }

    @Test("ids that look alike but are written with other bytes are two jobs")
    func lookAlikes() {
        var talk = Conversation.owner(Samples.steadyPolicy())
        #expect(talk.reads("\u{E9}") == ["write \u{E9} accepted, cursor 1"])
        #expect(talk.reads("e\u{301}") == ["write e\u{301} accepted, cursor 2"])
        #expect(talk.reads("\u{E9}") == ["write nothing, cursor 3"])
    }

    @Test("the id of a job that has succeeded: no second outcome within the dedup window")
    func succeeded() {
        var talk = Conversation.ended()
        #expect(talk.reads("a") == ["write nothing, cursor 2"])
    }

    @Test("the id of a job that has failed starts afresh")
    func failed() {
        var talk = Conversation.ended(.failed)
        #expect(talk.reads("a") == ["write a accepted, cursor 2"])
        #expect(talk.commits() == ["write a intent 1 on main by 13s"])
    }

    @Test("a fresh start inherits the slot that the failed job may still occupy, and waits for it")
    func inheritsHold() {
        var talk = Conversation.lingering()
        #expect(
            talk.reads("a") == ["write a accepted until 600s holding a slot until 600s, cursor 2"])
        #expect(talk.commits() == [])
        #expect(talk.waits(599.9) == [])
        #expect(talk.waits(0.1) == ["write a intent 1 on main by 610s"])
    }

    @Test("a hold stays with the model that it is about, whatever model the fresh start names")
    func holdOfAnotherModel() {
        var talk = Conversation.owner(
            Samples.steadyPolicy { $0.accounts = [Samples.account(slots: 1, models: ["pro": 1])] })
        talk.starts("a")
        talk.submitted("a", .lost)
        talk.commits()
        talk.reads("a") { $0.model = "pro" }
        talk.reads("b")
        talk.reads("p") { $0.model = "pro" }
        #expect(
            talk.commits() == ["write p intent 1 on main by 10s"],
            "the slot that the lost task may occupy is one of the others")
    }

    @Test("a fresh start while the end of the hold is being written is no duplicate")
    func whileSettling() {
        var talk = Conversation.lingering()
        #expect(talk.waits(600) == ["write a finished"])
        #expect(talk.reads("a") == ["write a accepted, cursor 2"])
        #expect(talk.commits() == ["write a intent 1 on main by 610s"])
    }

    @Test("a fresh start while the failure is being written is no duplicate")
    func whileFinishing() {
        var talk = Conversation.querying()
        talk.queried("a", .failed)
        #expect(talk.reads("a") == ["write a accepted, cursor 2"])
        #expect(talk.commits() == ["write a intent 1 on main by 13s"])
    }

    @Test("a fresh start ends its hold although it must not start before tomorrow")
    func holdEndsBeforeNotBefore() {
        var talk = Conversation.owner(
            Samples.steadyPolicy { $0.accounts = [Samples.account(slots: 1)] })
        talk.starts("a")
        talk.submitted("a", .lost)
        talk.commits()
        talk.reads("a") { $0.notBefore = Samples.at(86_400) }
        talk.reads("b")
        #expect(talk.commits() == [])
        #expect(talk.waits(600) == ["write b intent 1 on main by 610s"])
    }

    @Test(
        "a fresh start does not take the place that its cancelled predecessor left in another backlog"
    )
    func ticket() {
        var talk = Conversation.owner(
            Samples.steadyPolicy { $0.accounts = [Samples.account(slots: 1, models: ["pro": 1])] })
        talk.starts("x")
        talk.reads("y") { $0.model = "pro" }
        talk.commits()
        talk.commits()
        talk.reads("a")
        talk.commits()
        talk.readsCancel("a")
        talk.commits()
        talk.reads("a") { $0.model = "pro" }
        #expect(talk.commits() == [])
        #expect(
            talk.submitted("x", .refused(.final)) == ["write x finished, failed upstream"],
            "the slot of the others is no slot for a")
        #expect(talk.submitted("y", .refused(.final)).last == "write a intent 1 on main by 10s")
    }

    @Test("after the dedup window the entry gets a tombstone, and the id is new")
    func burial() {
        var talk = Conversation.ended()
        #expect(talk.waits(86_399.9) == [])
        #expect(talk.measures() == [])
        #expect(talk.waits(0.1) == [])
        #expect(talk.measures() == ["bury a"])
        #expect(talk.reads("a") == ["write a accepted, cursor 2"])
    }

    @Test("a fresh start is not buried by the alarm of its predecessor")
    func burialOfPredecessor() {
        var talk = Conversation.ended(.failed)
        talk.sleeps(1000)
        talk.reads("a")
        talk.commits()
        talk.commits()
        talk.submitted("a", .accepted("t2"))
        talk.commits()
        talk.wakes()
        talk.queried("a", .done)
        talk.commits()
        talk.sleeps(85_400)
        #expect(talk.hears(.timerFired) == [])
        #expect(talk.reads("a") == ["write nothing, cursor 3"])
        talk.waits(1010)
        #expect(talk.measures() == ["bury a"])
    }

    @Test("a record that comes twice is passed over")
    func sameRecord() {
        var talk = Conversation.owner()
        talk.reads("a")
        let again = Samples.request("a", offset: 0)
        #expect(talk.hears(.requestRead(LaneID(0), .request(again))) == [])
    }

    @Test("rubbish is rejected once, and its id is free")
    func rejected() {
        var talk = Conversation.owner()
        #expect(talk.readsRubbish("a") == ["write nothing, rejected a, cursor 1"])
        #expect(talk.reads("a") == ["write a accepted, cursor 2"])
        #expect(talk.readsRubbish("a") == ["write nothing, cursor 3"], "a is open")
    }

    private func isDuplicate(_ report: Report) -> Bool {
        if case .duplicate("a", _) = report { true } else { false }
    }
}
