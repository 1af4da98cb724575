// The bytes of a submit, its ratio, its seed and its cost.

import JSON
import Testing

@testable import Jimeng

@Suite("Prepared submissions")
struct PreparedSubmissionTests {
    let catalogue = ModelCatalogue()

    private func body(
        _ prepared: PreparedSubmission, ratio: AspectRatio? = nil, seed: Int128? = nil
    )
        -> String
    {
        String(decoding: prepared.body(ratio: ratio, seed: seed), as: UTF8.self)
    }

    @Test("the original script's request comes out field for field")
    func originalScript() throws {
        var request = GenerationRequest(prompt: "人物缓缓望着镜头")
        request.imageURLs = ["https://e.x/a.jpg"]
        request.aspectRatio = .auto
        request.seed = -1
        let prepared = try catalogue.validate(request)
        #expect(prepared.wantsProbe)
        #expect(prepared.candidateRatios.count == 7)
        #expect(prepared.defaultRatio == AspectRatio(16, 9))
        #expect(
            body(prepared, ratio: AspectRatio(9, 16))
                == #"{"req_key":"jimeng_vgfm_i2v_l20","image_urls":["https://e.x/a.jpg"],"#
                + #""prompt":"人物缓缓望着镜头","aspect_ratio":"9:16","seed":-1}"#)
    }

    @Test("a probe that failed, or a ratio that the model lacks, means the default")
    func ratioFallsBack() throws {
        var request = RequestCheckTests.good("jimeng_vgfm_i2v_l20")
        request.aspectRatio = .auto
        let prepared = try catalogue.validate(request)
        #expect(prepared.ratio(probed: nil) == AspectRatio(16, 9))
        #expect(prepared.ratio(probed: AspectRatio(5, 4)) == AspectRatio(16, 9))
        #expect(prepared.ratio(probed: AspectRatio(3, 4)) == AspectRatio(3, 4))
    }

    @Test(
        "a probe is wanted only for an image whose ratio the model takes",
        arguments: [
            ("jimeng_vgfm_i2v_l20", true, "16:9"), ("jimeng_vgfm_t2v_l20", false, "16:9"),
            ("jimeng_t2v_v30", false, "16:9"), ("jimeng_i2v_first_v30", false, nil),
            ("jimeng_ti2v_v30_pro", false, "16:9"), ("jimeng_t2i_v40", false, nil),
        ])
    func probes(_ key: String, _ wanted: Bool, _ standard: String?) throws {
        var request = RequestCheckTests.good(key)
        request.aspectRatio = .auto
        let prepared = try catalogue.validate(request)
        #expect(prepared.wantsProbe == wanted)
        #expect(prepared.defaultRatio?.description == standard)
        request.aspectRatio = nil
        #expect(try catalogue.validate(request).defaultRatio == nil)
        #expect(!body(try catalogue.validate(request)).contains("aspect_ratio"))
    }

    @Test("Pro with an image leaves the ratio to the provider")
    func proWithImage() throws {
        var request = RequestCheckTests.good("jimeng_ti2v_v30_pro")
        request.imageURLs = ["https://e.x/a.jpg"]
        request.aspectRatio = .auto
        #expect(!body(try catalogue.validate(request)).contains("aspect_ratio"))
    }

    @Test("a chosen ratio stays, whatever a probe says")
    func chosenRatioStays() throws {
        var request = RequestCheckTests.good("jimeng_vgfm_i2v_l20")
        request.aspectRatio = .ratio("1:1")
        let prepared = try catalogue.validate(request)
        #expect(!prepared.wantsProbe)
        #expect(body(prepared, ratio: AspectRatio(9, 16)).contains(#""aspect_ratio":"1:1""#))
    }

    @Test("a new seed takes the place of the old one, where the model takes a seed")
    func newSeed() throws {
        var request = RequestCheckTests.good("jimeng_t2v_v30")
        request.seed = 5
        #expect(body(try catalogue.validate(request)).contains(#""seed":5"#))
        #expect(body(try catalogue.validate(request), seed: 6).contains(#""seed":6"#))
        let image = try catalogue.validate(RequestCheckTests.good("jimeng_t2i_v40"))
        #expect(!body(image, seed: 6).contains("seed"))
    }

    @Test("images in base64 go bare into their own field")
    func base64() throws {
        var request = RequestCheckTests.good("jimeng_i2v_first_v30")
        let bare = Base64ImageTests.encode(Base64ImageTests.png)
        request.imageURLs = []
        request.imagesBase64 = ["data:image/png;base64,\(bare)"]
        let prepared = try catalogue.validate(request)
        #expect(prepared.images == [.base64(bare)])
        let json = try JSON(parsing: prepared.body())
        #expect(json["binary_data_base64"] == [JSON(bare)])
        #expect(json["image_urls"] == nil)
    }

    @Test(
        "the cost is exact",
        arguments: [
            ("jimeng_t2v_v30", 121, "1.40 CNY"), ("jimeng_t2v_v30", 241, "2.80 CNY"),
            ("jimeng_i2v_first_v30_1080", 121, "3.15 CNY"),
            ("jimeng_t2v_v30_1080p", 241, "6.30 CNY"), ("jimeng_ti2v_v30_pro", 121, "5.00 CNY"),
            ("jimeng_ti2v_v30_pro", 241, "10.00 CNY"), ("jimeng_vgfm_i2v_l20", 121, "3.25 CNY"),
            ("jimeng_t2i_v40", nil, "0.22 CNY"), ("jimeng_dreamactor_m20_gen_video", nil, nil),
            ("jimeng_t2i_v30", nil, nil),
        ])
    func costs(_ key: String, _ frames: Int?, _ cost: String?) throws {
        var request = RequestCheckTests.good(key)
        request.frames = frames
        let prepared = try catalogue.validate(request)
        #expect(prepared.expectedCost?.description == cost)
        #expect(prepared.frames == frames)
    }

    @Test("the standard length is ordered in so many words")
    func standardFrames() throws {
        let prepared = try catalogue.validate(RequestCheckTests.good("jimeng_t2v_v30"))
        #expect(prepared.frames == 121)
        #expect(body(prepared).contains(#""frames":121"#))
        let fixed = try catalogue.validate(RequestCheckTests.good("jimeng_vgfm_i2v_l20"))
        #expect(fixed.frames == 121)
        #expect(!body(fixed).contains("frames"))
    }
}
