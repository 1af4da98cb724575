// Who gets a slot when several tenants want it.

import JobEngine
import Testing

@Suite("Fair shares among tenants")
struct FairnessTests {
    /// A lane with so many slots and no bound on submits.
    private func lane(slots: Int, _ change: (inout Policy) -> Void = { _ in }) -> Conversation {
        Conversation.owner(
            Samples.steadyPolicy {
                $0.accounts = [Samples.account(slots: slots, submits: 1000)]
                $0.windowJobs = 10_000
                change(&$0)
            })
    }

    /// Who gets an intent, one after the other, while a slot at a time becomes free; `running` holds the first.
    private func order(after running: JobID, _ talk: inout Conversation, _ count: Int) -> [JobID] {
        var order: [JobID] = []
        var running = running
        while order.count < count {
            let words = talk.submitted(running, .refused(.final))
            talk.commits()
            guard let next = words.first(where: { $0.contains("intent") }) else { break }
            running = JobID(String(next.split(separator: " ")[1]))
            order.append(running)
        }
        return order
    }

    private func tenants(_ order: [JobID]) -> String {
        order.map { String("\($0)".prefix(1)) }.joined()
    }

    private func flood(_ tenant: String, _ count: Int, _ talk: inout Conversation) {
        for number in 1...count { talk.reads(JobID("\(tenant)\(number)")) { $0.tenant = tenant } }
        talk.commits()
        talk.commits()
    }

    @Test("a tenant that comes after another's flood gets every second slot at once")
    func neighbours() {
        var talk = lane(slots: 1)
        flood("a", 50, &talk)
        flood("b", 3, &talk)
        #expect(tenants(order(after: "a1", &talk, 8)) == "bababaaa")
    }

    @Test("slots go by weight")
    func weights() {
        var talk = lane(slots: 1) {
            $0.tenants = ["a": TenantPolicy(weight: 3), "b": TenantPolicy(weight: 1)]
        }
        flood("a", 30, &talk)
        flood("b", 30, &talk)
        let served = tenants(order(after: "a1", &talk, 24))
        #expect(served.filter { $0 == "a" }.count == 18, "\(served)")
    }

    @Test("whoever was idle has no credit for it")
    func noCredit() {
        var talk = lane(slots: 1)
        flood("a", 20, &talk)
        _ = order(after: "a1", &talk, 10)
        flood("b", 10, &talk)
        #expect(tenants(order(after: "a11", &talk, 6)) == "bababa", "not b, b, b, …")
    }

    @Test("jobs without a tenant are one tenant")
    func nobody() {
        var talk = lane(slots: 1)
        for number in 1...9 { talk.reads(JobID("n\(number)")) }
        talk.commits()
        flood("a", 9, &talk)
        #expect(tenants(order(after: "n1", &talk, 6)) == "ananan")
    }

    @Test("a tenant's bound leaves slots to others, and is kept")
    func bound() {
        var talk = lane(slots: 4) { $0.tenants = ["a": TenantPolicy(concurrency: 1)] }
        for number in 1...5 { talk.reads(JobID("a\(number)")) { $0.tenant = "a" } }
        for number in 1...2 { talk.reads(JobID("b\(number)")) { $0.tenant = "b" } }
        let intents = talk.commits().filter { $0.contains("intent") }
        #expect(intents.count == 3, "one of a, both of b: \(intents)")
        talk.commits()
        #expect(talk.submitted("a1", .refused(.final)).contains { $0.contains("write a2 intent") })
    }

    @Test("a tenant's bound is shared out over lanes exactly", arguments: 1...5)
    func boundShares(lanes: Int) {
        var talk = Conversation(
            Samples.policy {
                $0.lanes = lanes
                $0.accounts = [Samples.account(slots: 40, submits: 1000)]
                $0.otherTenants = TenantPolicy(concurrency: 7)
            })
        var intents = 0
        for lane in 0..<lanes {
            talk.acquires(lane: lane, partitions: [Int32(lane)])
            for number in 0..<10 {
                talk.reads(JobID("\(lane)-\(number)"), lane: lane, partition: Int32(lane)) {
                    $0.tenant = "a"
                }
            }
            intents += talk.commits().filter { $0.contains("intent") }.count
        }
        while talk.now < Samples.at(9), talk.wakeAt != nil {
            intents += talk.wakes().filter { $0.contains("intent") }.count
        }
        #expect(intents == 7)
    }

    @Test("among equals the earliest deadline is first")
    func deadlines() {
        var talk = lane(slots: 1)
        talk.starts("first")
        talk.reads("late") { $0.deadline = Samples.at(3000) }
        talk.reads("soon") { $0.deadline = Samples.at(1000) }
        talk.reads("never")
        talk.reads("high") { $0.priority = 9 }
        talk.commits()
        #expect(order(after: "first", &talk, 4) == ["high", "soon", "late", "never"])
    }

    @Test("a job without a deadline is not overtaken by deadlines beyond its patience")
    func patience() {
        var talk = lane(slots: 1) { $0.patience = .seconds(500) }
        talk.starts("first")
        talk.reads("none")
        talk.reads("far") { $0.deadline = Samples.at(501) }
        talk.reads("near") { $0.deadline = Samples.at(499) }
        talk.commits()
        #expect(order(after: "first", &talk, 3) == ["near", "none", "far"])
    }

    @Test("a job that was cancelled while it waited takes nobody's turn")
    func cancelledInTheQueue() {
        var talk = lane(slots: 1)
        flood("a", 5, &talk)
        flood("b", 2, &talk)
        talk.readsCancel("b1")
        talk.commits()
        #expect(tenants(order(after: "a1", &talk, 5)) == "baaaa")
    }

    @Test("a tenant's tasks count in its bound after a take-over, on hold as well")
    func restored() {
        var talk = Conversation(
            Samples.steadyPolicy {
                $0.accounts = [Samples.account(slots: 9)]
                $0.otherTenants = TenantPolicy(concurrency: 2)
            })
        let held = Samples.entry("held", Samples.ending(.timedOut)) {
            $0.tenant = "a"
            $0.hold = Entry.Hold(account: "main", taskID: "t0", until: Samples.at(300))
        }
        let waiting = ["w1", "w2"].map { id in
            Samples.entry(JobID(id), .accepted(retryAt: nil), attempt: 0) { $0.tenant = "a" }
        }
        let words = talk.acquires([held] + waiting)
        #expect(words.filter { $0.contains("intent") }.count == 1)
        #expect(talk.scheduler.census(of: LaneID(0))?.tenantsRunning == ["a": 2])
        #expect(talk.scheduler.census(of: LaneID(0))?.tenantsWaiting == ["a": 1])
    }
}
