// The image models of the submit/query family, as data (jimeng-api.md sections 7 and 8).

extension Model {
    static let imageModels: [Model] = [
        textToImage("jimeng_t2i_v30", "text to image 3.0"),
        textToImage("jimeng_t2i_v31", "text to image 3.1"),
        Model(
            key: "jimeng_t2i_v40", title: "image 4.0", output: .images, certainty: .vendor,
            images: .upTo(10), prompt: PromptRule(need: .required),
            parameters: sized + [.optional("scale", .number(0...1))], price: .perImage(fen: 22)),
        Model(
            key: "jimeng_seedream46_cvtob", title: "image 4.6", output: .images,
            certainty: .vendor, images: .upTo(14), prompt: PromptRule(need: .required),
            parameters: sized + [.optional("scale", .integer(1...100))],
            price: .perImage(fen: 22)),
        Model(
            key: "jimeng_i2i_v30", title: "image to image 3.0", output: .images,
            certainty: .vendor, images: .still(1...1), seed: .family30,
            parameters: [
                .optional("scale", .number(0...1)), .optional("width", .integer(512...2016)),
                .optional("height", .integer(512...2016)),
            ]),
        Model(
            key: "jimeng_image2image_dream_inpaint", title: "inpainting (image, mask)",
            output: .images, certainty: .vendor, images: .picture(2...2),
            seed: SeedRule(bounds: -1...Int128(Int64.max), standard: 101)),
        Model(
            key: "jimeng_i2i_seed3_tilesr_cvtob", title: "upscaling to 4k or 8k",
            output: .images, certainty: .confirmed, images: .picture(1...1),
            parameters: [
                .optional("resolution", .choice(["4k", "8k"])),
                .optional("scale", .integer(0...100)),
            ]),
        editing("jimeng_img2img_seed3_painting_edit", "outpainting"),
        editing("i2i_material_extraction", "material extraction"),
        editing("jimeng_i2i_extract_tiled_images", "product extraction"),
    ]

    private static func textToImage(_ key: String, _ title: String) -> Model {
        Model(
            key: key, title: title, output: .images, certainty: .confirmed,
            prompt: PromptRule(need: .required), seed: .family30,
            parameters: [
                .optional("width", .positive), .optional("height", .positive),
                .optional("use_pre_llm", .flag),
            ])
    }

    /// Known by name only: whatever its pictures and parameters are, they go through.
    private static func editing(_ key: String, _ title: String) -> Model {
        Model(
            key: key, title: title, output: .images, certainty: .single,
            images: .picture(0...10))
    }

    /// `size` is an area in pixels; `width` and `height` go together in its place.
    private static let sized: [Parameter] = [
        .optional("size", .integer(1_048_576...16_777_216)), .optional("width", .positive),
        .optional("height", .positive), .optional("force_single", .flag),
        .optional("min_ratio", .positive), .optional("max_ratio", .positive),
        .optional("callback_url", .url),
    ]
}

extension Model.ImageRule {
    /// So many pictures of 15 MB, or none.
    fileprivate static func upTo(_ count: Int) -> Self { picture(0...count) }

    /// Pictures of models whose page states neither size nor kind; 15 MB is the largest of any.
    fileprivate static func picture(_ count: ClosedRange<Int>) -> Self {
        Self(count: count, maximumBytes: 15_728_640, formats: Set(ImageFormat.allCases))
    }
}
