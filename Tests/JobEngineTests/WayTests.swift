// The plain way of a job, from its request to its result.

import JobEngine
import Testing

@Suite("The way of a job")
struct WayTests {
    @Test("a request becomes a job, a task and a result")
    func plainWay() {
        var talk = Conversation()
        #expect(talk.acquires() == ["read 0 64"])
        #expect(talk.reads("a") == ["write a accepted, cursor 1"])
        #expect(talk.commits() == ["write a intent 1 on main by 10s"])
        #expect(talk.commits() == ["submit a 1"])
        #expect(talk.submitted("a", .accepted("t1")) == ["write a submitted t1"])
        #expect(talk.commits() == [])
        #expect(talk.waits(2.9) == [])
        #expect(talk.waits(0.1) == ["query t1"])
        #expect(talk.queried("a", .running) == [])
        #expect(talk.waits(1) == ["query t1"])
        #expect(talk.queried("a", .done) == ["write a finished, succeeded"])
        #expect(talk.commits() == [])
        #expect(
            talk.moves(of: "a") == [
                .accepting, .queued, .intending, .submitting, .recording, .polling, .querying,
                .polling, .querying, .finishing, .finished,
            ])
    }

    @Test("the entry that frees the offset carries the request and the cursor in one write")
    func acceptance() throws {
        var talk = Conversation.owner()
        talk.reads("a") { $0.payload = [1, 2, 3] }
        let write = try #require(talk.lastWrite(of: "a"))
        guard case .put(let entry) = write.change else {
            Issue.record("no entry was written")
            return
        }
        #expect(entry.request?.payload == [1, 2, 3])
        #expect(entry.phase == .accepted(retryAt: nil))
        #expect(
            write.cursor == Write.Cursor(partition: Samples.partition(0), nextOffset: 1))
        #expect(write.epoch == 1)
    }

    @Test("nothing is submitted before the intent is durable")
    func intentBeforeMoney() {
        var talk = Conversation.owner()
        talk.reads("a")
        #expect(talk.commits() == ["write a intent 1 on main by 10s"])
        #expect(talk.waits(5) == [])
        #expect(talk.commits() == ["submit a 1"])
    }

    @Test("an intent that commits at its send-by is taken back unsent")
    func sendByPassed() {
        var talk = Conversation.owner()
        talk.reads("a")
        talk.commits()
        talk.sleeps(10)
        #expect(talk.commits() == ["write a accepted"])
        #expect(talk.commits() == ["write a intent 2 on main by 20s"])
        talk.sleeps(9.999)
        #expect(talk.commits() == ["submit a 2"])
    }

    @Test("the submit order carries send-by, account, ratio and request")
    func submitOrder() throws {
        var talk = Conversation.owner()
        talk.reads("a") { $0.wantsProbe = true }
        #expect(talk.commits() == ["probe a"])
        #expect(talk.probed("a", "16:9") == ["write a intent 1 on main by 10s"])
        talk.commits()
        guard case .submit(let order)? = talk.effects.first(where: isSubmit) else {
            Issue.record("no submit was ordered")
            return
        }
        #expect(order.sendBy == Samples.at(10))
        #expect(order.aspectRatio == "16:9")
        #expect(order.account == "main")
        #expect(order.request.id == "a")
    }

    @Test("a failed probe means the default ratio, not a failed job")
    func failedProbe() {
        var talk = Conversation.owner()
        talk.reads("a") { $0.wantsProbe = true }
        talk.commits()
        #expect(talk.probed("a", nil) == ["write a intent 1 on main by 10s"])
    }

    @Test("with archives on, the product is stored before the result is written")
    func archive() {
        var talk = Conversation.querying(Samples.steadyPolicy { $0.archives = true })
        #expect(talk.queried("a", .done) == ["archive a"])
        #expect(talk.archived("a", .stored) == ["write a finished, succeeded"])
    }

    @Test("a failed archive leaves the result and its link")
    func failedArchive() {
        var talk = Conversation.querying(Samples.steadyPolicy { $0.archives = true })
        talk.queried("a", .done)
        talk.archived("a", .failed(reason: "disk full"))
        #expect(
            talk.outcome(of: "a")?.verdict
                == .succeeded(Samples.product, archive: .failed(reason: "disk full")))
    }

    @Test("while a product is stored, the next job has its slot")
    func archiveHoldsNoSlot() {
        var talk = Conversation.querying(
            Samples.steadyPolicy {
                $0.archives = true
                $0.accounts = [Samples.account(slots: 1)]
            })
        talk.reads("b")
        #expect(talk.commits() == [])
        #expect(talk.queried("a", .done) == ["archive a", "write b intent 1 on main by 13s"])
    }

    @Test("generation time ends when the task is seen done, not when its archive is")
    func generationTime() throws {
        var talk = Conversation.querying(Samples.steadyPolicy { $0.archives = true })
        talk.queried("a", .done)
        talk.sleeps(100)
        talk.archived("a", .stored)
        guard case .put(let entry)? = talk.lastWrite(of: "a")?.change,
            case .finished(let ending) = entry.phase
        else {
            Issue.record("no end was written")
            return
        }
        #expect(ending.generation == .seconds(3))
    }

    @Test("a freed slot is refilled before the outcome has committed")
    func refill() {
        var talk = Conversation.owner(
            Samples.steadyPolicy { $0.accounts = [Samples.account(slots: 1)] })
        talk.starts("a", "b")
        talk.submitted("a", .accepted("t1"))
        talk.commits()
        talk.waits(3)
        #expect(
            talk.queried("a", .done) == [
                "write a finished, succeeded", "write b intent 1 on main by 13s",
            ])
    }

    private func isSubmit(_ effect: Effect) -> Bool {
        if case .submit = effect { true } else { false }
    }
}
