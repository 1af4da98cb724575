// What the engine makes of limits that change while it works.

import JobEngine
import Testing

@Suite("Changed limits")
struct ChangedLimitsTests {
    private func policy(
        slots: Int, models: [String: Int] = [:], _ change: (inout Policy) -> Void = { _ in }
    ) -> Policy {
        var policy = Samples.policy()
        policy.accounts = [Samples.account(slots: slots, models: models, submits: 100)]
        change(&policy)
        return policy
    }

    private func submits(_ words: [String]) -> [String] {
        words.filter { $0.hasPrefix("write") && $0.contains("intent") }
    }

    @Test("a slot more is filled at once")
    func more() {
        var talk = Conversation.owner(policy(slots: 1))
        talk.starts("a")
        talk.reads("b")
        talk.reads("c")
        talk.commits()
        #expect(submits(talk.hears(.policyChanged(policy(slots: 2)))).count == 1)
    }

    @Test("fewer slots end nothing, and are refilled only below the new limit")
    func fewer() {
        var talk = Conversation.owner(policy(slots: 2))
        for id in ["a", "b"] as [JobID] {
            talk.starts(id)
            talk.submitted(id, .accepted("t-\(id)"))
        }
        talk.reads("c")
        talk.commits()
        #expect(talk.hears(.policyChanged(policy(slots: 1))).isEmpty)
        var asked: Set<String> = []
        for _ in 0..<100 where asked.count < 2 { asked.formUnion(talk.wakes()) }
        #expect(submits(talk.queried("a", .done)).isEmpty)
        #expect(submits(talk.queried("b", .done)).count == 1)
    }

    @Test("a model that gets slots of its own leaves those of all others, and comes back")
    func models() {
        var talk = Conversation.owner(policy(slots: 1))
        talk.starts("a")
        talk.submitted("a", .accepted("t-a"))
        talk.reads("b") { $0.model = "other" }
        talk.commits()
        // The running task now counts on its model's slots.
        let own = policy(slots: 1, models: ["model": 1])
        #expect(submits(talk.hears(.policyChanged(own))).count == 1)
        // Both on one slot again: nothing more until both are over.
        talk.reads("c")
        talk.commits()
        #expect(submits(talk.hears(.policyChanged(policy(slots: 1)))).isEmpty)
        let census = talk.scheduler.census(of: LaneID(0))
        #expect(census?.pools.values.map(\.taken) == [2])
    }

    @Test("jobs that wait keep their places when a model gets slots of its own")
    func places() {
        var talk = Conversation.owner(policy(slots: 1))
        talk.starts("a")
        for id in ["b", "c", "d"] as [JobID] { talk.reads(id) }
        talk.commits()
        let intents = submits(talk.hears(.policyChanged(policy(slots: 1, models: ["model": 2]))))
        #expect(intents.count == 1 && intents[0].hasPrefix("write b "))
    }

    @Test("jobs that wait for money go on when the budget is raised")
    func budget() {
        var talk = Conversation.owner(policy(slots: 2) { $0.budget.perDay = 10 })
        talk.reads("a") { $0.cost = 8 }
        talk.reads("b") { $0.cost = 8 }
        #expect(submits(talk.commits()).count == 1)
        let raised = policy(slots: 2) { $0.budget.perDay = 16 }
        #expect(submits(talk.hears(.policyChanged(raised))).count == 1)
    }

    @Test("rates follow, and a rate that a refusal halved stays halved")
    func rates() {
        var bucket = TokenBucket(rate: 1, burst: 1, at: Samples.start)
        bucket.refused(at: Samples.start, retryAfter: nil)
        bucket.change(rate: 4, burst: 4, at: Samples.start)
        #expect(bucket.fullRate == 4)
        #expect(bucket.rate == 2)
    }

    @Test("a lane that had no share gets one")
    func fromNothing() {
        var bucket = TokenBucket(rate: 0, burst: 0, at: Samples.start)
        bucket.change(rate: 2, burst: 2, at: Samples.start)
        #expect(bucket.rate == 2)
        #expect(bucket.take(at: Samples.start) == nil)
        #expect(bucket.take(at: Samples.at(1)) == nil)
    }

    @Test("a pool that refusals shrank does not grow by a new limit, but is bounded by it")
    func shrunk() {
        var pool = SlotPool(capacity: 8, recovery: .seconds(30))
        pool.refused(at: Samples.start, pause: .zero, shrinks: true)
        pool.change(capacity: 16, taken: 0)
        #expect(pool.limit(at: Samples.start) == 4)
        pool.change(capacity: 2, taken: 3)
        #expect(pool.limit(at: Samples.start) == 2)
        #expect(pool.free(at: Samples.start) == 0)
    }

    @Test("what must stay as it was at the start stays")
    func fixed() {
        let before = Samples.policy()
        var other = before
        other.lanes = 7
        other.dedupWindow = .seconds(1)
        other.sendWindow = .seconds(1)
        other.archives.toggle()
        other.budget.offset = .zero
        #expect(before.adopting(other) == before)
    }
}
