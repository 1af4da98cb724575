// Each bound of a request, from both sides, and that all problems are told at once.

import JSON
import Testing

@testable import Jimeng

@Suite("Checking requests")
struct RequestCheckTests {
    /// A request that its model takes as it is.
    static func good(_ model: String) -> GenerationRequest {
        var request = GenerationRequest(model: model, prompt: "a slow dolly zoom")
        let count = ModelCatalogue().model(model)?.images.count.lowerBound ?? 0
        request.imageURLs = (0..<count).map { "https://example.com/\($0).jpg" }
        switch model {
        case "jimeng_i2v_recamera_v30":
            request.parameters = ["template_id": "robo_arm", "camera_strength": "weak"]
        case "jimeng_dream_actor_m1_gen_video_cv":
            request.parameters = ["image_url": "https://e.x/i", "video_url": "https://e.x/v"]
        case "jimeng_dreamactor_m20_gen_video":
            request.parameters = ["video_url": "https://e.x/v"]
        default: break
        }
        return request
    }

    static func problems(_ request: GenerationRequest) -> [RequestProblem] {
        do {
            _ = try ModelCatalogue().validate(request)
            return []
        } catch {
            guard case .invalidRequest(let problems) = error else { return [] }
            return problems
        }
    }

    static func fields(
        _ model: String, _ change: (inout GenerationRequest) -> Void
    ) -> [String] {
        var request = good(model)
        change(&request)
        return problems(request).map(\.field)
    }

    @Test("every model takes a request made for it", arguments: ModelCatalogue.models.map(\.key))
    func goodRequests(_ key: String) {
        #expect(Self.problems(Self.good(key)) == [])
    }

    @Test("one image too many or too few is refused", arguments: ModelCatalogue.models.map(\.key))
    func imageCounts(_ key: String) throws {
        let count = try #require(ModelCatalogue().model(key)).images.count
        let urls = Array(repeating: "https://example.com/a.png", count: count.upperBound + 1)
        #expect(Self.fields(key) { $0.imageURLs = urls } == ["image_urls"])
        #expect(Self.fields(key) { $0.imageURLs = Array(urls.dropLast()) } == [])
        if count.lowerBound > 0 {
            #expect(Self.fields(key) { $0.imageURLs = [] } == ["image_urls"])
        }
    }

    @Test(
        "prompts are bounded by the model, in characters",
        arguments: [
            ("jimeng_t2v_v30", 800), ("jimeng_i2v_first_v30", 800), ("jimeng_vgfm_i2v_l20", 150),
            ("jimeng_vgfm_t2v_l20", 150), ("jimeng_ti2v_v30_pro", 800),
        ])
    func promptLength(_ key: String, _ bound: Int) {
        #expect(Self.fields(key) { $0.prompt = String(repeating: "字", count: bound) } == [])
        #expect(
            Self.fields(key) { $0.prompt = String(repeating: "字", count: bound + 1) } == ["prompt"])
    }

    @Test("a prompt is needed where there is nothing else to go by")
    func promptNeeded() {
        for key in ["jimeng_t2v_v30", "jimeng_i2v_first_v30", "jimeng_t2i_v40"] {
            #expect(Self.fields(key) { $0.prompt = nil } == ["prompt"])
            #expect(Self.fields(key) { $0.prompt = " \n" } == ["prompt"])
        }
        #expect(Self.fields("jimeng_vgfm_i2v_l20") { $0.prompt = nil } == [])
        #expect(Self.fields("jimeng_ti2v_v30_pro") { $0.prompt = nil } == ["prompt"])
        #expect(
            Self.fields("jimeng_ti2v_v30_pro") {
                $0.prompt = nil
                $0.imageURLs = ["https://example.com/a.jpg"]
            } == [])
    }

    @Test("frames are five or ten seconds where they can be chosen")
    func frames() {
        for frames in [121, 241] {
            #expect(Self.fields("jimeng_t2v_v30") { $0.frames = frames } == [])
        }
        for frames in [0, 120, 122, 240, 242, .max, .min] {
            #expect(Self.fields("jimeng_t2v_v30") { $0.frames = frames } == ["frames"])
        }
        #expect(Self.fields("jimeng_vgfm_i2v_l20") { $0.frames = 121 } == [])
        #expect(Self.fields("jimeng_vgfm_i2v_l20") { $0.frames = 241 } == ["frames"])
        #expect(Self.fields("jimeng_t2i_v40") { $0.frames = 121 } == ["frames"])
    }

    @Test("seeds begin at -1 and end where the model says")
    func seeds() {
        let top = Int128(UInt64.max)
        #expect(Self.fields("jimeng_vgfm_i2v_l20") { $0.seed = top } == [])
        #expect(Self.fields("jimeng_vgfm_i2v_l20") { $0.seed = top + 1 } == ["seed"])
        #expect(Self.fields("jimeng_t2v_v30") { $0.seed = -1 } == [])
        #expect(Self.fields("jimeng_t2v_v30") { $0.seed = -2 } == ["seed"])
        #expect(Self.fields("jimeng_t2v_v30") { $0.seed = top } == ["seed"])
        #expect(Self.fields("jimeng_t2i_v40") { $0.seed = 1 } == ["seed"])
    }

    @Test("ratios are the model's own, and only for text where the vendor says so")
    func ratios() {
        let pro = "jimeng_ti2v_v30_pro"
        let image = ["https://example.com/a.jpg"]
        #expect(Self.fields("jimeng_vgfm_i2v_l20") { $0.aspectRatio = .ratio("9:21") } == [])
        #expect(
            Self.fields("jimeng_t2v_v30") { $0.aspectRatio = .ratio("9:21") } == ["aspect_ratio"])
        for text in ["", "16x9", "16:9 ", ":", "16:", "0:1", "-1:1", "٣:٤"] {
            #expect(
                Self.fields("jimeng_t2v_v30") { $0.aspectRatio = .ratio(text) } == ["aspect_ratio"])
        }
        #expect(Self.fields(pro) { $0.aspectRatio = .ratio("4:3") } == [])
        #expect(
            Self.fields(pro) {
                $0.aspectRatio = .ratio("4:3")
                $0.imageURLs = image
            } == ["aspect_ratio"])
        #expect(
            Self.fields("jimeng_i2v_first_v30") { $0.aspectRatio = .ratio("16:9") }
                == ["aspect_ratio"])
        for key in [pro, "jimeng_i2v_first_v30", "jimeng_t2v_v30", "jimeng_t2i_v40"] {
            #expect(Self.fields(key) { $0.aspectRatio = .auto } == [])
        }
    }

    /// Model, parameter, a value out of bounds, a value inside.
    static let bounds: [(String, String, JSON, JSON)] = [
        ("jimeng_i2v_recamera_v30", "template_id", "zoom", "handheld"),
        ("jimeng_i2v_recamera_v30", "camera_strength", 3, "strong"),
        ("jimeng_t2i_v40", "scale", 1.01, 1), ("jimeng_t2i_v40", "scale", "0.5", 0.5),
        ("jimeng_t2i_v40", "size", 1_048_575, 1_048_576),
        ("jimeng_t2i_v40", "size", 16_777_217, 16_777_216),
        ("jimeng_t2i_v40", "force_single", 1, true), ("jimeng_t2i_v40", "min_ratio", 0, 0.33),
        ("jimeng_seedream46_cvtob", "scale", 0.5, 50),
        ("jimeng_seedream46_cvtob", "scale", 0, 1),
        ("jimeng_seedream46_cvtob", "scale", 101, 100), ("jimeng_i2i_v30", "scale", -0.1, 0),
        ("jimeng_i2i_seed3_tilesr_cvtob", "resolution", "16k", "8k"),
        ("jimeng_i2i_seed3_tilesr_cvtob", "scale", 101, 100),
        ("jimeng_dreamactor_m20_gen_video", "video_url", "ftp://e.x/v", "https://e.x/v"),
        ("jimeng_dreamactor_m20_gen_video", "cut_result_first_second_switch", "no", false),
        ("pippit_iv2v_cvtob", "img_url_list", .array(["nope"]), .array(["https://e.x/i"])),
        ("pippit_iv2v_cvtob", "video_url_list", "https://e.x/v", .array([])),
    ]

    @Test("a model's own parameters have types and bounds", arguments: bounds)
    func ownParameters(_ key: String, _ name: String, _ bad: JSON, _ good: JSON) {
        #expect(Self.fields(key) { $0.parameters[name] = bad } == ["parameters.\(name)"])
        #expect(Self.fields(key) { $0.parameters[name] = good } == [])
    }

    @Test("width and height of an image go together and have bounds")
    func sides() {
        let key = "jimeng_i2i_v30"
        #expect(
            Self.fields(key) { $0.parameters = ["width": 512, "height": 2016] } == [])
        #expect(Self.fields(key) { $0.parameters = ["width": 512] } == ["parameters.height"])
        #expect(
            Self.fields(key) { $0.parameters = ["width": 511, "height": 2017] }
                == ["parameters.width", "parameters.height"])
    }

    @Test("a needed parameter that is missing is named with what it may be")
    func missingParameter() {
        var request = Self.good("jimeng_i2v_recamera_v30")
        request.parameters = [:]
        let problems = Self.problems(request)
        #expect(problems.map(\.field) == ["parameters.template_id", "parameters.camera_strength"])
        #expect(problems.last?.remedy.contains("weak, medium, strong") == true)
    }

    @Test(
        "fields that the worker sets cannot be slipped in as parameters",
        arguments: [
            "req_key", "prompt", "image_urls", "binary_data_base64", "aspect_ratio", "seed",
            "frames",
            "task_id", "req_json",
        ])
    func clashes(_ name: String) {
        #expect(
            Self.fields("jimeng_t2v_v30") { $0.parameters[name] = 1 } == ["parameters.\(name)"])
    }

    @Test("what the catalogue does not know of a model goes through as it is")
    func unknownParameters() throws {
        var request = Self.good("jimeng_i2v_first_v30")
        request.parameters = ["aspect_ratio": "16:9", "new_thing": [1.50, nil]]
        let body = try ModelCatalogue().validate(request).body()
        #expect(
            String(decoding: body, as: UTF8.self).hasSuffix(
                #""frames":121,"aspect_ratio":"16:9","new_thing":[1.5,null]}"#))
    }

    @Test("everything that is wrong is told at once, with values that are cut")
    func allAtOnce() {
        var request = GenerationRequest(
            model: "jimeng_i2v_first_v30", prompt: String(repeating: "x", count: 801))
        request.frames = 7
        request.seed = -9
        request.aspectRatio = .ratio("1:2")
        request.parameters = ["seed": 1]
        let problems = Self.problems(request)
        #expect(
            problems.map(\.field) == [
                "image_urls", "prompt", "aspect_ratio", "seed", "frames", "parameters.seed",
            ])
        #expect(problems.allSatisfy { $0.value.unicodeScalars.count <= 61 })
        #expect("\(JimengError.invalidRequest(problems))".contains("frames is 7: must be one of"))
    }

    @Test(
        "a URL must be one that the provider can fetch",
        arguments: [
            "", "example.com/a.jpg", "ftp://e.x/a", "file:///etc/passwd", "http://", "https:///a",
            "https://user:secret@e.x/a", "https://user@e.x", "https://:80/", "https://e.x/a b",
            "https://e.x/\n", "data:image/png;base64,AAAA", "https://e.x\\@h/",
            "https://e.x/" + String(repeating: "a", count: 4_085),
        ])
    func badURLs(_ url: String) {
        #expect(ImageURL.problem(in: url) != nil)
        #expect(
            Self.fields("jimeng_i2v_first_v30") { $0.imageURLs = [url] } == ["image_urls[0]"])
    }

    @Test("what is wrong with a URL is said without its password or signature")
    func quietURLs() {
        let url = "https://user:hunter2@e.x/a?X-Signature=c0ffee"
        var request = Self.good("jimeng_i2v_first_v30")
        request.imageURLs = [url]
        let problems = Self.problems(request)
        #expect(problems.count == 1)
        for problem in problems {
            #expect(!"\(problem)".contains("hunter2"))
            #expect(!"\(problem)".contains("c0ffee"))
        }
    }

    @Test(
        "ordinary URLs pass",
        arguments: [
            "https://e.x", "HTTP://e.x/a", "https://e.x:8443/a?b=c@d#e", "https://[::1]/a",
            "https://例子.中国/图.jpg", "https://e.x/" + String(repeating: "a", count: 4_084),
        ])
    func goodURLs(_ url: String) {
        #expect(ImageURL.problem(in: url) == nil)
    }
}
