// While the provider is down: jobs wait, one probe at a time, and nobody pays with its tries.

import JobEngine
import Testing

@Suite("Circuit breaker")
struct BreakerTests {
    private func lane(_ slots: Int = 8, _ change: (inout Policy) -> Void = { _ in })
        -> Conversation
    {
        Conversation.owner(
            Samples.steadyPolicy {
                $0.accounts = [Samples.account(slots: slots, submits: 1000)]
                $0.retry = Backoff(base: .milliseconds(2), cap: .milliseconds(1))
                change(&$0)
            })
    }

    /// Four jobs whose submits fail in a row.
    private func down(_ answer: SubmitAnswer, _ talk: inout Conversation) {
        talk.starts("a", "b", "c", "d")
        for id in ["a", "b", "c", "d"] as [JobID] { talk.submitted(id, answer) }
        talk.commits()
    }

    private func told(_ talk: Conversation) -> [String] {
        talk.reports.compactMap { report in
            switch report {
            case .accountDown(let account, _, _): "\(account) down"
            case .accountUp(let account, _): "\(account) up"
            default: nil
            }
        }
    }

    /// Intents until `seconds` after the start.
    private func intents(until seconds: Double, _ talk: inout Conversation) -> [String] {
        var intents: [String] = []
        while let wake = talk.wakeAt, wake <= Samples.at(seconds) {
            intents += talk.wakes().filter { $0.contains("intent") }
        }
        return intents
    }

    @Test(
        "a row of troubles opens it, and is said once",
        arguments: [SubmitAnswer.refused(.transient), .notSent])
    func opens(answer: SubmitAnswer) {
        var talk = lane()
        down(answer, &talk)
        #expect(told(talk) == ["main down"])
        #expect(talk.scheduler.outages["main"]?.failedProbes == 0)
        talk.reads("e")
        #expect(talk.commits() == [], "jobs wait")
    }

    @Test("any good answer in between begins the row anew")
    func row() {
        var talk = lane()
        talk.starts("a", "b", "c", "d")
        talk.submitted("a", .refused(.transient))
        talk.submitted("b", .refused(.transient))
        talk.submitted("c", .refused(.final))
        talk.submitted("d", .refused(.transient))
        #expect(told(talk) == [])
    }

    @Test("one probe for each cool-down, and a failed one costs no try")
    func probes() {
        var talk = lane { $0.maximumTries = 5 }
        down(.refused(.transient), &talk)
        for round in 1...30 {
            let intents = intents(until: Double(round) * 2, &talk)
            #expect(intents.count == 1, "round \(round): \(intents)")
            let probe = JobID(String(intents.first?.split(separator: " ")[1] ?? ""))
            talk.commits()
            talk.submitted(probe, .refused(.transient))
            talk.commits()
        }
        #expect(told(talk) == ["main down"])
        for id in ["a", "b", "c", "d"] as [JobID] {
            guard case .put(let entry)? = talk.lastWrite(of: id)?.change else { continue }
            #expect(entry.tries <= 1, "\(id)")
            #expect(entry.request != nil, "\(id) has not ended")
        }
    }

    @Test("the pause between probes grows: an hour's outage costs few of them")
    func growing() {
        var talk = lane { $0.breaker.coolDown = BreakerPolicy().coolDown }
        down(.refused(.transient), &talk)
        var probes = 0
        while let wake = talk.wakeAt, wake < Samples.at(3600) {
            for word in talk.wakes() where word.contains("intent") {
                probes += 1
                talk.commits()
                talk.submitted(JobID(String(word.split(separator: " ")[1])), .refused(.transient))
                talk.commits()
            }
        }
        #expect((12...60).contains(probes), "\(probes)")
    }

    @Test("the first good answer closes it: all slots are filled at once")
    func closes() {
        var talk = lane()
        down(.refused(.transient), &talk)
        let probe = intents(until: 2, &talk)
        #expect(probe.count == 1)
        talk.commits()
        let id = JobID(String(probe.first?.split(separator: " ")[1] ?? ""))
        talk.waits(0.2)
        let words = talk.submitted(id, .accepted("t1"))
        #expect(words.filter { $0.contains("intent") }.count == 3)
        #expect(told(talk) == ["main down", "main up"])
        #expect(talk.scheduler.outages.isEmpty)
    }

    @Test("bad credentials open it at once; other accounts go on")
    func credentials() {
        var talk = Conversation.owner(
            Samples.steadyPolicy {
                $0.accounts = [Samples.account("bad", slots: 2), Samples.account("good", slots: 1)]
            })
        talk.starts("a")
        talk.submitted("a", .refused(.account, .account))
        #expect(told(talk) == ["bad down"])
        #expect(talk.commits() == ["write a intent 2 on good by 10s"])
    }

    @Test("a probe that is never answered does not keep it open for ever")
    func lostProbe() {
        var talk = lane()
        down(.refused(.transient), &talk)
        #expect(intents(until: 2, &talk).count == 1)
        #expect(intents(until: 73, &talk).count == 1, "another one when the first must be over")
    }

    @Test("a job that is the trouble itself ends, if nobody else comes to close it")
    func poison() {
        var talk = lane {
            $0.maximumTries = 5
            $0.breaker.patience = 3
        }
        talk.starts("a")
        var submits = 0
        while submits < 50 {
            submits += 1
            talk.submitted("a", .refused(.transient))
            if talk.outcome(of: "a") != nil { break }
            talk.commits()
            talk.waits(2.2)
            talk.commits()
        }
        #expect(submits == 8, "five tries and three probes")
    }
}
