// The body of a query and the ids of tasks.

import JSON
import Testing

@testable import Jimeng

@Suite("Task ids and queries")
struct TaskQueryTests {
    private func body(_ key: String, meta: AIGCMeta? = nil, logo: LogoMark? = nil) throws -> String
    {
        let query = TaskQuery(
            modelKey: key, taskID: try #require(TaskID("7392616336519610409")),
            model: ModelCatalogue().model(key), aigcMeta: meta, logo: logo)
        return String(decoding: query.body, as: UTF8.self)
    }

    @Test("a video is asked for without options")
    func plain() throws {
        #expect(
            try body("jimeng_t2v_v30")
                == #"{"req_key":"jimeng_t2v_v30","task_id":"7392616336519610409"}"#)
    }

    @Test("images are asked for as links, in a string that holds JSON")
    func images() throws {
        #expect(
            try body("jimeng_t2i_v40").hasSuffix(#""req_json":"{\"return_url\":true}"}"#))
    }

    @Test("marks of origin go along with videos and images, logos with images alone")
    func marks() throws {
        let meta = try AIGCMeta(producerID: "p", contentPropagator: "c", propagateID: "i")
        let logo = try LogoMark(text: "即", position: 3, opacity: 0.5)
        let video = try body("jimeng_t2v_v30", meta: meta, logo: logo)
        #expect(
            video.hasSuffix(
                #""{\"aigc_meta\":{\"producer_id\":\"p\",\"content_propagator\":\"c\","#
                    + #"\"propagate_id\":\"i\"}}"}"#))
        let image = try JSON(parsing: body("jimeng_t2i_v40", meta: meta, logo: logo).utf8)
        let options = try JSON(parsing: try #require(image["req_json"]?.string).utf8)
        #expect(options["logo_info"]?["position"] == 3)
        #expect(options["logo_info"]?["opacity"] == 0.5)
        #expect(options["return_url"] == true)
        #expect(options["aigc_meta"]?["producer_id"] == "p")
    }

    @Test("marks out of bounds are refused", arguments: ["", String(repeating: "x", count: 257)])
    func badMarks(_ text: String) {
        #expect(throws: JimengError.self) { try AIGCMeta(producerID: text, contentPropagator: "c") }
        #expect(throws: JimengError.self) { try AIGCMeta(producerID: "p", contentPropagator: text) }
        #expect(throws: JimengError.self) {
            try AIGCMeta(producerID: "p", contentPropagator: "c", contentProducer: text)
        }
        #expect(throws: JimengError.self) {
            try AIGCMeta(producerID: "p", contentPropagator: "c", propagateID: text)
        }
        #expect(throws: JimengError.self) { try LogoMark(text: text) }
        #expect(throws: JimengError.self) { try LogoMark(text: "x", position: 4) }
        #expect(throws: JimengError.self) { try LogoMark(text: "x", language: 2) }
        #expect(throws: JimengError.self) { try LogoMark(text: "x", opacity: 1.5) }
    }

    @Test(
        "an id of twenty digits stays exact, as a string or a number",
        arguments: [
            JSON("18446744073709551616"), .number(18_446_744_073_709_551_616), "cgt-2025_x",
        ])
    func ids(_ value: JSON) {
        #expect(TaskID(value)?.text == (value.string ?? value.number?.text))
    }

    @Test(
        "what cannot be an id is none",
        arguments: [
            JSON(""), "0", "000", 0, 7.5, -7, nil, true, .array([]), "7.39e18", "a b", "任务",
            .object([:]),
            JSON(String(repeating: "7", count: 65)), .number(JSONNumber(text: "7e18") ?? 0),
        ])
    func noIDs(_ value: JSON) {
        #expect(TaskID(value) == nil)
    }
}
