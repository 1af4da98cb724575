// How a scheduler looks at tasks by what it has learned: after a restart, under a short budget, after odd answers.

import JobEngine
import Testing

@Suite("Learned polling")
struct LearnedPollingTests {
    private func policy(_ change: (inout Policy) -> Void = { _ in }) -> Policy {
        Samples.steadyPolicy { policy in
            policy.polling = PollPlan()
            change(&policy)
        }
    }

    /// Jobs that succeeded before, each after about that many seconds.
    private func past(_ seconds: Int, count: Int = 200) -> [Entry] {
        (0..<count).map { number in
            let time = Duration.milliseconds(seconds * 1000 + number % 5 * 200)
            let ending = Entry.Ending(
                failure: nil, at: Samples.at(-3000 + Double(number)), generation: time,
                generationAfter: time - .seconds(1))
            return Samples.entry("past-\(number)", .finished(ending))
        }
    }

    /// Owns lane 0 since a while, with a past of tasks of 100 s.
    private func experienced(_ policy: Policy) -> Conversation {
        var talk = Conversation(policy)
        talk.acquires(past(100))
        talk.sleeps(10)
        return talk
    }

    @Test("a worker that takes a lane over knows what its predecessors saw")
    func restored() {
        var talk = experienced(policy())
        talk.starts("a")
        talk.submitted("a", .accepted("t1"))
        let start = talk.now
        talk.commits()
        while talk.wakes() != ["query t1"] {}
        let first = talk.now - start
        #expect((.seconds(80) ... .seconds(101)).contains(first), "\(first)")
    }

    @Test("a task found done says how late that was at most, and how long it took")
    func seen() {
        var talk = experienced(policy())
        talk.starts("a")
        talk.submitted("a", .accepted("t1"))
        let start = talk.now
        talk.commits()
        while talk.wakes() != ["query t1"] {}
        let lastLook = talk.now
        talk.queried("a", .running)
        while talk.wakes() != ["query t1"] {}
        talk.sleeps(0.2)
        talk.queried("a", .done)
        #expect(
            talk.reports.contains(.seen("a", delayAtMost: talk.now - lastLook, queries: 2)))
        guard case .put(let entry)? = talk.lastWrite(of: "a")?.change,
            case .finished(let ending) = entry.phase
        else {
            Issue.record("a has not ended")
            return
        }
        #expect(ending.generation == talk.now - start)
        #expect(ending.generationAfter == lastLook - start)
    }

    @Test("a running task that is taken over young is not looked at before it can be done")
    func young() {
        var talk = Conversation(policy())
        talk.acquires(past(100) + [Samples.entry("a", Samples.task(submittedAt: -5))])
        while talk.wakes() != ["query t1"] {}
        #expect(talk.now > Samples.at(70))
    }

    @Test("a running task that is taken over old is looked at soon")
    func old() {
        var talk = Conversation(policy())
        talk.acquires(past(100) + [Samples.entry("a", Samples.task(submittedAt: -120))])
        while talk.wakes() != ["query t1"] {}
        #expect(talk.now <= Samples.at(2))
    }

    @Test("with one query token, the task that is most likely done is looked at first")
    func worth() {
        var talk = Conversation(
            policy {
                $0.accounts = [Samples.account(slots: 3, queries: 0.01)]
                $0.restoreSpread = .milliseconds(1)
            })
        let tasks = [("a", -90.0), ("b", -400.0), ("c", -104.0)].map { id, submittedAt in
            Samples.entry(JobID(id), Samples.task("t-\(id)", submittedAt: submittedAt))
        }
        var asked: [String] = []
        var words = talk.acquires(past(100) + tasks)
        for _ in 0..<20 where asked.count < 3 {
            for word in words where word.hasPrefix("query") {
                asked.append(word)
                talk.queried(JobID(word.dropFirst("query t-".count)), .done)
            }
            words = talk.wakes()
        }
        #expect(asked == ["query t-b", "query t-c", "query t-a"])
    }

    @Test("an answer that tells nothing is followed by another try soon, plan or no plan")
    func nothingSaid() {
        var talk = experienced(policy { $0.polling.longest = .seconds(600) })
        talk.starts("a")
        talk.submitted("a", .accepted("t1"))
        talk.commits()
        while talk.wakes() != ["query t1"] {}
        for _ in 0..<5 {
            let asked = talk.now
            talk.queried("a", .busy)
            while talk.wakes() != ["query t1"] {}
            #expect((.seconds(1) ... .seconds(15)).contains(talk.now - asked))
        }
    }

    @Test("a deadline before the first planned look is looked at in time")
    func deadline() {
        var talk = experienced(policy())
        talk.reads("a") { $0.deadline = Samples.at(40) }
        talk.commits()
        talk.commits()
        talk.submitted("a", .accepted("t1"))
        talk.commits()
        while talk.wakes() != ["query t1"] {}
        #expect(talk.now == Samples.at(40))
    }

    @Test("a task that is recorded after the deadline only is looked at at once")
    func recordedLate() {
        var talk = experienced(policy())
        talk.reads("a") { $0.deadline = Samples.at(40) }
        talk.commits()
        talk.commits()
        talk.submitted("a", .accepted("t1"))
        talk.sleeps(45)
        #expect(talk.commits() == ["query t1"])
    }

    @Test("beyond all that is known, looks become sparse but go on")
    func tail() {
        var talk = experienced(policy { $0.taskTimeout = .seconds(20_000) })
        talk.starts("a")
        talk.submitted("a", .accepted("t1"))
        talk.commits()
        let start = talk.now
        var looks = 0
        while talk.now < start + .seconds(7200) {
            if talk.wakes() == ["query t1"] {
                looks += 1
                talk.queried("a", .running)
            }
        }
        #expect((100...300).contains(looks), "\(looks)")
    }

    @Test("a failed task teaches, too: its slot is as free as any other")
    func failures() {
        var talk = experienced(policy())
        talk.starts("a")
        talk.submitted("a", .accepted("t1"))
        talk.commits()
        while talk.wakes() != ["query t1"] {}
        talk.queried("a", .failed)
        guard case .put(let entry)? = talk.lastWrite(of: "a")?.change,
            case .finished(let ending) = entry.phase
        else {
            Issue.record("a has not ended")
            return
        }
        #expect(ending.failure == .generationFailed)
        #expect(ending.generation != nil)
    }
}
