// Checks one request against one model and gathers everything that is wrong.

import JSON

/// Walks through a request once; what it finds wrong is in `problems`, what it made in the rest.
struct RequestCheck {
    let request: GenerationRequest
    /// `nil` for a model that is let through unchecked: then only what holds for all is checked.
    let model: Model?

    private(set) var problems: [RequestProblem] = []
    private(set) var images: [ImageInput] = []
    private(set) var ratio: RatioPlan = .none

    init(_ request: GenerationRequest, model: Model?) {
        self.request = request
        self.model = model
        checkImages()
        checkPrompt()
        checkRatio()
        checkSeed()
        checkFrames()
        checkParameters()
    }

    private mutating func refuse(_ field: String, _ value: String = "", _ remedy: String) {
        problems.append(RequestProblem(field, value, remedy))
    }
}

extension RequestCheck {
    /// No request needs more; the models that state a number take at most fourteen.
    private static let maximumImages = 100

    private mutating func checkImages() {
        if !request.imageURLs.isEmpty, !request.imagesBase64.isEmpty {
            refuse("images_base64", "", "goes in place of image_urls, not together with it")
        }
        let count = request.imageURLs.count + request.imagesBase64.count
        let wanted = model?.images.count ?? 0...Self.maximumImages
        guard wanted.contains(count) else {
            return refuse("image_urls", "\(count) images", Self.remedy(count: wanted))
        }
        for (index, url) in request.imageURLs.enumerated() {
            if let problem = ImageURL.problem(in: url) {
                // Without the address: it may hold a password or a signature, and problems reach records and logs.
                refuse("image_urls[\(index)]", "", problem)
            }
            images.append(.url(url))
        }
        for (index, text) in request.imagesBase64.enumerated() {
            do {
                images.append(.base64(try Base64Image(text, rule: model?.images).text))
            } catch {
                refuse("images_base64[\(index)]", text, remedy(for: error))
            }
        }
    }

    private static func remedy(count: ClosedRange<Int>) -> String {
        switch (count.lowerBound, count.upperBound) {
        case (0, 0): "this model takes no images"
        case (let low, let high) where low == high:
            "this model takes exactly \(low), by image_urls or by images_base64"
        case (let low, let high):
            "this model takes \(low) to \(high), by image_urls or by images_base64"
        }
    }

    private func remedy(for fault: Base64Image.Fault) -> String {
        switch fault {
        case .empty: return "must not be empty"
        case .notBase64: return "must be base64 of the standard alphabet, padded with ="
        case .tooLarge(let bytes):
            let limit = model?.images.maximumBytes ?? 0
            return "holds \(bytes) bytes, the model takes at most \(limit)"
        case .wrongFormat(let format):
            let known = model?.images.formats ?? Set(ImageFormat.allCases)
            let names = ImageFormat.allCases.filter(known.contains).map(\.rawValue)
            let found = format.map { "is \($0.rawValue) and " } ?? ""
            return "\(found)must be a picture: \(names.joined(separator: ", "))"
        }
    }
}

extension RequestCheck {
    private mutating func checkPrompt() {
        guard let rule = model?.prompt else { return }
        let prompt = request.prompt ?? ""
        if prompt.allSatisfy(\.isWhitespace) {
            let isNeeded =
                switch rule.need {
                case .required: true
                case .requiredWithoutImage:
                    request.imageURLs.isEmpty && request.imagesBase64.isEmpty
                case .optional: false
                }
            if isNeeded { refuse("prompt", "", "this model needs one") }
        }
        let length = prompt.unicodeScalars.count
        if let maximum = rule.maximum, length > maximum {
            refuse("prompt", prompt, "has \(length) characters, the model takes at most \(maximum)")
        }
    }

    private mutating func checkRatio() {
        guard let choice = request.aspectRatio else { return }
        let hasImage = !request.imageURLs.isEmpty || !request.imagesBase64.isEmpty
        guard let model else {
            if case .ratio(let text) = choice { checkAnyRatio(text) }
            return
        }
        let rule = model.ratio.flatMap { $0.goesWithImage || !hasImage ? $0 : nil }
        switch (choice, rule) {
        case (.auto, nil): ratio = .none
        case (.auto, let rule?): ratio = hasImage ? .nearest(rule) : .fixed(rule.standard)
        case (.ratio(let text), nil):
            let reason = model.ratio == nil ? "this model takes none" : "goes with text only here"
            refuse("aspect_ratio", text, "\(reason): leave it out, or say auto")
        case (.ratio(let text), let rule?):
            guard let wanted = AspectRatio(text), rule.allowed.contains(wanted) else {
                let names = rule.allowed.map(\.description).joined(separator: ", ")
                return refuse("aspect_ratio", text, "must be auto or one of \(names)")
            }
            ratio = .fixed(wanted)
        }
    }

    private mutating func checkAnyRatio(_ text: String) {
        guard let wanted = AspectRatio(text) else {
            return refuse("aspect_ratio", text, "must be auto or two numbers such as 16:9")
        }
        ratio = .fixed(wanted)
    }

    private mutating func checkSeed() {
        guard let seed = request.seed, let model else { return }
        guard let rule = model.seed else {
            return refuse("seed", "\(seed)", "this model is not known to take one: leave it out")
        }
        if !rule.bounds.contains(seed) {
            let (low, high) = (rule.bounds.lowerBound, rule.bounds.upperBound)
            refuse("seed", "\(seed)", "must be from \(low) (chosen for you) to \(high)")
        }
    }

    private mutating func checkFrames() {
        guard let frames = request.frames else { return }
        guard let model else {
            if !(1...100_000).contains(frames) {
                refuse("frames", "\(frames)", "must be from 1 to 100000")
            }
            return
        }
        if let rule = model.frames {
            let names = rule.allowed.map(String.init).joined(separator: ", ")
            if !rule.allowed.contains(frames) {
                refuse("frames", "\(frames)", "must be one of \(names) (24 a second and one more)")
            }
        } else if frames != model.fixedFrames {
            refuse(
                "frames", "\(frames)", "the length cannot be chosen with this model: leave it out")
        }
    }
}

extension RequestCheck {
    /// The fields that are this worker's to set, with the request's own name for each.
    private static let own = [
        "req_key": "model", "prompt": "prompt", "image_urls": "image_urls",
        "binary_data_base64": "images_base64", "aspect_ratio": "aspect_ratio", "seed": "seed",
        "frames": "frames", "task_id": "", "req_json": "",
    ]

    private mutating func checkParameters() {
        for member in request.parameters where isOwn(member.key) {
            let name = Self.own[member.key] ?? ""
            let remedy = name.isEmpty ? "take it out" : "give it as \(name)"
            refuse("parameters.\(member.key)", "", "the worker sets this field itself: \(remedy)")
        }
        guard let model else { return }
        problems += model.parameters.compactMap {
            $0.problem(with: request.parameters[$0.name])
        }
        let (width, height) = (request.parameters["width"], request.parameters["height"])
        if (width == nil) != (height == nil),
            model.parameters.contains(where: { $0.name == "width" })
        {
            refuse("parameters.\(width == nil ? "width" : "height")", "", "goes with its twin")
        }
    }

    /// A field that this model is not known to have may be given as a parameter.
    private func isOwn(_ name: String) -> Bool {
        switch name {
        case "aspect_ratio": model.map { $0.ratio != nil } ?? true
        case "seed": model.map { $0.seed != nil } ?? true
        case "frames": model.map { $0.frames != nil } ?? true
        default: Self.own[name] != nil
        }
    }
}
