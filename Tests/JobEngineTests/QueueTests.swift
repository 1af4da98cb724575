// Who gets a slot, and when.

import JobEngine
import Testing

@Suite("Waiting for a slot")
struct QueueTests {
    static let oneSlot = Samples.steadyPolicy { $0.accounts = [Samples.account(slots: 1)] }

    /// Lets the job in the only slot fail and returns who gets it next.
    private func next(after job: JobID, _ talk: inout Conversation) -> JobID? {
        let words = talk.submitted(job, .refused(.final))
        talk.commits()
        return words.first { $0.contains("intent") }.map { JobID($0.split(separator: " ")[1]) }
    }

    @Test("not before its time")
    func notBefore() {
        var talk = Conversation.owner()
        talk.reads("a") { $0.notBefore = Samples.at(50) }
        #expect(talk.commits() == [])
        #expect(talk.waits(49.9) == [])
        #expect(talk.waits(0.1) == ["write a intent 1 on main by 60s"])
    }

    @Test("a deadline ends the waiting")
    func deadline() {
        var talk = Conversation.owner(Self.oneSlot)
        talk.starts("a")
        talk.reads("b") { $0.deadline = Samples.at(20) }
        talk.commits()
        #expect(talk.waits(20) == ["write b finished, failed expired"])
    }

    @Test("a deadline before not-before expires at the deadline")
    func deadlineFirst() {
        var talk = Conversation.owner()
        talk.reads("a") {
            $0.notBefore = Samples.at(50)
            $0.deadline = Samples.at(20)
        }
        talk.commits()
        #expect(talk.waits(20) == ["write a finished, failed expired"])
    }

    @Test("a request that comes too late expires without an intent")
    func tooLate() {
        var talk = Conversation.owner()
        talk.reads("a") { $0.deadline = Samples.start }
        #expect(talk.commits() == ["write a finished, failed expired"])
    }

    @Test("higher priority first, else first come first served")
    func priority() {
        var talk = Conversation.owner(Self.oneSlot)
        talk.starts("first")
        talk.reads("low") { $0.priority = 0 }
        talk.reads("one")
        talk.reads("two")
        talk.reads("high") { $0.priority = 9 }
        talk.commits()
        var order: [JobID] = []
        var running: JobID = "first"
        while let job = next(after: running, &talk) {
            order.append(job)
            running = job
        }
        #expect(order == ["high", "one", "two", "low"])
    }

    @Test("a job that waits long enough overtakes younger ones of higher priority")
    func noStarvation() {
        var talk = Conversation.owner(Self.oneSlot)
        talk.starts("first")
        talk.reads("old") { $0.priority = 0 }
        talk.commits()
        talk.sleeps(9 * 60 + 1)
        talk.reads("young") { $0.priority = 9 }
        talk.commits()
        #expect(next(after: "first", &talk) == "old")
    }

    @Test("a priority out of bounds counts as the nearest bound")
    func priorityBounds() {
        var talk = Conversation.owner(Self.oneSlot)
        talk.starts("first")
        talk.reads("low") { $0.priority = .min }
        talk.reads("high") { $0.priority = .max }
        talk.commits()
        #expect(next(after: "first", &talk) == "high")
    }

    @Test("no more submits are minted than the account grants")
    func submitRate() {
        var talk = Conversation.owner(
            Samples.steadyPolicy { $0.accounts = [Samples.account(slots: 100, submits: 2)] })
        for number in 1...40 { talk.reads("j\(number)") }
        var intents = talk.commits().count
        while talk.now < Samples.at(10) { intents += talk.wakes().count }
        #expect((20...22).contains(intents))
    }

    @Test("a model with slots of its own neither takes from the others nor waits for them")
    func modelSlots() {
        var talk = Conversation.owner(
            Samples.steadyPolicy {
                $0.accounts = [Samples.account(slots: 1, models: ["pro": 1], submits: 100)]
            })
        talk.starts("a", "b")
        talk.reads("p") { $0.model = "pro" }
        talk.reads("q") { $0.model = "pro" }
        #expect(talk.commits() == ["write p intent 1 on main by 10s"])
        talk.commits()
        #expect(
            talk.submitted("p", .refused(.final)) == [
                "write p finished, failed upstream", "write q intent 1 on main by 10s",
            ])
    }

    @Test("a model with slots of its own gets submits although all others queue up")
    func modelNotStarved() {
        var talk = Conversation.owner(
            Samples.steadyPolicy {
                $0.accounts = [Samples.account(slots: 100, models: ["pro": 1], submits: 1)]
            })
        talk.reads("p") { $0.model = "pro" }
        talk.sleeps(0.001)
        for number in 1...9 { talk.reads("j\(number)") }
        let words = talk.commits()
        #expect(words == ["write p intent 1 on main by 10001ms"], "p came first")
    }

    @Test("two accounts share the work: the one with more free slots first")
    func twoAccounts() {
        var talk = Conversation.owner(
            Samples.steadyPolicy {
                $0.accounts = [Samples.account("one", slots: 1), Samples.account("two", slots: 2)]
            })
        for id: JobID in ["a", "b", "c", "d"] { talk.reads(id) }
        #expect(
            talk.commits() == [
                "write a intent 1 on two by 10s", "write b intent 1 on one by 10s",
                "write c intent 1 on two by 10s",
            ])
    }
}
