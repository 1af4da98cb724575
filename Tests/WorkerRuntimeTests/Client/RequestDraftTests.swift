// Requests that are about to be sent, and the ids that they get.

import JSON
import JobEngine
import Kafka
import Testing
import WorkerRuntime

@Suite("Request drafts")
struct RequestDraftTests {
    private func draft(_ text: String) throws(DraftFault) -> RequestDraft {
        try RequestDraft(Array(text.utf8), .standard) { "new-id" }
    }

    @Test("a request with an id goes out byte by byte as it came")
    func verbatim() throws {
        let text = #"{ "id":"a", "model":"jimeng_t2v_v30", "prompt":"x", "extra": 1.50 }"#
        let draft = try draft(text)
        #expect(draft.id == "a")
        #expect(draft.payload == Array(text.utf8))
    }

    @Test("a request without an id gets one, as its first member")
    func newID() throws {
        let draft = try draft(#"{"model":"jimeng_t2v_v30","prompt":"x","id":null,"extra":1.50}"#)
        #expect(draft.id == "new-id")
        #expect(
            String(decoding: draft.payload, as: UTF8.self)
                == #"{"id":"new-id","model":"jimeng_t2v_v30","prompt":"x","extra":1.50}"#)
    }

    @Test("the record's key is the id, also of a cancel")
    func keys() throws {
        let cancel = try draft(#"{"cancel":"b"}"#)
        #expect(cancel.record(for: "t").key == Array("b".utf8))
        #expect(cancel.payload == Array(#"{"cancel":"b"}"#.utf8))
    }

    @Test(
        "what a worker would refuse is refused here, with all problems",
        arguments: [
            ("garbage", "not JSON"), ("", "not JSON"), ("[]", "must be a JSON object"),
            ("{}", "image_urls"),
            (#"{"seed":"x","priority":10,"prompt":"x","model":"jimeng_t2v_v30"}"#, "priority"),
            (#"{"seed":"x","priority":10,"prompt":"x","model":"jimeng_t2v_v30"}"#, "seed"),
            (#"{"cancel":7}"#, "cancel must be"),
        ])
    func refused(text: String, word: String) {
        let fault = #expect(throws: DraftFault.self) { try draft(text) }
        #expect(fault?.description.contains(word) ?? false, "\(String(describing: fault))")
    }

    @Test("ids sort by their time, and none comes twice")
    func ids() {
        var seen: Set<String> = []
        var last = ""
        for step in 0..<5000 {
            let id = TimeOrderedID.make(at: Instant(milliseconds: 1_795_167_000_000 + Int64(step)))
            #expect(id.utf8.count == 26)
            #expect(last < id)
            #expect(seen.insert(id).inserted)
            last = id
        }
        let now = Instant(milliseconds: 1_795_167_000_000)
        #expect(Set((0..<5000).map { _ in TimeOrderedID.make(at: now) }).count == 5000)
    }
}
