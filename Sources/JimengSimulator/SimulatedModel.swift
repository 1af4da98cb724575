// The models that the simulated provider knows, from sections 7 and 8 of its document.

/// What one `req_key` asks for and costs.
struct SimulatedModel: Sendable, Equatable {
    enum Product: Sendable, Equatable {
        /// Priced per second of video.
        case video
        /// Priced per image.
        case image
    }

    enum Prompt: Sendable, Equatable {
        case required, optional
        /// At least one of prompt and image (3.0 Pro).
        case unlessImage
    }

    let key: String
    let product: Product
    /// Price of a second or of an image.
    let price: Fen
    /// How many images a submit has to bring.
    let images: ClosedRange<Int>
    let prompt: Prompt
    /// Allowed values of `aspect_ratio`; empty when the model ignores it.
    var ratios: Set<String> = []
    /// Allowed values of `frames`; empty when the model has one length, of 5 seconds.
    var frames: Set<Int> = []
    /// Other fields that must be there.
    var alsoRequired: Set<Field> = []

    /// A field of the submit body that only some models ask for.
    enum Field: String, Sendable {
        case templateID = "template_id"
        case cameraStrength = "camera_strength"
        case imageURL = "image_url"
        case videoURL = "video_url"
    }

    /// The model of that key.
    static func named(_ key: String) -> Self? { table[key] }

    /// The price of a finished task with that many frames.
    func price(frames: Int) -> Fen {
        product == .image ? price : Fen(price.count * (frames - 1) / 24)
    }

    private static let table: [String: SimulatedModel] = Dictionary(
        uniqueKeysWithValues: (video30 + videoOthers + images).map { ($0.key, $0) })

    private static let lengths: Set<Int> = [121, 241]
    private static let ratios30: Set<String> = ["16:9", "4:3", "1:1", "3:4", "9:16", "21:9"]
    private static let ratiosS20 = ratios30.union(["9:21"])

    private static let video30: [SimulatedModel] = [
        video("jimeng_ti2v_v30_pro", 100, 0...1, .unlessImage, ratios: ratios30, frames: lengths),
        video("jimeng_i2v_first_v30", 28, 1...1, .required, frames: lengths),
        video("jimeng_i2v_first_tail_v30", 28, 2...2, .required, frames: lengths),
        video(
            "jimeng_i2v_recamera_v30", 28, 1...1, .required, frames: lengths,
            alsoRequired: [.templateID, .cameraStrength]),
        video("jimeng_t2v_v30", 28, 0...0, .required, ratios: ratios30, frames: lengths),
        video("jimeng_i2v_first_v30_1080", 63, 1...1, .required, frames: lengths),
        video("jimeng_i2v_first_tail_v30_1080", 63, 2...2, .required, frames: lengths),
        video("jimeng_t2v_v30_1080p", 63, 0...0, .required, ratios: ratios30, frames: lengths),
    ]

    private static let videoOthers: [SimulatedModel] = [
        video("jimeng_vgfm_i2v_l20", 65, 1...1, .optional, ratios: ratiosS20),
        video("jimeng_vgfm_t2v_l20", 65, 0...0, .required, ratios: ratiosS20),
        video(
            "jimeng_dream_actor_m1_gen_video_cv", 50, 0...0, .optional,
            alsoRequired: [.imageURL, .videoURL]),
        video("jimeng_dreamactor_m20_gen_video", 50, 1...1, .optional, alsoRequired: [.videoURL]),
    ]

    // Only 4.0 and 4.6 have a published price; the others are given the same.
    private static let images: [SimulatedModel] = [
        image("jimeng_t2i_v30", 0...0, .required), image("jimeng_t2i_v31", 0...0, .required),
        image("jimeng_t2i_v40", 0...10, .required),
        image("jimeng_seedream46_cvtob", 0...14, .required),
        image("jimeng_i2i_v30", 1...1, .required),
        image("jimeng_image2image_dream_inpaint", 2...2, .optional),
        image("jimeng_i2i_seed3_tilesr_cvtob", 1...1, .optional),
    ]

    private static func video(
        _ key: String, _ fenPerSecond: Int, _ images: ClosedRange<Int>, _ prompt: Prompt,
        ratios: Set<String> = [], frames: Set<Int> = [], alsoRequired: Set<Field> = []
    ) -> Self {
        SimulatedModel(
            key: key, product: .video, price: Fen(fenPerSecond), images: images, prompt: prompt,
            ratios: ratios, frames: frames, alsoRequired: alsoRequired)
    }

    private static func image(_ key: String, _ images: ClosedRange<Int>, _ prompt: Prompt) -> Self {
        SimulatedModel(
            key: key, product: .image, price: Fen(22), images: images, prompt: prompt)
    }
}
