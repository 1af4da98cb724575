// The body of a submit, and what the provider checks of it (sections 5 and 7).

import FoundationEssentials

/// The fields that the provider looks at; others are ignored.
struct SubmitForm: Decodable, Sendable {
    var reqKey: String?
    var prompt: String?
    var imageURLs: [String]?
    var imagesBase64: [String]?
    var imageURL: String?
    var videoURL: String?
    var seed: Seed?
    var frames: Int?
    var aspectRatio: String?
    var templateID: String?
    var cameraStrength: String?

    enum CodingKeys: String, CodingKey {
        case reqKey = "req_key"
        case prompt
        case imageURLs = "image_urls"
        case imagesBase64 = "binary_data_base64"
        case imageURL = "image_url"
        case videoURL = "video_url"
        case seed, frames
        case aspectRatio = "aspect_ratio"
        case templateID = "template_id"
        case cameraStrength = "camera_strength"
    }

    /// -1 for random, or up to 2^64-1 (S2.0 Pro).
    struct Seed: Decodable, Sendable {
        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if (try? container.decode(UInt64.self)) != nil { return }
            guard try container.decode(Int.self) == -1 else {
                throw DecodingError.dataCorruptedError(
                    in: container, debugDescription: "seed must be -1 or more")
            }
        }
    }

    /// Decodes a body; anything that is not such an object is 50215.
    init(json body: [UInt8]) throws(Refusal) {
        do {
            self = try JSONDecoder().decode(Self.self, from: Data(body))
        } catch let error as DecodingError {
            throw .invalidInput(Self.explain(error))
        } catch {
            throw .invalidInput("not JSON")
        }
    }

    private static func explain(_ error: DecodingError) -> String {
        switch error {
        case .typeMismatch(_, let context), .valueNotFound(_, let context),
            .keyNotFound(_, let context):
            let path = context.codingPath.map(\.stringValue).joined(separator: ".")
            return path.isEmpty ? "the body is not an object" : "\(path) has a wrong type"
        case .dataCorrupted(let context):
            let path = context.codingPath.map(\.stringValue).joined(separator: ".")
            return path.isEmpty ? "the body is not JSON" : "\(path) is not valid"
        @unknown default:
            return "the body is not valid"
        }
    }

    /// The model this form is for, after all checks have passed.
    func checked() throws(Refusal) -> SimulatedModel {
        guard let reqKey, !reqKey.isEmpty else { throw Refusal(50200, "req_key is missing.") }
        guard let model = SimulatedModel.named(reqKey) else {
            throw Refusal(50204, "req_key \(reqKey) is not supported.")
        }
        try checkImages(model)
        try checkPrompt(model)
        try checkParameters(model)
        return model
    }

    private var imageCount: Int { (imageURLs ?? []).count + (imagesBase64 ?? []).count }

    private func checkImages(_ model: SimulatedModel) throws(Refusal) {
        if imageURLs?.isEmpty == false, imagesBase64?.isEmpty == false {
            throw .invalidInput("either image_urls or binary_data_base64, not both")
        }
        guard model.images.contains(imageCount) else {
            throw .invalidInput("\(model.key) takes \(model.images) images, got \(imageCount)")
        }
        for url in imageURLs ?? [] where !Self.isAddress(url) {
            throw .invalidInput("image_urls must be http or https")
        }
        // A `data:` prefix or a line break makes it undecodable, as at the provider (section 5,
        // 50207).
        for image in imagesBase64 ?? [] where Data(base64Encoded: image)?.isEmpty ?? true {
            throw Refusal(50207)
        }
    }

    private static func isAddress(_ text: String) -> Bool {
        text.hasPrefix("https://") || text.hasPrefix("http://")
    }

    private func checkPrompt(_ model: SimulatedModel) throws(Refusal) {
        guard prompt?.isEmpty ?? true else { return }
        switch model.prompt {
        case .optional: return
        case .unlessImage where imageCount > 0: return
        case .unlessImage: throw .invalidInput("a prompt or an image is needed")
        case .required: throw .invalidInput("prompt is missing")
        }
    }

    private func checkParameters(_ model: SimulatedModel) throws(Refusal) {
        if let frames, !model.frames.isEmpty, !model.frames.contains(frames) {
            throw .invalidInput("frames must be 121 or 241")
        }
        if let aspectRatio, !model.ratios.isEmpty, !model.ratios.contains(aspectRatio) {
            throw .invalidInput("aspect_ratio \"\(aspectRatio)\" is not one of the model's")
        }
        let fields: [(SimulatedModel.Field, String?)] = [
            (.templateID, templateID), (.cameraStrength, cameraStrength), (.imageURL, imageURL),
            (.videoURL, videoURL),
        ]
        for (field, value) in fields
        where model.alsoRequired.contains(field) && value?.isEmpty ?? true {
            throw .invalidInput("\(model.key) needs \(field.rawValue)")
        }
    }

    /// The frames of the video that this form asks for.
    func length(for model: SimulatedModel) -> Int {
        model.frames.isEmpty ? 121 : frames ?? 121
    }
}
