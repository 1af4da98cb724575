// Money: set aside at the intent, given back when nothing was spent, never more than the budget.

import JobEngine
import Testing

@Suite("Budget")
struct BudgetTests {
    /// Of `Samples.start`, by a clock that is on Beijing time.
    private static let today = Budget().day(at: Samples.start)

    private func policy(_ budget: Int64?, _ change: (inout Policy) -> Void = { _ in }) -> Policy {
        Samples.steadyPolicy {
            $0.accounts = [Samples.account(slots: 10, submits: 1000)]
            $0.budget.perDay = budget
            change(&$0)
        }
    }

    private func reads(_ ids: [JobID], cost: Int64?, _ talk: inout Conversation) -> [String] {
        for id in ids { talk.reads(id) { $0.cost = cost } }
        return talk.commits()
    }

    private func spend(_ talk: Conversation) -> Int64? {
        talk.scheduler.census(of: LaneID(0))?.spend.total
    }

    @Test("an intent sets its cost aside, in the same write")
    func reserved() throws {
        var talk = Conversation.owner(policy(10))
        _ = reads(["a"], cost: 4, &talk)
        let write = try #require(talk.writes.first)
        #expect(write.spend == Spend(day: Self.today, total: 4, tenants: ["": 4]))
        guard case .put(let entry) = write.change else {
            Issue.record("no entry")
            return
        }
        #expect(entry.reserved == Entry.Reservation(amount: 4, day: Self.today))
    }

    @Test("what is used up waits for the next day, says so once, and then goes on")
    func waits() {
        var talk = Conversation.owner(policy(10))
        let words = reads(["a", "b", "c"], cost: 4, &talk)
        #expect(words.filter { $0.contains("intent") }.count == 2)
        talk.commits()
        let tomorrow = Budget().begin(ofDay: Self.today + 1)
        let said = talk.reports.filter { if case .budgetExhausted = $0 { true } else { false } }
        #expect(said == [.budgetExhausted(LaneID(0), tenant: nil, until: tomorrow)])
        var intents = 0
        while talk.now < tomorrow, talk.wakeAt != nil {
            intents += talk.wakes().filter { $0.contains("c intent") }.count
        }
        #expect(talk.now == tomorrow)
        #expect(intents == 1)
        #expect(spend(talk) == 4, "a day begins with nothing")
    }

    @Test(
        "what waits for the next day goes on then, although its lane went and came back meanwhile")
    func resumed() {
        var talk = Conversation.owner(policy(10))
        _ = reads(["a", "b"], cost: 8, &talk)
        talk.commits()
        talk.submitted("a", .accepted("t1"))
        talk.commits()
        #expect(talk.revoked() == ["release 0 clean"])
        talk.resumes()
        #expect(intents(of: "b", until: Budget().begin(ofDay: Self.today + 1), &talk) == 1)
    }

    @Test("what waits for the next day goes on then, although something else was due before")
    func earlierAlarm() {
        var talk = Conversation.owner(
            policy(nil) {
                $0.accounts = [Samples.account(slots: 10, submits: 1)]
                $0.tenants["red"] = TenantPolicy(budget: 4)
            })
        talk.reads("r") { ($0.cost, $0.tenant) = (4, "red") }
        _ = reads(["a", "b", "d"], cost: 4, &talk)
        for _ in 1...2 {
            talk.wakes()
            talk.commits()
        }
        // d waits for the next token, and it is red's turn.
        talk.reads("c") { ($0.cost, $0.tenant) = (4, "red") }
        talk.commits()
        #expect(intents(of: "c", until: Budget().begin(ofDay: Self.today + 1), &talk) == 1)
    }

    @Test(
        "who waits for money while all slots are taken is woken for a morning to come, not for one that is over"
    )
    func allSlotsTaken() {
        var talk = Conversation.owner(
            policy(nil) {
                $0.accounts = [Samples.account(slots: 2, submits: 1000)]
                $0.tenants["red"] = TenantPolicy(budget: 4)
            })
        for id in ["r1", "r2"] as [JobID] {
            talk.reads(id) { ($0.cost, $0.tenant) = (4, "red") }
        }
        talk.commits()
        talk.commits()
        _ = reads(["a"], cost: 4, &talk)
        talk.commits()
        // A conversation records it when the engine wants to be woken for the past.
        talk.sleeps((Budget().begin(ofDay: Self.today + 1) - talk.now) / .seconds(1))
        talk.hears(.timerFired)
        #expect(talk.state(of: "r2") == .queued)
    }

    /// Lets time pass as far as the engine asks for, and no further than `end`.
    private func intents(of job: JobID, until end: Instant, _ talk: inout Conversation) -> Int {
        var count = 0
        while talk.now < end, talk.wakeAt != nil {
            count += (talk.wakes() + talk.commits()).filter { $0.contains("\(job) intent") }.count
        }
        return count
    }

    @Test("by setting, jobs fail instead of waiting")
    func fails() {
        var talk = Conversation.owner(policy(10) { $0.budget.whenExhausted = .fail })
        let words = reads(["a", "b", "c"], cost: 5, &talk)
        #expect(words.contains("write c finished, failed account"))
    }

    @Test(
        "nothing was spent: it comes back",
        arguments: [
            SubmitAnswer.notSent, .refused(.transient), .refused(.concurrencyLimit),
            .refused(.final),
        ])
    func released(answer: SubmitAnswer) throws {
        var talk = Conversation.owner(policy(10))
        _ = reads(["a"], cost: 4, &talk)
        talk.commits()
        talk.submitted("a", answer)
        #expect(spend(talk) == 0)
        #expect(talk.writes.first?.spend?.total == 0, "in the write that gives it back")
    }

    @Test("an answer that was lost may have cost it: it is kept")
    func unknown() {
        var talk = Conversation.owner(policy(10))
        _ = reads(["a"], cost: 4, &talk)
        talk.commits()
        talk.submitted("a", .lost)
        #expect(spend(talk) == 4)
    }

    @Test("both attempts count when a lost one is submitted again")
    func resubmit() {
        var talk = Conversation.owner(policy(100) { $0.unknownSubmit = .resubmit })
        _ = reads(["a"], cost: 4, &talk)
        talk.commits()
        talk.submitted("a", .lost)
        talk.commits()
        talk.waits(601)
        #expect(spend(talk) == 8)
    }

    @Test("what was delivered is kept, what failed unpaid comes back, cancelled or not")
    func ends() {
        for (answer, left) in [(QueryAnswer.done, 4), (.failed, 0)] as [(QueryAnswer, Int64)] {
            var talk = Conversation.owner(policy(10))
            _ = reads(["a"], cost: 4, &talk)
            talk.commits()
            talk.submitted("a", .accepted("t1"))
            talk.commits()
            talk.waits(3)
            talk.readsCancel("a")
            talk.queried("a", answer)
            #expect(spend(talk) == left)
        }
    }

    @Test("a take-over remembers what was spent today, and forgets it tomorrow")
    func restored() {
        var talk = Conversation(policy(10))
        var restore = LaneRestore(
            lane: LaneID(0), epoch: 1,
            entries: ["a", "b"].map {
                Samples.entry(JobID($0), .accepted(retryAt: nil), attempt: 0) {
                    $0.request?.cost = 4
                }
            }, cursors: [Samples.partition(0): 0])
        restore.spend = Spend(day: Self.today, total: 6)
        let words = talk.hears(.laneAcquired(restore)) + talk.waits(5)
        #expect(words.filter { $0.contains("intent") }.count == 1)
        #expect(spend(talk) == 10)
        var yesterday = Conversation(policy(10))
        restore.spend = Spend(day: Self.today - 1, total: 10)
        let free = yesterday.hears(.laneAcquired(restore)) + yesterday.waits(5)
        #expect(free.filter { $0.contains("intent") }.count == 2)
    }

    @Test("a predecessor whose clock was ahead has begun tomorrow: it is not begun again")
    func clockAhead() {
        var talk = Conversation(policy(10))
        let waiting = Samples.entry("a", .accepted(retryAt: nil), attempt: 0) {
            $0.request?.cost = 4
        }
        let restore = LaneRestore(
            lane: LaneID(0), epoch: 1, entries: [waiting], cursors: [Samples.partition(0): 0],
            spend: Spend(day: Self.today + 1, total: 10))
        #expect(talk.hears(.laneAcquired(restore)).contains { $0.contains("intent") } == false)
    }

    @Test("one tenant's budget does not hold up another")
    func tenant() {
        var talk = Conversation.owner(
            policy(nil) { $0.tenants = ["poor": TenantPolicy(budget: 4)] })
        for id in ["p1", "p2"] { talk.reads(JobID(id)) { ($0.tenant, $0.cost) = ("poor", 4) } }
        for id in ["r1", "r2"] { talk.reads(JobID(id)) { ($0.tenant, $0.cost) = ("rich", 4) } }
        let words = talk.commits().filter { $0.contains("intent") }
        #expect(words.map { $0.split(separator: " ")[1] }.sorted() == ["p1", "r1", "r2"])
    }

    @Test("what no day's budget can pay fails at once, and so does what has no price")
    func never() {
        var talk = Conversation.owner(policy(10))
        #expect(reads(["a"], cost: 11, &talk) == ["write a finished, failed account"])
        #expect(reads(["b"], cost: nil, &talk) == ["write b finished, failed account"])
        var free = Conversation.owner(policy(nil))
        #expect(reads(["c"], cost: nil, &free).contains { $0.contains("intent") })
    }

    @Test("the shares of all lanes add up to the budget", arguments: [0, 1, 7, 1_000_003], 1...9)
    func shares(budget: Int64, lanes: Int) {
        let shares = (0..<lanes).map { Budget.share(of: budget, lane: LaneID($0), lanes: lanes) }
        #expect(shares.reduce(0, +) == budget)
        #expect((shares.max() ?? 0) - (shares.min() ?? 0) <= 1)
    }

    @Test("days begin at midnight by the budget's clock")
    func midnight() {
        let budget = Budget()
        let begin = budget.begin(ofDay: Self.today)
        #expect(budget.day(at: begin) == Self.today)
        #expect(budget.day(at: begin - .milliseconds(1)) == Self.today - 1)
        #expect((begin + .seconds(8 * 3600)).milliseconds % 86_400_000 == 0)
    }
}
