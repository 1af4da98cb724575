// A task from acceptance to oblivion.

import JimengSimulator
import Testing

@Suite("Life of a task")
struct LifecycleTests {
    @Test("in_queue, generating, done, not_found")
    func life() {
        var talk = Conversation()
        #expect(talk.submit() == "200 accepted")
        #expect(talk.query() == "200 in_queue")
        talk.wait(.milliseconds(9_999))
        #expect(talk.query() == "200 in_queue")
        talk.wait(.milliseconds(1))
        #expect(talk.query() == "200 generating")
        talk.wait(.milliseconds(89_999))
        #expect(talk.query() == "200 generating")
        talk.wait(.milliseconds(1))
        #expect(talk.query() == "200 done video")
        talk.wait(.seconds(12 * 3600 - 101))
        #expect(talk.query() == "200 done video")
        talk.wait(.seconds(1))
        #expect(talk.query() == "200 not_found")
    }

    @Test("a waiting task answers with the body that was seen at the provider")
    func waiting() {
        var talk = Conversation()
        #expect(talk.submit() == "200 accepted")
        #expect(talk.query() == "200 in_queue")
        let text = String(decoding: talk.lastAnswer.body, as: UTF8.self)
        #expect(
            text.contains(
                #""data":{"binary_data_base64":[],"image_urls":null,"resp_data":"","status":"in_queue","video_url":""}"#
            ))
    }

    @Test("a query needs the req_key of the submit, a task id that is a string, and a known task")
    func queries() {
        var talk = Conversation()
        #expect(talk.submit() == "200 accepted")
        #expect(talk.query(model: "jimeng_i2v_first_v30") == "400 50215")
        #expect(talk.query(model: "") == "400 50215")
        #expect(talk.query(id: "") == "400 50215")
        #expect(talk.query(json: #"{"task_id":"\#(talk.tasks[0])"}"#) == "400 50215")
        #expect(talk.query(json: #"{"req_key":"jimeng_t2v_v30"}"#) == "400 50215")
        #expect(
            talk.query(json: #"{"req_key":"jimeng_t2v_v30","task_id":7392616336519610409}"#)
                == "400 50215")
        #expect(talk.query(json: "{") == "400 50215")
        #expect(talk.query(id: "7392616336519610409") == "200 not_found")
    }

    @Test("the link begins as the client addressed the server, or as configured")
    func linkBase() throws {
        var talk = Conversation()
        #expect(talk.submit("[sim:time=0s]") == "200 accepted")
        #expect(talk.query() == "200 done video")
        #expect(Reply(talk.lastAnswer).videoURL == "http://sim.test/videos/\(talk.tasks[0]).mp4")
        talk = Conversation(Conversation.options { $0.publicBaseURL = "http://demo:9" })
        #expect(talk.submit("[sim:time=0s]") == "200 accepted")
        #expect(talk.query() == "200 done video")
        #expect(Reply(talk.lastAnswer).videoURL == "http://demo:9/videos/\(talk.tasks[0]).mp4")
    }

    @Test("a link lives one hour from the end of the task, however often it is asked for")
    func linkFromFinish() {
        var talk = Conversation()
        #expect(talk.submit() == "200 accepted")
        #expect(talk.get("/videos/\(talk.tasks[0]).mp4") == "404")
        talk.wait(.seconds(100))
        #expect(talk.query() == "200 done video")
        #expect(talk.get("/videos/\(talk.tasks[0]).mp4") == "200")
        talk.wait(.seconds(3599))
        #expect(talk.query() == "200 done video")
        #expect(talk.get("/videos/\(talk.tasks[0]).mp4") == "200")
        talk.wait(.seconds(1))
        #expect(talk.query() == "200 done video")
        #expect(talk.get("/videos/\(talk.tasks[0]).mp4") == "403")
        #expect(talk.invoice.lines[0].videoFetches == 2)
    }

    @Test("a link can be set to live from each query, for any time")
    func linkFromQuery() {
        var talk = Conversation(
            Conversation.options {
                $0.linkStart = .query
                $0.linkLife = .seconds(60)
            })
        #expect(talk.submit() == "200 accepted")
        talk.wait(.seconds(5000))
        #expect(talk.query() == "200 done video")
        talk.wait(.seconds(59))
        #expect(talk.get("/videos/\(talk.tasks[0]).mp4") == "200")
        talk.wait(.seconds(1))
        #expect(talk.get("/videos/\(talk.tasks[0]).mp4") == "403")
        #expect(talk.query() == "200 done video")
        #expect(talk.get("/videos/\(talk.tasks[0]).mp4") == "200")
    }

    @Test("finished images come as base64, or as links when asked for")
    func images() {
        var talk = Conversation()
        #expect(talk.submit(json: #"{"req_key":"jimeng_t2i_v40","prompt":"x"}"#) == "200 accepted")
        talk.wait(.seconds(100))
        #expect(talk.query(model: "jimeng_t2i_v40") == "200 done images")
        let asked =
            #"{"req_key":"jimeng_t2i_v40","task_id":"\#(talk.tasks[0])","req_json":"{\"return_url\":true}"}"#
        #expect(talk.query(json: asked) == "200 done links")
    }

    @Test("retention can be set")
    func retention() {
        var talk = Conversation(Conversation.options { $0.retention = .seconds(101) })
        #expect(talk.submit() == "200 accepted")
        talk.wait(.seconds(100))
        #expect(talk.query() == "200 done video")
        talk.wait(.seconds(1))
        #expect(talk.query() == "200 not_found")
    }
}
