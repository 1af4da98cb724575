// The invoice, as a value and over HTTP.

import FoundationEssentials
import JimengSimulator
import Testing

@Suite("Invoice")
struct InvoiceTests {
    @Test("a line tells who, what, when and how much")
    func line() throws {
        var talk = Conversation()
        let json = #"{"req_key":"jimeng_t2v_v30","prompt":"即梦，一只猫","frames":241}"#
        #expect(talk.submit(json: json) == "200 accepted")
        var line = try #require(talk.invoice.lines.first)
        #expect(line.number == 1)
        #expect(line.account == "demo")
        #expect(line.accessKeyID == "AKLTsimulator")
        #expect(line.taskID == talk.tasks[0])
        #expect(line.reqKey == "jimeng_t2v_v30")
        #expect(line.frames == 241)
        #expect(
            line.bodySHA256
                == talk.signer.call("x", json, at: talk.now).headers.first("X-Content-Sha256"))
        #expect(line.promptStart == "即梦，一只猫")
        #expect(line.acceptedAt == Conversation.start)
        #expect(line.finishedAt == nil)
        #expect(line.outcome == .unfinished)
        #expect(line.chargedFen == .zero)
        talk.wait(.seconds(200))
        #expect(talk.query() == "200 done video")
        talk.wait(.seconds(1))
        #expect(talk.query() == "200 done video")
        line = try #require(talk.invoice.lines.first)
        #expect(line.finishedAt == Conversation.start + .seconds(100))
        #expect(line.outcome == .succeeded)
        #expect(line.chargedFen == Fen(280))
        #expect(line.delivered && line.deliveries == 2 && line.queries == 2)
        #expect(line.deliveredAt == Conversation.start + .seconds(200))
        #expect(!line.answerDropped)
    }

    static let prices = [
        (#""jimeng_t2v_v30","prompt":"x""#, 140),
        (#""jimeng_t2v_v30","prompt":"x","frames":241"#, 280),
        (#""jimeng_t2v_v30_1080p","prompt":"x""#, 315),
        (#""jimeng_t2v_v30_1080p","prompt":"x","frames":241"#, 630),
        (#""jimeng_ti2v_v30_pro","prompt":"x""#, 500),
        (#""jimeng_ti2v_v30_pro","prompt":"x","frames":241"#, 1000),
        (#""jimeng_vgfm_t2v_l20","prompt":"x""#, 325), (#""jimeng_t2i_v40","prompt":"x""#, 22),
    ]

    @Test("prices are those of the price list, due when the task has succeeded", arguments: prices)
    func price(_ fields: String, _ fen: Int) {
        var talk = Conversation()
        #expect(talk.submit(json: #"{"req_key":\#(fields)}"#) == "200 accepted")
        talk.wait(.milliseconds(99_999))
        #expect(talk.invoice.chargedFen == .zero)
        talk.wait(.milliseconds(1))
        #expect(talk.invoice.chargedFen == Fen(fen))
    }

    @Test("a long prompt is cut between characters")
    func promptStart() {
        var talk = Conversation()
        #expect(talk.submit(String(repeating: "梦", count: 100)) == "200 accepted")
        #expect(talk.invoice.lines[0].promptStart == String(repeating: "梦", count: 26))
    }

    @Test("answers that could not be written are noted")
    func unwritten() throws {
        var talk = Conversation()
        #expect(talk.submit("[sim:time=0s]") == "200 accepted")
        #expect(talk.lastAnswer.receipt == .acceptance(1))
        talk.provider.lost(.acceptance(1))
        #expect(talk.invoice.lines[0].answerLoss == "unwritten")
        #expect(talk.query() == "200 done video")
        #expect(talk.lastAnswer.receipt == .delivery(1))
        talk.provider.lost(.delivery(1))
        #expect(!talk.invoice.lines[0].delivered)
        #expect(talk.invoice.lines[0].deliveredAt == nil)
        #expect(talk.invoice.answersLost == ["unwritten": 2])
    }

    @Test("calls are counted by action and code; a stranger's action counts as unknown")
    func counts() {
        var talk = Conversation()
        #expect(talk.submit() == "200 accepted")
        #expect(talk.query() == "200 in_queue")
        #expect(talk.query(id: "1") == "200 not_found")
        #expect(talk.query(id: "") == "400 50215")
        #expect(talk.tell(talk.signer.call("Whatever", "{}", at: talk.now)) == "404 100008")
        #expect(
            talk.invoice.requests == [
                "CVSync2AsyncSubmitTask": ["10000": 1],
                "CVSync2AsyncGetResult": ["10000": 2, "50215": 1], "unknown": ["100008": 1],
            ])
        #expect(talk.invoice.refusedSubmits == 0)
    }

    @Test("the desk serves the invoice as JSON with snake-case names, and it decodes to the same")
    func json() throws {
        var talk = Conversation()
        #expect(talk.submit() == "200 accepted")
        #expect(talk.submit("[sim:fail=50516][sim:time=0s]") == "200 accepted")
        #expect(talk.get("/_sim/invoice") == "200")
        let text = String(decoding: talk.lastAnswer.body, as: UTF8.self)
        for name in [
            "access_key_id", "body_sha256", "prompt_start", "accepted_at", "maximum_unfinished",
            "refused_submits", "charged_fen", "answer_dropped", "req_key", "task_id",
        ] {
            #expect(text.contains("\"\(name)\""), "\(name) in \(text)")
        }
        #expect(text.contains(#""accepted_at" : "2025-07-15T08:18:05.000Z""#))
    }

    @Test("the invoice survives its own coding")
    func roundTrip() throws {
        var talk = Conversation()
        #expect(talk.submit("[sim:time=0s]") == "200 accepted")
        #expect(talk.query() == "200 done video")
        let invoice = talk.invoice
        #expect(
            try JSONDecoder().decode(Invoice.self, from: JSONEncoder().encode(invoice)) == invoice)
    }
}
