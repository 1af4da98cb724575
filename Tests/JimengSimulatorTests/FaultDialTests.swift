// Each fault of the dial, alone and at full strength, and the dial's JSON.

import JimengSimulator
import Testing

@Suite("Fault dial")
struct FaultDialTests {
    private func talk(_ change: (inout FaultDial) -> Void) -> Conversation {
        var dial = FaultDial()
        change(&dial)
        return Conversation(Conversation.options(concurrency: 100), dial: dial)
    }

    /// A conversation with one task accepted at rest, then the dial turned.
    private func talkAfterSubmit(_ change: (inout FaultDial) -> Void) -> Conversation {
        var talk = talk { _ in }
        _ = talk.submit("[sim:time=0s]")
        change(&talk.provider.dial)
        return talk
    }

    @Test("refusals of submits, service and gateway, accept nothing")
    func submitRefusals() {
        for (code, expected) in [
            (50430, "429 50430"), (50500, "500 50500"), (50412, "400 50412"), (50999, "400 50999"),
            (100018, "429 100018"), (100023, "502 100023"),
        ] {
            var talk = talk { $0.submitRefusals = [code: 1] }
            #expect(talk.submit() == expected)
            #expect(talk.invoice.lines.isEmpty)
        }
    }

    @Test("refusals of queries leave submits alone")
    func queryRefusals() {
        var talk = talk { $0.queryRefusals = [50501: 1] }
        #expect(talk.submit() == "200 accepted")
        #expect(talk.query() == "500 50501")
    }

    @Test("several refusals share the calls in their proportions")
    func shares() {
        var talk = talk { $0.submitRefusals = [50429: 0.25, 50430: 0.5] }
        talk.provider = SimulatedProvider(
            Conversation.options(concurrency: 5000, submits: 5000), dial: talk.provider.dial)
        for _ in 1...2000 { _ = talk.submit() }
        let counts = talk.invoice.requests["CVSync2AsyncSubmitTask"] ?? [:]
        #expect((400...600).contains(counts["50429"] ?? 0))
        #expect((900...1100).contains(counts["50430"] ?? 0))
        #expect((400...600).contains(counts["10000"] ?? 0))
    }

    @Test("a connection dropped before handling accepts nothing")
    func dropBefore() {
        var talk = talk { $0.dropBeforeHandling = 1 }
        #expect(talk.submit() == "502 empty, dropped before")
        #expect(talk.invoice.lines.isEmpty)
        #expect(talk.invoice.requests == ["CVSync2AsyncSubmitTask": ["dropped_before_handling": 1]])
        #expect(talk.invoice.refusedSubmits == 0)
    }

    @Test("a connection dropped after acceptance has accepted; the invoice knows")
    func dropAfter() {
        var talk = talk { $0.dropAfterAcceptance = 1 }
        #expect(talk.submit() == "200 accepted, dropped after")
        #expect(talk.invoice.lines.map(\.taskID) == talk.tasks)
        #expect(talk.invoice.lines[0].answerDropped)
        #expect(talk.invoice.lines[0].answerLoss == "dropped")
        #expect(talk.query() == "200 in_queue")
    }

    @Test("a page of HTML before handling accepts nothing; after acceptance it hides the task id")
    func pages() {
        var before = talk { ($0.htmlPages, $0.htmlStatuses) = (1, [503]) }
        #expect(before.submit() == "503 html")
        #expect(before.invoice.lines.isEmpty)
        var after = talk { ($0.htmlPagesAfterAcceptance, $0.htmlStatuses) = (1, [504]) }
        #expect(after.submit() == "504 html")
        #expect(after.invoice.lines.map(\.answerLoss) == ["html_504"])
        #expect(after.submit(json: "{}") == "400 50200")
    }

    @Test("slow answers are held back within the range")
    func slow() {
        var talk = talk { ($0.slowAnswers, $0.slowDelay) = (1, .seconds(2) ... .seconds(3)) }
        for _ in 1...20 {
            #expect(talk.submit() == "200 accepted")
            #expect((.seconds(2) ... .seconds(3)).contains(talk.lastAnswer.delay))
        }
        talk.provider.dial = FaultDial()
        #expect(talk.submit() == "200 accepted")
        #expect(talk.lastAnswer.delay == .zero)
    }

    @Test("truncated and empty answers spoil submits and queries")
    func spoilt() {
        var cut = talkAfterSubmit { $0.truncatedAnswers = 1 }
        #expect(cut.query() == "200 done video, truncated")
        #expect(cut.lastAnswer.fault == .truncate(afterBytes: cut.lastAnswer.body.count / 2))
        #expect(!cut.invoice.lines[0].delivered)
        #expect(cut.submit() == "200 accepted, truncated")
        #expect(cut.invoice.lines[1].answerLoss == "truncated")
        var empty = talkAfterSubmit { $0.emptyBodies = 1 }
        #expect(empty.query() == "200 empty")
        #expect(empty.submit() == "200 empty")
        #expect(empty.invoice.lines.map(\.answerLoss) == [nil, "empty"])
        #expect(empty.invoice.answersLost == ["empty": 2])
        #expect(!empty.invoice.lines[0].delivered)
    }

    @Test("lost tasks are not found for ever, hold their place while they run, and are charged")
    func lost() {
        var talk = talk { $0.lostTasks = 1 }
        #expect(talk.submit() == "200 accepted")
        #expect(talk.query() == "200 not_found")
        #expect(talk.invoice.accounts[0].unfinished == 1)
        talk.wait(.seconds(100))
        #expect(talk.query() == "200 not_found")
        #expect(talk.invoice.lines[0].lost)
        #expect(talk.invoice.chargedFen == Fen(140))
    }

    @Test("failed tasks tell their code when they are done, again and again, and are not charged")
    func failed() {
        var talk = talk { $0.failedTasks = [50516: 1] }
        #expect(talk.submit() == "200 accepted")
        #expect(talk.query() == "200 in_queue")
        talk.wait(.seconds(100))
        #expect(talk.query() == "400 50516")
        #expect(talk.query() == "400 50516")
        #expect(talk.invoice.lines[0].outcome == .failed)
        #expect(talk.invoice.lines[0].failureCode == 50516)
        #expect(talk.invoice.chargedFen == .zero)
    }

    @Test("done without a link for a while")
    func withoutLink() {
        var talk = talk { ($0.doneWithoutURL, $0.doneWithoutURLFor) = (1, .seconds(5)) }
        #expect(talk.submit() == "200 accepted")
        talk.wait(.seconds(100))
        #expect(talk.query() == "200 done")
        #expect(!talk.invoice.lines[0].delivered)
        talk.wait(.seconds(5))
        #expect(talk.query() == "200 done video")
    }

    @Test("unknown statuses")
    func unknown() {
        var talk = talkAfterSubmit {
            ($0.unknownStatuses, $0.unknownStatusTexts) = (1, ["napping"])
        }
        #expect(talk.query() == "200 napping")
        talk.provider.dial = FaultDial()
        #expect(talk.query() == "200 done video")
    }

    @Test("a late success succeeds late, and holds its place until then")
    func late() {
        var talk = talk { ($0.lateSuccesses, $0.lateSuccessBy) = (1, .seconds(900)) }
        #expect(talk.submit() == "200 accepted")
        talk.wait(.seconds(999))
        #expect(talk.query() == "200 generating")
        #expect(talk.invoice.accounts[0].unfinished == 1)
        talk.wait(.seconds(1))
        #expect(talk.query() == "200 done video")
    }

    @Test("a late success is sped up like the rest")
    func lateAndFast() {
        var talk = Conversation(Conversation.options { $0.times.speedUp = 10 })
        (talk.provider.dial.lateSuccesses, talk.provider.dial.lateSuccessBy) = (1, .seconds(900))
        #expect(talk.submit() == "200 accepted")
        talk.wait(.milliseconds(99_999))
        #expect(talk.query() == "200 generating")
        talk.wait(.milliseconds(1))
        #expect(talk.query() == "200 done video")
    }

    @Test("links that expire soon")
    func expiring() {
        var talk = talk { ($0.expiringLinks, $0.expiringLinkLife) = (1, .seconds(2)) }
        #expect(talk.submit() == "200 accepted")
        talk.wait(.seconds(100))
        #expect(talk.query() == "200 done video")
        #expect(talk.get("/videos/\(talk.tasks[0]).mp4") == "200")
        talk.wait(.seconds(2))
        #expect(talk.get("/videos/\(talk.tasks[0]).mp4") == "403")
    }

    @Test("a skewed clock refuses what was signed now")
    func skew() {
        var talk = talk { $0.clockSkew = .seconds(-901) }
        #expect(talk.submit() == "400 100006")
        talk.provider.dial.clockSkew = .seconds(-899)
        #expect(talk.submit() == "200 accepted")
    }

    @Test("presets: off is off, rough gets work done, an outage lets nothing through")
    func presets() {
        #expect(FaultDial.Preset.off.dial == FaultDial())
        for preset in FaultDial.Preset.allCases { #expect(preset.dial.problem == nil) }
        func accepted(_ preset: FaultDial.Preset) -> Int {
            var talk = Conversation(
                Conversation.options(concurrency: 1000, submits: 1000), dial: preset.dial)
            for _ in 1...500 { _ = talk.submit() }
            return talk.invoice.lines.count
        }
        #expect(accepted(.off) == 500)
        #expect((450..<500).contains(accepted(.light)))
        #expect((250..<450).contains(accepted(.rough)))
        #expect(accepted(.outage) == 0)
    }

    @Test("every dial survives its JSON", arguments: FaultDial.Preset.allCases)
    func roundTrip(_ preset: FaultDial.Preset) throws {
        #expect(try FaultDial(json: preset.dial.json()) == preset.dial)
    }

    @Test("JSON sets single fields, or changes to a preset")
    func json() throws {
        let dial = try FaultDial(
            json: Array(
                #"{"submit_refusals":{"50430":0.5},"slow_delay_seconds":[0.5,2],"clock_skew_seconds":-60}"#
                    .utf8))
        var expected = FaultDial()
        expected.submitRefusals = [50430: 0.5]
        expected.slowDelay = .milliseconds(500) ... .seconds(2)
        expected.clockSkew = .seconds(-60)
        #expect(dial == expected)
        let rough = try FaultDial(json: Array(#"{"preset":"rough","lost_tasks":0}"#.utf8))
        expected = FaultDial.Preset.rough.dial
        expected.lostTasks = 0
        #expect(rough == expected)
    }

    static let faulty = [
        (#"{"lost_task":1}"#, "unknown field lost_task; known are submit_refusals"),
        (#"{"preset":"harsh"}"#, "no preset is called \"harsh\"; there are off, light"),
        (#"{"lost_tasks":1.5}"#, "lost_tasks is a probability"),
        (#"{"lost_tasks":"often"}"#, "lost_tasks has a wrong type"),
        (#"{"submit_refusals":{"7":1}}"#, "submit_refusals: 7 is no code"),
        (#"{"submit_refusals":{"50429":0.6,"50430":0.6}}"#, "sum at most 1"),
        (#"{"slow_delay_seconds":[2,1]}"#, "slow_delay_seconds must be [least, most]"),
        (#"{"expiring_link_seconds":-1}"#, "expiring_link_seconds must not be negative"),
        (#"{"html_statuses":[200]}"#, "html_statuses must name"),
        ("[]", "the dial has a wrong type"),
        ("", "not valid JSON"),
    ]

    @Test("a faulty dial is refused with the reason", arguments: faulty)
    func faultyDial(_ json: String, _ reason: String) {
        let error = #expect(throws: SimulatorError.self) { try FaultDial(json: Array(json.utf8)) }
        #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
    }
}
