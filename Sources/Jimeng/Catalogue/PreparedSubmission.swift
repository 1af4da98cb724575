// A request that has been checked and can be turned into the bytes of a submit.

import JSON

/// A picture that goes with a request.
package enum ImageInput: Sendable, Equatable {
    case url(String)
    /// Bare base64.
    case base64(String)
}

/// How the ratio of a submission comes about.
enum RatioPlan: Sendable, Equatable {
    /// None is sent.
    case none
    case fixed(AspectRatio)
    /// The nearest to the first image's.
    case nearest(Model.RatioRule)
}

/// Everything about a submission but the ratio and the seed, which may differ between attempts.
package struct PreparedSubmission: Sendable, Equatable {
    /// The `req_key`; a query must name the same one, so it belongs to the task.
    package let modelKey: String
    /// `nil` for a model that the catalogue does not know.
    package let model: Model?
    package let images: [ImageInput]
    /// How long the video will be, in frames; `nil` for images or when it is not known.
    package let frames: Int?
    /// What one result costs; `nil` when it is not known. An image model may deliver, and charge for,
    /// more than one image.
    package let expectedCost: Cost?
    /// What `expectedCost` is reckoned from.
    package let price: Price?

    private let ratioPlan: RatioPlan
    private let prompt: String?
    private let seed: Int128?
    private let sentFrames: Int?
    private let parameters: JSONObject

    init(_ check: RequestCheck, modelKey: String, price: Price?) {
        let (request, model) = (check.request, check.model)
        self.modelKey = modelKey
        self.model = model
        images = check.images
        ratioPlan = check.ratio
        prompt = request.prompt
        seed = request.seed
        // The standard is sent too, so that what is expected to be paid is what is ordered.
        sentFrames =
            model.map { $0.frames == nil ? nil : request.frames ?? $0.frames?.standard }
            ?? request.frames
        frames = sentFrames ?? model?.fixedFrames
        self.price = price
        expectedCost = price?.cost(frames: frames)
        parameters = request.parameters
    }
}

extension PreparedSubmission {
    /// Whether the size of the first image is wanted before the submit, to choose the ratio.
    package var wantsProbe: Bool { !candidateRatios.isEmpty }

    /// The ratios to choose the nearest one from; empty when there is nothing to choose.
    package var candidateRatios: [AspectRatio] {
        if case .nearest(let rule) = ratioPlan { rule.allowed } else { [] }
    }

    /// The ratio that is sent when nothing is known about the image; `nil` if none is sent.
    package var defaultRatio: AspectRatio? {
        switch ratioPlan {
        case .none: nil
        case .fixed(let ratio): ratio
        case .nearest(let rule): rule.standard
        }
    }

    /// How long the links of the result will live; the shorter time for an unknown model.
    package var linkLifetime: Duration { model?.linkLifetime ?? .seconds(3_600) }

    /// The ratio that a submit sends after a probe that found `probed` to be the nearest one.
    package func ratio(probed: AspectRatio?) -> AspectRatio? {
        if let probed, candidateRatios.contains(probed) { probed } else { defaultRatio }
    }

    /// The JSON to be sent. Hash and send these very bytes.
    ///
    /// - Parameters:
    ///   - ratio: what the probe chose among `candidateRatios`; anything else means the default.
    ///   - seed: takes the place of the request's seed if the model takes one; the retry of a refused
    ///     result needs a new one.
    package func body(ratio: AspectRatio? = nil, seed: Int128? = nil) -> [UInt8] {
        let newSeed = model.map { $0.seed == nil ? nil : seed } ?? seed
        var body: JSONObject = ["req_key": JSON(modelKey)]
        add(images, to: &body)
        body["prompt"] = prompt.map { JSON($0) }
        body["aspect_ratio"] = self.ratio(probed: ratio).map { JSON($0.description) }
        body["seed"] = (newSeed ?? self.seed).map { JSON($0) }
        body["frames"] = sentFrames.map { JSON($0) }
        for member in parameters { body[member.key] = member.value }
        return JSON(body).serialized()
    }

    private func add(_ images: [ImageInput], to body: inout JSONObject) {
        let urls = images.compactMap { if case .url(let url) = $0 { JSON(url) } else { nil } }
        let texts = images.compactMap { if case .base64(let text) = $0 { JSON(text) } else { nil } }
        if !urls.isEmpty { body["image_urls"] = .array(urls) }
        if !texts.isEmpty { body["binary_data_base64"] = .array(texts) }
    }
}
