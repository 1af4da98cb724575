// What the provider checks of a submit.

import JimengSimulator
import Testing

@Suite("Submits")
struct SubmitTests {
    static let image = #""image_urls":["https://example.com/a.jpg"]"#
    static let two = #""image_urls":["https://example.com/a.jpg","https://example.com/b.jpg"]"#

    static let accepted = [
        #"{"req_key":"jimeng_t2v_v30","prompt":"x"}"#,
        #"{"req_key":"jimeng_t2v_v30","prompt":"x","frames":241,"seed":-1,"aspect_ratio":"21:9"}"#,
        #"{"req_key":"jimeng_t2v_v30_1080p","prompt":"x","unknown":{"a":[1]}}"#,
        #"{"req_key":"jimeng_i2v_first_v30","prompt":"x",\#(image)}"#,
        #"{"req_key":"jimeng_i2v_first_v30_1080","prompt":"x","binary_data_base64":["aGVsbG8="]}"#,
        #"{"req_key":"jimeng_i2v_first_tail_v30","prompt":"x",\#(two)}"#,
        #"{"req_key":"jimeng_i2v_recamera_v30","prompt":"x",\#(image),"template_id":"handheld","camera_strength":"weak"}"#,
        #"{"req_key":"jimeng_ti2v_v30_pro","prompt":"x"}"#,
        #"{"req_key":"jimeng_ti2v_v30_pro",\#(image)}"#,
        #"{"req_key":"jimeng_vgfm_i2v_l20","prompt":"x",\#(image),"aspect_ratio":"9:21","seed":-1}"#,
        #"{"req_key":"jimeng_vgfm_t2v_l20","prompt":"x","seed":18446744073709551615}"#,
        #"{"req_key":"jimeng_dreamactor_m20_gen_video",\#(image),"video_url":"https://example.com/v.mp4"}"#,
        #"{"req_key":"jimeng_t2i_v40","prompt":"x"}"#,
        #"{"req_key":"jimeng_i2i_v30","prompt":"x",\#(image)}"#,
    ]

    @Test("well-formed bodies are accepted", arguments: accepted)
    func wellFormed(_ body: String) {
        var talk = Conversation()
        #expect(talk.submit(json: body) == "200 accepted")
    }

    static let refused: [(String, String)] = [
        ("not JSON", "400 50215"),
        ("[]", "400 50215"),
        ("", "400 50215"),
        (#"{"prompt":"x"}"#, "400 50200"),
        (#"{"req_key":"jimeng_t2v_v30_1080","prompt":"x"}"#, "400 50204"),
        (#"{"req_key":"jimeng_t2v_v30"}"#, "400 50215"),
        (#"{"req_key":"jimeng_t2v_v30","prompt":""}"#, "400 50215"),
        (#"{"req_key":"jimeng_t2v_v30","prompt":7}"#, "400 50215"),
        (#"{"req_key":"jimeng_t2v_v30","prompt":"x",\#(image)}"#, "400 50215"),
        (#"{"req_key":"jimeng_t2v_v30","prompt":"x","frames":120}"#, "400 50215"),
        (#"{"req_key":"jimeng_t2v_v30","prompt":"x","frames":"121"}"#, "400 50215"),
        (#"{"req_key":"jimeng_t2v_v30","prompt":"x","seed":-2}"#, "400 50215"),
        (#"{"req_key":"jimeng_t2v_v30","prompt":"x","aspect_ratio":""}"#, "400 50215"),
        (#"{"req_key":"jimeng_t2v_v30","prompt":"x","aspect_ratio":"9:21"}"#, "400 50215"),
        (#"{"req_key":"jimeng_i2v_first_v30","prompt":"x"}"#, "400 50215"),
        (#"{"req_key":"jimeng_i2v_first_v30","prompt":"x",\#(two)}"#, "400 50215"),
        (#"{"req_key":"jimeng_i2v_first_v30",\#(image)}"#, "400 50215"),
        (#"{"req_key":"jimeng_i2v_first_v30","prompt":"x","image_urls":["ftp://a"]}"#, "400 50215"),
        (#"{"req_key":"jimeng_i2v_first_tail_v30","prompt":"x",\#(image)}"#, "400 50215"),
        (
            #"{"req_key":"jimeng_i2v_first_tail_v30","prompt":"x",\#(image),"binary_data_base64":["aGk="]}"#,
            "400 50215"
        ),
        (
            #"{"req_key":"jimeng_i2v_first_v30","prompt":"x","binary_data_base64":["data:image/png;base64,aGk="]}"#,
            "400 50207"
        ),
        (
            #"{"req_key":"jimeng_i2v_first_v30","prompt":"x","binary_data_base64":["aGVs\nbG8="]}"#,
            "400 50207"
        ),
        (#"{"req_key":"jimeng_i2v_recamera_v30","prompt":"x",\#(image)}"#, "400 50215"),
        (#"{"req_key":"jimeng_ti2v_v30_pro"}"#, "400 50215"),
        (#"{"req_key":"jimeng_dreamactor_m20_gen_video",\#(image)}"#, "400 50215"),
    ]

    @Test(
        "faulty bodies are refused with the provider's code, and cost nothing", arguments: refused)
    func faulty(_ body: String, _ expected: String) {
        var talk = Conversation()
        #expect(talk.submit(json: body) == expected)
        #expect(talk.invoice.lines.isEmpty)
        #expect(talk.invoice.refusedSubmits == 1)
    }

    @Test("an accepted submit answers in the documented shape, with an id over Int64 among many")
    func shape() {
        var talk = Conversation(Conversation.options(concurrency: 100))
        for _ in 1...50 { #expect(talk.submit() == "200 accepted") }
        let text = String(decoding: talk.lastAnswer.body, as: UTF8.self)
        let id = talk.tasks[49]
        #expect(
            text.hasPrefix(
                #"{"code":10000,"data":{"task_id":"\#(id)"},"message":"Success","request_id":"20250715081805"#
            ))
        #expect(text.contains(#","status":10000,"time_elapsed":""#))
        #expect(Set(talk.tasks).count == 50)
        #expect(talk.tasks.allSatisfy { $0.count >= 19 && UInt64($0) != nil })
        #expect(talk.tasks.contains { Int64($0) == nil })
    }

    @Test("a refused submit has null data and the documented message")
    func refusalShape() {
        var talk = Conversation(Conversation.options(concurrency: 0))
        #expect(talk.submit() == "429 50430")
        let text = String(decoding: talk.lastAnswer.body, as: UTF8.self)
        #expect(
            text.hasPrefix(
                #"{"code":50430,"data":null,"message":"Request Has Reached API Concurrent Limit, Please Try Later","request_id":""#
            ))
    }
}
