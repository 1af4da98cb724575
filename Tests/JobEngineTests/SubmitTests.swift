// What the answers to a submit mean.

import JobEngine
import Testing

@Suite("Answers to a submit")
struct SubmitTests {
    // MARK: Refused

    @Test("too many tasks: the pool shrinks and pauses, the job keeps its place and its tries")
    func concurrency() {
        var talk = Conversation.owner(Samples.steadyPolicy())
        talk.starts("a")
        #expect(talk.submitted("a", .refused(.concurrencyLimit)) == ["write a accepted"])
        #expect(talk.commits() == [])
        #expect(talk.waits(1.9) == [])
        #expect(talk.waits(0.1) == ["write a intent 2 on main by 12s"])
        talk.reads("b")
        #expect(talk.commits() == ["submit a 2"], "one slot is left of two")
    }

    @Test("too many tasks, again and again, never fails the job")
    func concurrencyForEver() {
        var talk = Conversation.owner(Samples.steadyPolicy())
        talk.starts("a")
        for attempt in 1...20 {
            #expect(talk.submitted("a", .refused(.concurrencyLimit)) == ["write a accepted"])
            talk.commits()
            talk.waits(2)
            #expect(talk.commits() == ["submit a \(attempt + 1)"])
        }
    }

    @Test("the provider's retry-after is longer than our own pause")
    func retryAfter() {
        var talk = Conversation.submitting()
        talk.submitted("a", .refused(.concurrencyLimit, retryAfter: .seconds(7)))
        talk.commits()
        #expect(talk.waits(6.9) == [])
        #expect(talk.waits(0.1) == ["write a intent 2 on main by 17s"])
    }

    @Test("too many calls: the rate halves, the pool stays")
    func rateLimit() {
        var talk = Conversation.submitting()
        #expect(talk.submitted("a", .refused(.rateLimit)) == ["write a accepted"])
        #expect(talk.commits() == [])
        #expect(talk.waits(0.1) == [])
        #expect(talk.waits(0.1) == ["write a intent 2 on main by 10200ms"])
    }

    @Test("credentials or arrears: the account waits, the job is not to blame")
    func account() {
        var talk = Conversation.submitting()
        #expect(talk.submitted("a", .refused(.account, .account)) == ["write a accepted"])
        #expect(talk.commits() == [])
        #expect(talk.waits(2) == ["write a intent 2 on main by 12s"])
        #expect(talk.reads("b") == ["write b accepted, cursor 2"])
        #expect(talk.commits() == ["submit a 2"], "the probe goes alone")
        let words = talk.submitted("a", .accepted("t1"))
        #expect(words == ["write a submitted t1", "write b intent 1 on main by 12s"])
    }

    @Test("a paused account leaves the work to the other one")
    func otherAccount() {
        var talk = Conversation.owner(
            Samples.steadyPolicy {
                $0.accounts = [Samples.account("one", slots: 1), Samples.account("two", slots: 1)]
            })
        talk.starts("a")
        talk.submitted("a", .refused(.account, .account))
        #expect(talk.commits() == ["write a intent 2 on two by 10s"])
    }

    @Test("a stumble is tried again after a back-off, a bounded number of times")
    func transient() {
        var talk = Conversation.submitting(Samples.steadyPolicy { $0.maximumTries = 3 })
        #expect(talk.submitted("a", .refused(.transient)) == ["write a accepted until 4s"])
        #expect(talk.commits() == [])
        #expect(talk.waits(4) == ["write a intent 2 on main by 14s"])
        talk.commits()
        #expect(talk.submitted("a", .refused(.transient)) == ["write a accepted until 8s"])
        talk.commits()
        talk.waits(4)
        talk.commits()
        #expect(talk.submitted("a", .refused(.transient)) == ["write a finished, failed upstream"])
    }

    @Test("a final refusal fails the job and frees the slot")
    func final() {
        var talk = Conversation.owner(
            Samples.steadyPolicy { $0.accounts = [Samples.account(slots: 1)] })
        talk.starts("a", "b")
        #expect(
            talk.submitted("a", .refused(.final, .contentRejected)) == [
                "write a finished, failed content_rejected", "write b intent 1 on main by 10s",
            ])
    }

    // MARK: Not sent

    @Test("what was not sent is sent again after a pause, without a try being counted")
    func notSent() {
        var talk = Conversation.submitting(Samples.steadyPolicy { $0.maximumTries = 1 })
        for attempt in 1...3 {
            #expect(talk.submitted("a", .notSent) == ["write a accepted"])
            #expect(talk.commits() == [])
            #expect(talk.waits(2).first?.hasPrefix("write a intent \(attempt + 1)") == true)
            talk.commits()
        }
    }

    // MARK: Unknown

    @Test("policy fail: a lost answer is a failure with the evidence, and keeps the slot")
    func unknownFails() {
        var talk = Conversation.owner(
            Samples.steadyPolicy { $0.accounts = [Samples.account(slots: 1)] })
        talk.starts("a", "b")
        #expect(
            talk.submitted("a", .lost) == [
                "write a finished holding a slot until 600s, failed submission_unknown"
            ])
        let cause = talk.failure(of: "a")
        #expect(cause?.mayHaveBeenCharged == true)
        #expect(cause?.evidence?.attempt == 1)
        #expect(cause?.evidence?.lost.happened == .timedOut)
        #expect(talk.commits() == [])
        #expect(talk.waits(599.9) == [])
        #expect(talk.waits(0.1) == ["write a finished", "write b intent 1 on main by 610s"])
        #expect(talk.commits() == ["submit b 1"])
    }

    @Test(
        "policy resubmit: the job sits on the slot that the lost task may occupy, then tries again")
    func unknownResubmits() {
        var talk = Conversation.owner(
            Samples.steadyPolicy {
                $0.accounts = [Samples.account(slots: 1)]
                $0.unknownSubmit = .resubmit
            })
        talk.reads("a")
        talk.commits()
        talk.sleeps(0.001)
        talk.reads("b")
        talk.commits()
        #expect(
            talk.submitted("a", .lost) == [
                "write a accepted until 600001ms holding a slot until 600001ms"
            ])
        #expect(talk.commits() == [])
        #expect(talk.waits(599.9) == [])
        #expect(talk.waits(0.1) == ["write a intent 2 on main by 610001ms"])
        talk.commits()
        talk.submitted("a", .accepted("t2"))
        talk.commits()
        talk.waits(3)
        talk.queried("a", .done)
        #expect(talk.outcome(of: "a")?.mayHaveBeenPaidTwice == true)
    }

    @Test("policy resubmit: tries are bounded, and the last lost answer is named")
    func resubmitBounded() {
        var talk = Conversation.submitting(
            Samples.steadyPolicy {
                $0.unknownSubmit = .resubmit
                $0.maximumTries = 2
            })
        talk.submitted("a", .lost)
        talk.commits()
        talk.waits(600)
        talk.commits()
        #expect(
            talk.submitted("a", .lost) == [
                "write a finished holding a slot until 1200s, failed submission_unknown"
            ])
    }

    @Test("a failure after an attempt of unknown fate says that it may have been charged")
    func chargedAfterUnknown() {
        var talk = Conversation.submitting(Samples.steadyPolicy { $0.unknownSubmit = .resubmit })
        talk.submitted("a", .lost)
        talk.commits()
        talk.waits(600)
        talk.commits()
        talk.submitted("a", .refused(.final, .contentRejected))
        #expect(talk.failure(of: "a")?.mayHaveBeenCharged == true)
    }

    @Test("a deadline that passes while an unknown attempt is held expires and says so")
    func expiredAfterUnknown() {
        var talk = Conversation.owner(Samples.steadyPolicy { $0.unknownSubmit = .resubmit })
        talk.reads("a") { $0.deadline = Samples.at(100) }
        talk.commits()
        talk.commits()
        talk.submitted("a", .lost)
        talk.commits()
        #expect(
            talk.waits(100) == ["write a finished holding a slot until 600s, failed expired"])
        #expect(talk.failure(of: "a")?.mayHaveBeenCharged == true)
    }
}
