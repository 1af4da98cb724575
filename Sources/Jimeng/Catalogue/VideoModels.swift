// The video models of the submit/query family, as data (jimeng-api.md sections 7 and 8).

extension Model {
    static let videoModels: [Model] =
        [
            Model(
                key: "jimeng_ti2v_v30_pro", title: "video 3.0 Pro 1080P, text or first frame",
                output: .video, certainty: .vendor, images: .still(0...1),
                prompt: .family30(.requiredWithoutImage), ratio: .family30, frames: .family30,
                seed: .family30, price: .pro),
            firstFrame("jimeng_i2v_first_v30", "video 3.0 720P, first frame", .vendor, .p720),
            firstFrame(
                "jimeng_i2v_first_v30_1080", "video 3.0 1080P, first frame", .confirmed, .p1080),
            firstAndLast(
                "jimeng_i2v_first_tail_v30", "video 3.0 720P, first and last frame", .p720),
            firstAndLast(
                "jimeng_i2v_first_tail_v30_1080", "video 3.0 1080P, first and last frame", .p1080),
            cameraMove,
            text("jimeng_t2v_v30", "video 3.0 720P, text", .vendor, .p720),
            text("jimeng_t2v_v30_1080p", "video 3.0 1080P, text", .confirmed, .p1080),
            s20Pro("jimeng_vgfm_i2v_l20", "video S2.0 Pro, image", images: .still(1...1)),
            s20Pro("jimeng_vgfm_t2v_l20", "video S2.0 Pro, text", images: .none),
        ] + imitations + agents

    private static func firstFrame(
        _ key: String, _ title: String, _ certainty: Certainty, _ price: Price
    ) -> Model {
        Model(
            key: key, title: title, output: .video, certainty: certainty, images: .still(1...1),
            prompt: .family30(.required), frames: .family30, seed: .family30, price: price)
    }

    private static func firstAndLast(_ key: String, _ title: String, _ price: Price) -> Model {
        Model(
            key: key, title: title, output: .video, certainty: .vendor, images: .still(2...2),
            prompt: .family30(.required), frames: .family30, seed: .family30, price: price)
    }

    private static func text(
        _ key: String, _ title: String, _ certainty: Certainty, _ price: Price
    ) -> Model {
        Model(
            key: key, title: title, output: .video, certainty: certainty,
            prompt: .family30(.required), ratio: .family30, frames: .family30, seed: .family30,
            price: price)
    }

    private static let cameraMove: Model = {
        var model = firstFrame(
            "jimeng_i2v_recamera_v30", "video 3.0 720P, camera move", .vendor, .p720)
        model.parameters = [
            .required(
                "template_id",
                .choice([
                    "hitchcock_dolly_in", "hitchcock_dolly_out", "robo_arm", "dynamic_orbit",
                    "central_orbit", "crane_push", "quick_pull_back", "counterclockwise_swivel",
                    "clockwise_swivel", "handheld", "rapid_push_pull",
                ])),
            .required("camera_strength", .choice(["weak", "medium", "strong"])),
        ]
        return model
    }()

    /// Always five seconds long; the vendor is withdrawing it.
    private static func s20Pro(_ key: String, _ title: String, images: ImageRule) -> Model {
        Model(
            key: key, title: title, output: .video, certainty: .confirmed, images: images,
            prompt: PromptRule(
                need: images.count.upperBound == 0 ? .required : .optional, maximum: 150),
            ratio: .s20Pro, seed: SeedRule(bounds: -1...Int128(UInt64.max)),
            price: .perSecond(fen: 65), fixedFrames: 121)
    }
}

extension Model {
    /// Action imitation: as long as the video it follows, so that its cost is not known beforehand.
    private static let imitations = [
        Model(
            key: "jimeng_dream_actor_m1_gen_video_cv", title: "action imitation 1.0",
            output: .video, certainty: .confirmed,
            parameters: [.required("image_url", .url), .required("video_url", .url)],
            price: .perSecond(fen: 50, .single)),
        Model(
            key: "jimeng_dreamactor_m20_gen_video", title: "action imitation 2.0, 720P",
            output: .video, certainty: .vendor, images: .still(1...1),
            parameters: [
                .required("video_url", .url),
                .optional("cut_result_first_second_switch", .flag),
                .optional("callback_url", .url),
            ], price: .perSecond(fen: 50, .single)),
    ]

    private static let agents =
        [
            "pippit_iv2v_cvtob", "pippit_iv2v_v20_cvtob", "pippit_iv2v_v20_cvtob_with_vinput",
            "pippit_iv2v_cvtob_master",
        ].map { key in
            Model(
                key: key, title: "Xiaoyunque agent", output: .video, certainty: .confirmed,
                parameters: [
                    .optional("img_url_list", .urls(0...100)),
                    .optional("video_url_list", .urls(0...100)), .optional("duration", .any),
                    .optional("ratio", .any), .optional("language", .any),
                ])
        } + [
            Model(
                key: "realman_video_remake_tob", title: "video remake", output: .video,
                certainty: .single),
            Model(
                key: "video_translate_v2_cvtob", title: "video translation", output: .video,
                certainty: .single),
        ]
}

extension Model.ImageRule {
    /// 4.7 MB of JPEG or PNG.
    static func still(_ count: ClosedRange<Int>) -> Self {
        Self(count: count, maximumBytes: 4_928_307, formats: [.jpeg, .png])
    }
}

extension Model.PromptRule {
    /// 400 characters are advised; beyond 800 there may be no effect.
    static func family30(_ need: Need) -> Self {
        Self(need: need, advised: 400, maximum: 800)
    }
}

extension Model.RatioRule {
    private static let six = [
        AspectRatio(16, 9), AspectRatio(4, 3), AspectRatio(1, 1), AspectRatio(3, 4),
        AspectRatio(9, 16), AspectRatio(21, 9),
    ]

    /// For text only: with an image the model takes the nearest of these by itself.
    static let family30 = Self(
        allowed: six, standard: AspectRatio(16, 9), goesWithImage: false)

    static let s20Pro = Self(
        allowed: six + [AspectRatio(9, 21)], standard: AspectRatio(16, 9), goesWithImage: true)
}

extension Model.FrameRule {
    /// Five or ten seconds.
    static let family30 = Self(allowed: [121, 241], standard: 121)
}

extension Model.SeedRule {
    /// No upper bound is stated; 2^63 - 1 is ours (mark D).
    static let family30 = Self(bounds: -1...Int128(Int64.max))
}

extension Price {
    static let p720 = perSecond(fen: 28, listed: "2026-09-01")
    static let p1080 = perSecond(fen: 63, listed: "2026-09-01")
    static let pro = perSecond(fen: 100)
}
