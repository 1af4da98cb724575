// A task id that its submitter could no longer record finds its job all the same.

import JobEngine
import Testing

@Suite("Late news")
struct LateNewsTests {
    @Test("a note that was there before the take-over is adopted and settled in one write")
    func before() {
        var talk = Conversation()
        #expect(
            talk.acquires(
                [Samples.entry("a", Samples.intent())], notes: [Samples.note("a")], from: 1)
                == ["write a submitted t1, settles the note", "read 0 64"])
        talk.commits()
        #expect(talk.waits(3) == ["query t1"])
    }

    @Test("a note that arrives during the grace is adopted")
    func during() {
        var talk = Conversation()
        talk.acquires([Samples.entry("a", Samples.intent())], from: 1)
        talk.sleeps(80)
        #expect(
            talk.hears(.lateNoteRead(LaneID(0), Samples.note("a"))) == [
                "write a submitted t1, settles the note"
            ])
    }

    @Test("a note that arrives after the verdict is reported and settled")
    func after() {
        var talk = Conversation()
        talk.acquires([Samples.entry("a", Samples.intent())], from: 1)
        talk.waits(85)
        talk.commits()
        #expect(
            talk.hears(.lateNoteRead(LaneID(0), Samples.note("a"))) == [
                "write nothing, settles the note"
            ])
        #expect(talk.reports.contains(.lateNoteUnused(Samples.note("a"))))
    }

    @Test("a note about another attempt, or another request of the same id, is not adopted")
    func other() {
        var talk = Conversation()
        talk.acquires([Samples.entry("a", Samples.intent(), attempt: 2)], from: 1)
        #expect(
            talk.hears(.lateNoteRead(LaneID(0), Samples.note("a", attempt: 1))) == [
                "write nothing, settles the note"
            ])
        #expect(
            talk.hears(.lateNoteRead(LaneID(0), Samples.note("a", attempt: 2, offset: 7))) == [
                "write nothing, settles the note"
            ])
    }

    @Test("a note about the task that is polled already is settled without a word")
    func known() {
        var talk = Conversation.polling()
        #expect(
            talk.hears(.lateNoteRead(LaneID(0), Samples.note("a"))) == [
                "write nothing, settles the note"
            ])
        #expect(talk.reports.contains(.lateNoteUnused(Samples.note("a"))) == false)
    }

    @Test("a lane that is lost while its submit is in the air writes a note when it is accepted")
    func lostWhileSubmitting() {
        var talk = Conversation.submitting()
        #expect(talk.lost() == [])
        #expect(talk.submitted("a", .accepted("t1")) == ["note a 1 t1"])
    }

    @Test("a lane that is lost while a task id is being written leaves a note")
    func lostWhileRecording() {
        var talk = Conversation.submitting()
        talk.submitted("a", .accepted("t1"))
        #expect(talk.lost() == ["note a 1 t1"])
    }

    @Test(
        "other answers to a submit of a lost lane are dropped",
        arguments: [SubmitAnswer.refused(.transient), .notSent, .lost])
    func lostAndRefused(answer: SubmitAnswer) {
        var talk = Conversation.submitting()
        talk.lost()
        #expect(talk.submitted("a", answer) == [])
        #expect(talk.reports.contains(.lateAnswerDropped("a")))
    }

    @Test("the lane comes back to the worker that waits for the answer: no note is needed")
    func reacquired() {
        var talk = Conversation.submitting()
        talk.lost()
        talk.acquires(epoch: 2, [Samples.entry("a", Samples.intent())], from: 1)
        #expect(talk.submitted("a", .accepted("t1")) == ["write a submitted t1, settles the note"])
    }

    @Test("the lane comes back and the awaited answer is a refusal: tried again")
    func reacquiredRefused() {
        var talk = Conversation.submitting()
        talk.lost()
        talk.acquires(epoch: 2, [Samples.entry("a", Samples.intent())], from: 1)
        #expect(talk.submitted("a", .refused(.transient)) == ["write a accepted until 4s"])
    }

    @Test("released unclean, then accepted: the note goes out at once")
    func parked() {
        var talk = Conversation.submitting()
        #expect(talk.revoked() == [])
        #expect(talk.waits(25) == ["release 0 unclean"])
        #expect(talk.submitted("a", .accepted("t1")) == ["note a 1 t1"])
    }

    @Test("a note that arrives while the lane is parked waits for the resume")
    func noteWhileParked() {
        var talk = Conversation()
        talk.acquires([Samples.entry("a", Samples.intent())], from: 1)
        #expect(talk.revoked() == ["release 0 clean"])
        #expect(talk.hears(.lateNoteRead(LaneID(0), Samples.note("a"))) == [])
        #expect(talk.resumes().first == "write a submitted t1, settles the note")
    }
}
