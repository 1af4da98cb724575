// Markers in the prompt: faults for single jobs.

import JimengSimulator
import Testing

@Suite("Prompt markers")
struct MarkerTests {
    @Test("a counted refusal refuses that often, and only that prompt")
    func refuse() {
        var talk = Conversation()
        for _ in 1...3 { #expect(talk.submit("a [sim:refuse=50430x3]") == "429 50430") }
        #expect(talk.submit("b") == "200 accepted")
        #expect(talk.submit("a [sim:refuse=50430x3]") == "200 accepted")
    }

    @Test("an uncounted refusal refuses always")
    func reject() {
        var talk = Conversation()
        for _ in 1...5 { #expect(talk.submit("a [sim:reject=50412]") == "400 50412") }
        #expect(talk.submit("[sim:refuse=100018]") == "429 100018")
    }

    @Test("markers play one after another")
    func sequence() {
        var talk = Conversation()
        let prompt = "[sim:html=502x1] [sim:refuse=50429x1] [sim:drop-before=x1] x"
        #expect(talk.submit(prompt) == "502 html")
        #expect(talk.submit(prompt) == "429 50429")
        #expect(talk.submit(prompt) == "502 empty, dropped before")
        #expect(talk.submit(prompt) == "200 accepted")
    }

    @Test("answers lost after acceptance")
    func losses() {
        var talk = Conversation(Conversation.options(concurrency: 10))
        #expect(talk.submit("[sim:drop-after-accept]") == "200 accepted, dropped after")
        #expect(talk.submit("[sim:html-after-accept=504]") == "504 html")
        #expect(talk.submit("[sim:truncate]") == "200 accepted, truncated")
        #expect(talk.submit("[sim:empty=x1]") == "200 empty")
        #expect(talk.submit("[sim:empty=x1]") == "200 accepted")
        #expect(
            talk.invoice.lines.map(\.answerLoss) == [
                "dropped", "html_504", "truncated", "empty", nil,
            ])
    }

    @Test("a loss after acceptance does not strike a refused submit")
    func lossNeedsAcceptance() {
        var talk = Conversation(Conversation.options(concurrency: 0))
        #expect(talk.submit("[sim:drop-after-accept]") == "429 50430")
    }

    @Test("slow answers")
    func slow() {
        var talk = Conversation(Conversation.options(concurrency: 10))
        for (text, delay) in [
            ("3s", Duration.seconds(3)), ("250ms", .milliseconds(250)), ("2m", .seconds(120)),
            ("1.5h", .seconds(5400)),
        ] {
            #expect(talk.submit("[sim:slow=\(text)]") == "200 accepted")
            #expect(talk.lastAnswer.delay == delay)
        }
    }

    @Test("the task's time, failure, loss and link")
    func task() {
        var talk = Conversation(Conversation.options(concurrency: 10) { $0.times.speedUp = 10 })
        #expect(talk.submit("[sim:time=20s][sim:fail=50516x1]") == "200 accepted")
        #expect(talk.submit("[sim:time=20s][sim:fail=50516x1]") == "200 accepted")
        #expect(talk.submit("[sim:time=20s][sim:lost]") == "200 accepted")
        #expect(talk.submit("[sim:time=20s][sim:no-url=5s][sim:link=7s]") == "200 accepted")
        talk.wait(.milliseconds(19_999))
        #expect(talk.query(1) == "200 generating")
        talk.wait(.milliseconds(1))
        #expect(talk.query(1) == "400 50516")
        #expect(talk.query(2) == "200 done video")
        #expect(talk.query(3) == "200 not_found")
        #expect(talk.query(4) == "200 done")
        talk.wait(.seconds(5))
        #expect(talk.query(4) == "200 done video")
        talk.wait(.seconds(7))
        #expect(talk.get("/videos/\(talk.tasks[3]).mp4") == "403")
    }

    @Test("query errors and statuses are counted by task")
    func queries() {
        var talk = Conversation()
        let prompt =
            "[sim:time=0s][sim:query-error=50500x2][sim:query-error=502x1][sim:status=odd onex1]"
        #expect(talk.submit(prompt) == "200 accepted")
        #expect(talk.submit(prompt) == "200 accepted")
        for number in 1...2 {
            #expect(talk.query(number) == "500 50500")
            #expect(talk.query(number) == "500 50500")
            #expect(talk.query(number) == "502 html")
            #expect(talk.query(number) == "200 odd one")
            #expect(talk.query(number) == "200 done video")
        }
    }

    @Test(
        "a mistyped marker is refused and named",
        arguments: [
            "[sim:refuze=50430]", "[sim:refuse]", "[sim:refuse=abc]", "[sim:refuse=10000]",
            "[sim:html=200]", "[sim:slow=3]", "[sim:slow=-3s]", "[sim:lost=maybe]",
            "[sim:time=1e99h]",
            "[sim:", "[sim:]", "[sim:status=]",
        ])
    func mistyped(_ marker: String) {
        var talk = Conversation()
        #expect(talk.submit("a \(marker)") == "400 50215")
        #expect(String(decoding: talk.lastAnswer.body, as: UTF8.self).contains("marker"))
    }

    @Test("the help names every marker that works")
    func help() {
        var talk = Conversation(Conversation.options(concurrency: 100))
        let help = SimulatedProvider.markersHelp
        let shown = help.split(separator: "[sim:").dropFirst().map { $0.prefix { $0 != "]" } }
        #expect(shown.count >= 17)
        for text in shown {
            let words = talk.submit("[sim:\(text)]")
            #expect(words != "400 50215", "\(text)")
        }
    }
}
