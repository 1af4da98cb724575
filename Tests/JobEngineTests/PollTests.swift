// Looking at a running task, and what the answers mean.

import JobEngine
import Testing

@Suite("Answers to a query")
struct PollTests {
    @Test("intervals grow with the task's age, within their bounds")
    func intervals() {
        var talk = Conversation.querying()
        var looks: [Int64] = []
        for _ in 1...40 {
            talk.queried("a", .running)
            talk.wakes()
            looks.append((talk.now - Samples.start).milliseconds)
        }
        let steps = zip(looks, looks.dropFirst()).map { $1 - $0 }
        #expect(looks.first == 4000)
        #expect(steps.allSatisfy { (1000...15_000).contains($0) })
        #expect(steps == steps.sorted())
        #expect(steps.last == 15_000)
    }

    @Test("no more queries are asked than the account grants")
    func budget() {
        var talk = Conversation.owner(
            Samples.steadyPolicy {
                $0.accounts = [Samples.account(slots: 10, submits: 100, queries: 1)]
                $0.polling.growth = 0
            })
        let ids = (1...10).map { JobID("j\($0)") }
        for id in ids { talk.reads(id) }
        talk.commits()
        talk.commits()
        for id in ids { talk.submitted(id, .accepted("t-\(id)")) }
        talk.commits()
        var queries = 0
        while talk.now < Samples.at(60) {
            for word in talk.wakes() where word.hasPrefix("query") {
                queries += 1
                talk.queried(JobID(word.dropFirst("query t-".count)), .running)
            }
        }
        #expect((50...61).contains(queries))
    }

    @Test("a rate refusal halves the query budget and says nothing about the task")
    func queryRateRefused() {
        var talk = Conversation.querying(
            Samples.steadyPolicy {
                $0.accounts = [Samples.account(queries: 1)]
                $0.polling.growth = 0
            })
        #expect(talk.queried("a", .tooManyQueries) == [])
        #expect(talk.waits(1) == [])
        #expect(talk.waits(2) == ["query t1"])
    }

    @Test("5xx and unknown states are no verdict: it is asked again")
    func noVerdict() {
        var talk = Conversation.querying()
        for _ in 1...50 {
            #expect(talk.queried("a", .busy) == [])
            talk.wakes()
            #expect(talk.queried("a", .inProgress(status: "pondering")) == [])
            talk.wakes()
        }
        #expect(talk.queried("a", .done) == ["write a finished, succeeded"])
    }

    @Test("a retry-after is kept")
    func retryAfter() {
        var talk = Conversation.querying()
        talk.queried("a", .askAgain(reason: "503", retryAfter: .seconds(9), isRateLimit: false))
        #expect(talk.waits(8.9) == [])
        #expect(talk.waits(0.1) == ["query t1"])
    }

    @Test("a documented final failure is believed at once")
    func failed() {
        var talk = Conversation.querying()
        #expect(talk.queried("a", .failed) == ["write a finished, failed generation_failed"])
    }

    @Test("a task that failed unpaid is replaced by a new one, once")
    func renewal() {
        var talk = Conversation.querying()
        #expect(talk.queried("a", .failedUnpaid) == ["write a accepted"])
        #expect(talk.commits() == ["write a intent 2 on main by 13s"])
        talk.commits()
        guard case .submit(let order)? = talk.effects.last(where: isSubmit) else {
            Issue.record("no second submit")
            return
        }
        #expect(order.renewals == 1)
        talk.submitted("a", .accepted("t2"))
        talk.commits()
        #expect(talk.waits(3) == ["query t2"])
        #expect(talk.queried("a", .failedUnpaid) == ["write a finished, failed generation_failed"])
    }

    @Test(
        "a missing task or link, or an odd error, is believed the fifth time in a row",
        arguments: [QueryAnswer.gone, .doneWithoutLink, .suspect])
    func doubts(answer: QueryAnswer) {
        var talk = Conversation.querying()
        for _ in 1...4 {
            #expect(talk.queried("a", answer) == [])
            #expect(talk.waits(5.9) == [])
            #expect(talk.waits(0.1) == ["query t1"])
        }
        let words = talk.queried("a", answer)
        #expect(words.count == 1)
        #expect(words.first?.hasPrefix("write a finished") == true)
        let kind: FailureKind = answer == .doneWithoutLink ? .generationFailed : .upstream
        #expect(talk.failure(of: "a")?.kind == kind)
    }

    @Test("a sign of life ends the row of doubts")
    func doubtsEnd() {
        var talk = Conversation.querying()
        for _ in 1...3 {
            for _ in 1...4 {
                #expect(talk.queried("a", .gone) == [])
                #expect(talk.waits(6) == ["query t1"])
            }
            #expect(talk.queried("a", .running) == [])
            talk.wakes()
        }
        #expect(talk.queried("a", .done) == ["write a finished, succeeded"])
    }

    @Test("an odd error is no documented end: the job fails, its task keeps the slot")
    func suspectKeepsSlot() {
        var talk = Conversation.querying(Samples.steadyPolicy { $0.doubtfulAnswers = 1 })
        #expect(
            talk.queried("a", .suspect) == [
                "write a finished holding t1 until 603s, failed upstream"
            ])
    }

    @Test("a row of doubts of different kinds leaves open what one of them leaves open")
    func mixedDoubts() {
        var talk = Conversation.querying(Samples.steadyPolicy { $0.doubtfulAnswers = 2 })
        talk.queried("a", .suspect)
        talk.waits(6)
        #expect(
            talk.queried("a", .gone) == [
                "write a finished holding t1 until 609s, failed upstream"
            ])
        #expect(talk.failure(of: "a")?.mayHaveBeenCharged == true)
    }

    @Test("a task that does not exist frees its slot")
    func goneFreesSlot() {
        var talk = Conversation.querying(Samples.steadyPolicy { $0.doubtfulAnswers = 1 })
        #expect(talk.queried("a", .gone) == ["write a finished, failed upstream"])
    }

    // MARK: Time is up

    @Test("when the time is up, the task is asked for once more, given up, and keeps its slot")
    func timeout() {
        var talk = Conversation.polling(
            Samples.steadyPolicy {
                $0.taskTimeout = .seconds(100)
                $0.accounts = [Samples.account(slots: 1)]
            })
        talk.reads("b")
        talk.commits()
        var looks = 0
        while talk.now < Samples.at(99) {
            if talk.wakes() == ["query t1"] {
                looks += 1
                if talk.now < Samples.at(100) { #expect(talk.queried("a", .running) == []) }
            }
        }
        #expect(talk.now == Samples.at(100))
        #expect(looks > 10)
        #expect(
            talk.queried("a", .running) == [
                "write a finished holding t1 until 700s, failed timed_out"
            ])
        #expect(talk.failure(of: "a")?.mayHaveBeenCharged == true)
        #expect(talk.commits() == [], "b still waits: the task may run")
        #expect(talk.waits(15) == ["query t1"])
        #expect(talk.queried("a", .running) == [])
        #expect(talk.waits(15) == ["query t1"])
        #expect(
            talk.queried("a", .done) == ["write a finished", "write b intent 1 on main by 140s"])
        #expect(
            talk.reports.contains(
                .deliveredAfterTheEnd("a", taskID: "t1", Samples.product)))
        #expect(talk.commits() == ["submit b 1"])
    }

    @Test(
        "a watched task is not believed to be gone before that has been said several times in a row"
    )
    func goneWhileWatched() {
        var talk = Conversation.querying(
            Samples.steadyPolicy {
                $0.taskTimeout = .seconds(3)
                $0.doubtfulAnswers = 2
            })
        talk.queried("a", .running)
        talk.commits()
        for answer in [QueryAnswer.gone, .running, .gone, .busy] {
            #expect(talk.waits(15) == ["query t1"])
            #expect(talk.queried("a", answer) == [])
        }
        #expect(talk.waits(15) == ["query t1"])
        #expect(talk.queried("a", .gone) == ["write a finished"])
    }

    @Test("the slot of a task that never ends is given up after the hold")
    func holdEnds() {
        var talk = Conversation.querying(
            Samples.steadyPolicy {
                $0.taskTimeout = .seconds(3)
                $0.unknownHold = .seconds(40)
            })
        #expect(
            talk.queried("a", .running) == [
                "write a finished holding t1 until 43s, failed timed_out"
            ])
        talk.commits()
        #expect(talk.waits(15) == ["query t1"])
        talk.queried("a", .busy)
        #expect(talk.waits(15) == ["query t1"])
        talk.queried("a", .suspect)
        #expect(talk.waits(9.9) == [])
        #expect(talk.waits(0.1) == ["write a finished"])
        #expect(talk.commits() == [])
        #expect(talk.state(of: "a") == .finished)
    }

    @Test("the deadline of a submitted job asks once more, and takes the product if it is there")
    func deadline() {
        var talk = Conversation.owner(Samples.steadyPolicy())
        talk.reads("a") { $0.deadline = Samples.at(3.5) }
        talk.commits()
        talk.commits()
        talk.submitted("a", .accepted("t1"))
        talk.commits()
        talk.waits(3)
        #expect(talk.queried("a", .running) == [])
        #expect(talk.waits(0.5) == ["query t1"])
        #expect(talk.queried("a", .done) == ["write a finished, succeeded"])
    }

    @Test("past the time limit, answers that say nothing are borne a bounded number of times")
    func timeoutWithoutAnswers() {
        var talk = Conversation.querying(Samples.steadyPolicy { $0.taskTimeout = .seconds(3) })
        for _ in 1...4 {
            #expect(talk.queried("a", .busy) == [])
            #expect(talk.waits(6) == ["query t1"])
        }
        #expect(
            talk.queried("a", .busy) == ["write a finished holding t1 until 627s, failed timed_out"]
        )
    }

    @Test("past the time limit, answers that say nothing make no doubt more believable")
    func silenceIsNoDoubt() {
        var talk = Conversation.querying(Samples.steadyPolicy { $0.taskTimeout = .seconds(3) })
        for answer in [QueryAnswer.busy, .busy, .gone, .busy] {
            #expect(talk.queried("a", answer) == [])
            #expect(talk.waits(6) == ["query t1"])
        }
        #expect(talk.queried("a", .gone) == [], "two of five are not five in a row")
        #expect(talk.waits(6) == ["query t1"])
        #expect(
            talk.queried("a", .busy) == ["write a finished holding t1 until 633s, failed timed_out"]
        )
        #expect(talk.failure(of: "a")?.mayHaveBeenCharged == true)
    }

    private func isSubmit(_ effect: Effect) -> Bool {
        if case .submit = effect { true } else { false }
    }
}
