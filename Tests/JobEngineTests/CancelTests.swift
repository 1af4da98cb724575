// A cancel finds its job in every state, and is as durable as the cursor that passed it.

import JobEngine
import Testing

@Suite("Cancels")
struct CancelTests {
    @Test("an unknown id: nothing but the cursor")
    func unknown() {
        var talk = Conversation.owner()
        #expect(talk.readsCancel("a") == ["write nothing, cursor 1"])
        #expect(talk.reports.contains(.cancelOfUnknownJob("a")))
    }

    @Test("accepting: the wish follows the acceptance, and no intent is minted")
    func accepting() {
        var talk = Conversation.owner()
        talk.reads("a")
        #expect(talk.readsCancel("a") == ["write a accepted cancelled, cursor 2"])
        #expect(talk.commits() == ["write a finished cancelled, failed cancelled"])
    }

    @Test("probing: ends at once, and the probe's answer is dropped")
    func probing() {
        var talk = Conversation.owner()
        talk.reads("a") { $0.wantsProbe = true }
        talk.commits()
        #expect(talk.readsCancel("a") == ["write a finished cancelled, failed cancelled, cursor 2"])
        #expect(talk.probed("a", "1:1") == [])
        #expect(talk.reports.contains(.lateAnswerDropped("a")))
    }

    @Test("delayed: ends at once")
    func delayed() {
        var talk = Conversation.owner()
        talk.reads("a") { $0.notBefore = Samples.at(100) }
        talk.commits()
        #expect(talk.readsCancel("a") == ["write a finished cancelled, failed cancelled, cursor 2"])
        #expect(talk.waits(100) == [])
    }

    @Test("queued: ends at once, and its place in the backlog is skipped")
    func queued() {
        var talk = Conversation.owner(
            Samples.steadyPolicy { $0.accounts = [Samples.account(slots: 1)] })
        talk.starts("a", "b", "c")
        #expect(talk.readsCancel("b") == ["write b finished cancelled, failed cancelled, cursor 4"])
        #expect(
            talk.submitted("a", .refused(.final)) == [
                "write a finished, failed upstream", "write c intent 1 on main by 10s",
            ])
    }

    @Test("intending: the intent is taken back, nothing is spent")
    func intending() {
        var talk = Conversation.owner()
        talk.reads("a")
        talk.commits()
        #expect(talk.readsCancel("a") == ["write a intent 1 on main by 10s cancelled, cursor 2"])
        #expect(talk.commits() == ["write a accepted cancelled"])
        #expect(talk.commits() == ["write a finished cancelled, failed cancelled"])
    }

    @Test("submitting, then refused: cancelled instead of tried again")
    func submittingRefused() {
        var talk = Conversation.submitting()
        #expect(talk.readsCancel("a") == ["write a intent 1 on main by 10s cancelled, cursor 2"])
        #expect(talk.submitted("a", .notSent) == ["write a accepted cancelled"])
        #expect(talk.commits() == ["write a finished cancelled, failed cancelled"])
    }

    @Test("submitting, then accepted: the task is waited for, because it is paid")
    func submittingAccepted() {
        var talk = Conversation.submitting()
        talk.readsCancel("a")
        #expect(talk.submitted("a", .accepted("t1")) == ["write a submitted t1 cancelled"])
        talk.commits()
        talk.waits(3)
        #expect(talk.queried("a", .done) == ["write a finished cancelled, failed cancelled"])
        #expect(
            talk.outcome(of: "a")?.verdict
                == .failed(
                    FailureCause(
                        .cancelled,
                        message: "cancelled by request; the task delivered all the same",
                        mayHaveBeenCharged: true), product: Samples.product))
    }

    @Test("submitting, then lost: never submitted again, whatever the policy")
    func submittingLost() {
        var talk = Conversation.submitting(Samples.steadyPolicy { $0.unknownSubmit = .resubmit })
        talk.readsCancel("a")
        #expect(
            talk.submitted("a", .lost) == [
                "write a finished cancelled holding a slot until 600s, failed submission_unknown"
            ])
    }

    @Test("recording and polling: the wish is durable, the task is waited for")
    func polling() {
        var talk = Conversation.submitting()
        talk.submitted("a", .accepted("t1"))
        #expect(talk.readsCancel("a") == ["write a submitted t1 cancelled, cursor 2"])
        #expect(talk.commits() == [])
        #expect(talk.readsCancel("a") == ["write a submitted t1 cancelled, cursor 3"])
        #expect(talk.waits(3) == ["query t1"])
        #expect(talk.readsCancel("a") == ["write a submitted t1 cancelled, cursor 4"])
        #expect(
            talk.queried("a", .failedUnpaid) == ["write a finished cancelled, failed cancelled"])
    }

    @Test("a cancelled task that is given up keeps its slot and may have been charged")
    func pollingTimeout() {
        var talk = Conversation.querying(Samples.steadyPolicy { $0.taskTimeout = .seconds(3) })
        talk.readsCancel("a")
        #expect(
            talk.queried("a", .running) == [
                "write a finished cancelled holding t1 until 603s, failed cancelled"
            ])
        #expect(talk.failure(of: "a")?.mayHaveBeenCharged == true)
    }

    @Test("returning: ends when the return has committed")
    func returning() {
        var talk = Conversation.submitting()
        talk.submitted("a", .notSent)
        #expect(talk.readsCancel("a") == ["write a accepted cancelled, cursor 2"])
        #expect(talk.commits() == ["write a finished cancelled, failed cancelled"])
    }

    @Test("doubting: the verdict on the lost attempt still comes")
    func doubting() {
        var talk = Conversation()
        talk.acquires([Samples.entry("a", Samples.intent())], from: 1)
        #expect(talk.readsCancel("a") == ["write a intent 1 on main by 10s cancelled, cursor 2"])
        talk.commits()
        #expect(
            talk.waits(85) == [
                "write a finished cancelled holding a slot until 685s, failed submission_unknown"
            ])
    }

    @Test("archiving, finishing, lingering: too late, the cursor moves on")
    func tooLate() {
        var archiving = Conversation.querying(Samples.steadyPolicy { $0.archives = true })
        archiving.queried("a", .done)
        #expect(archiving.readsCancel("a") == ["write nothing, cursor 2"])
        #expect(archiving.archived("a", .stored) == ["write a finished, succeeded"])
        #expect(archiving.readsCancel("a") == ["write nothing, cursor 3"])
        archiving.commits()
        #expect(archiving.readsCancel("a") == ["write nothing, cursor 4"])
        var lingering = Conversation.lingering()
        #expect(lingering.readsCancel("a") == ["write nothing, cursor 2"])
    }
}
