// The catalogue as a table, and who gets past its gate.

import JSON
import Testing

@testable import Jimeng

@Suite("Model catalogue")
struct ModelCatalogueTests {
    let catalogue = ModelCatalogue()

    /// Key, images, ratios, frames, own required parameters, fen per unit.
    typealias Row = (
        key: String, images: ClosedRange<Int>, ratios: Int, frames: [Int], needed: [String],
        fen: Int64?
    )

    static let rows: [Row] = [
        ("jimeng_ti2v_v30_pro", 0...1, 6, [121, 241], [], 100),
        ("jimeng_i2v_first_v30", 1...1, 0, [121, 241], [], 28),
        ("jimeng_i2v_first_tail_v30", 2...2, 0, [121, 241], [], 28),
        ("jimeng_i2v_recamera_v30", 1...1, 0, [121, 241], ["template_id", "camera_strength"], 28),
        ("jimeng_t2v_v30", 0...0, 6, [121, 241], [], 28),
        ("jimeng_i2v_first_v30_1080", 1...1, 0, [121, 241], [], 63),
        ("jimeng_i2v_first_tail_v30_1080", 2...2, 0, [121, 241], [], 63),
        ("jimeng_t2v_v30_1080p", 0...0, 6, [121, 241], [], 63),
        ("jimeng_vgfm_i2v_l20", 1...1, 7, [], [], 65),
        ("jimeng_vgfm_t2v_l20", 0...0, 7, [], [], 65),
        ("jimeng_dream_actor_m1_gen_video_cv", 0...0, 0, [], ["image_url", "video_url"], 50),
        ("jimeng_dreamactor_m20_gen_video", 1...1, 0, [], ["video_url"], 50),
        ("pippit_iv2v_cvtob", 0...0, 0, [], [], nil),
        ("pippit_iv2v_v20_cvtob", 0...0, 0, [], [], nil),
        ("pippit_iv2v_v20_cvtob_with_vinput", 0...0, 0, [], [], nil),
        ("pippit_iv2v_cvtob_master", 0...0, 0, [], [], nil),
        ("realman_video_remake_tob", 0...0, 0, [], [], nil),
        ("video_translate_v2_cvtob", 0...0, 0, [], [], nil),
        ("jimeng_t2i_v30", 0...0, 0, [], [], nil),
        ("jimeng_t2i_v31", 0...0, 0, [], [], nil),
        ("jimeng_t2i_v40", 0...10, 0, [], [], 22),
        ("jimeng_seedream46_cvtob", 0...14, 0, [], [], 22),
        ("jimeng_i2i_v30", 1...1, 0, [], [], nil),
        ("jimeng_image2image_dream_inpaint", 2...2, 0, [], [], nil),
        ("jimeng_i2i_seed3_tilesr_cvtob", 1...1, 0, [], [], nil),
        ("jimeng_img2img_seed3_painting_edit", 0...10, 0, [], [], nil),
        ("i2i_material_extraction", 0...10, 0, [], [], nil),
        ("jimeng_i2i_extract_tiled_images", 0...10, 0, [], [], nil),
    ]

    @Test("a model has what its page says", arguments: rows)
    func hasItsFacts(_ row: Row) throws {
        let model = try #require(catalogue.model(row.key))
        #expect(model.images.count == row.images)
        #expect(model.ratio?.allowed.count ?? 0 == row.ratios)
        #expect(model.frames?.allowed ?? [] == row.frames)
        #expect(model.parameters.filter(\.isRequired).map(\.name) == row.needed)
        #expect(model.price?.perUnit.microYuan == row.fen.map { $0 * 10_000 })
        #expect(model.linkLifetime == (model.output == .video ? .seconds(3_600) : .seconds(86_400)))
    }

    @Test("the table above is the whole catalogue, and every key stands once")
    func tableIsComplete() {
        #expect(ModelCatalogue.models.map(\.key).sorted() == Self.rows.map(\.key).sorted())
    }

    @Test("only S2.0 Pro knows 9:21, and its standard is 16:9 like all others'")
    func ratios() {
        for model in ModelCatalogue.models {
            guard let ratio = model.ratio else { continue }
            #expect(ratio.standard == AspectRatio(16, 9))
            #expect(
                ratio.allowed.contains(AspectRatio(9, 21)) == model.key.hasPrefix("jimeng_vgfm"))
        }
    }

    @Test(
        "models of other products are refused by name, even when said to be uncatalogued",
        arguments: RefusedModels.reasons.keys.sorted(), [false, true])
    func otherProducts(_ key: String, _ uncatalogued: Bool) {
        var request = GenerationRequest(model: key, prompt: "x")
        request.isUncatalogued = uncatalogued
        let problem = firstProblem(of: request)
        #expect(problem?.field == "model")
        #expect(problem?.remedy.contains("cannot be driven") == true)
        #expect(catalogue.model(key) == nil)
    }

    @Test(
        "a wrong key that is often seen is told the right one",
        arguments: WrongModelKeys.meant.keys.sorted())
    func wrongKeys(_ key: String) {
        let problem = firstProblem(of: GenerationRequest(model: key, prompt: "x"))
        for meant in WrongModelKeys.meant[key] ?? [] {
            #expect(catalogue.model(meant) != nil)
            #expect(problem?.remedy.contains("did you mean") == true)
            #expect(problem?.remedy.contains("\"\(meant)\"") == true)
        }
    }

    @Test("a slip of the pen is told the nearest key")
    func nearMiss() {
        let problem = firstProblem(of: GenerationRequest(model: "jimeng_t2v_v3O", prompt: "x"))
        #expect(problem?.remedy.contains("\"jimeng_t2v_v30\"") == true)
    }

    @Test("an unknown model is refused with the way through, and goes through when meant")
    func uncatalogued() throws {
        var request = GenerationRequest(model: "brand_new_model", prompt: "x")
        #expect(firstProblem(of: request)?.remedy.contains("\"uncatalogued\": true") == true)
        request.isUncatalogued = true
        request.frames = 481
        request.seed = 7
        request.aspectRatio = .ratio("2:1")
        request.parameters = ["style": "ink"]
        let prepared = try catalogue.validate(request)
        #expect(prepared.model == nil)
        #expect(prepared.expectedCost == nil)
        #expect(
            String(decoding: prepared.body(), as: UTF8.self)
                == #"{"req_key":"brand_new_model","prompt":"x","aspect_ratio":"2:1","seed":7,"#
                + #""frames":481,"style":"ink"}"#)
    }

    @Test("an uncatalogued name must still look like one", arguments: ["", "a b", "模型", "a\nb"])
    func malformedName(_ key: String) {
        var request = GenerationRequest(model: key, prompt: "x")
        request.isUncatalogued = true
        #expect(firstProblem(of: request)?.field == "model")
    }

    @Test("a request without a model gets the original script's, unless another default is set")
    func defaultModel() throws {
        var request = GenerationRequest(prompt: "x")
        request.imageURLs = ["https://example.com/a.jpg"]
        #expect(try catalogue.validate(request).modelKey == "jimeng_vgfm_i2v_l20")
        let other = ModelCatalogue(defaultModel: "jimeng_i2v_first_v30")
        #expect(try other.validate(request).modelKey == "jimeng_i2v_first_v30")
    }

    private func firstProblem(of request: GenerationRequest) -> RequestProblem? {
        do {
            _ = try catalogue.validate(request)
            return nil
        } catch {
            guard case .invalidRequest(let problems) = error else { return nil }
            return problems.first
        }
    }
}
