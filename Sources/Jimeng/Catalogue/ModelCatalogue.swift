// The models that are known, and the gate that every request passes.

/// Looks models up and turns requests into submissions.
package struct ModelCatalogue: Sendable {
    /// The model of a request that names none.
    package let defaultModel: String

    /// Prices that take the place of the catalogue's, by model; also for models that it does not know.
    package var prices: [String: Price] = [:]

    /// The model of the script that this worker grew out of: image to video S2.0 Pro.
    package static let standardModel = "jimeng_vgfm_i2v_l20"

    package init(defaultModel: String = Self.standardModel) { self.defaultModel = defaultModel }

    /// Every known model of the submit/query family, videos first.
    package static let models = Model.videoModels + Model.imageModels

    private static let byKey = Dictionary(
        models.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })

    /// The model of that key; `nil` when it is not in the catalogue.
    package func model(_ key: String) -> Model? { Self.byKey[key] }

    /// Checks a request against its model.
    ///
    /// - Throws: `JimengError.invalidRequest` with everything that is wrong with it at once.
    package func validate(
        _ request: GenerationRequest
    ) throws(JimengError) -> PreparedSubmission {
        let key = request.model ?? defaultModel
        let model = model(key)
        if model == nil, let problem = problem(withUnknown: key, isMeant: request.isUncatalogued) {
            throw .invalidRequest([problem])
        }
        let check = RequestCheck(request, model: model)
        guard check.problems.isEmpty else { throw .invalidRequest(check.problems) }
        return PreparedSubmission(check, modelKey: key, price: prices[key] ?? model?.price)
    }

    /// The least that any task costs whose price is known.
    package var cheapest: Cost? {
        let known = Self.models.compactMap { model in
            let frames = model.frames?.allowed.min() ?? model.fixedFrames
            return (prices[model.key] ?? model.price)?.cost(frames: frames)
        }
        return (known + prices.values.compactMap { $0.cost(frames: nil) }).min()
    }
}

extension ModelCatalogue {
    private func problem(withUnknown key: String, isMeant: Bool) -> RequestProblem? {
        if let reason = RefusedModels.reasons[key] {
            return RequestProblem("model", key, "cannot be driven by this worker: \(reason)")
        }
        guard !isMeant else { return isKeyLike(key) ? nil : malformed(key) }
        if let meant = WrongModelKeys.meant[key] {
            return RequestProblem(
                "model", key, "there is no such model, did you mean \(quoted(meant))?")
        }
        if let nearest = nearest(to: key) {
            return RequestProblem(
                "model", key,
                "not in the catalogue, did you mean \(quoted([nearest]))? \(Self.wayThrough)")
        }
        return RequestProblem("model", key, "not in the catalogue. \(Self.wayThrough)")
    }

    private static let wayThrough =
        "To send a model that the catalogue does not know, say \"uncatalogued\": true"

    /// Letters, digits and a few marks, one to 128 of them.
    private func isKeyLike(_ key: String) -> Bool {
        (1...128).contains(key.utf8.count)
            && key.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_-.".contains($0)) }
    }

    private func malformed(_ key: String) -> RequestProblem {
        RequestProblem("model", key, "must be 1 to 128 letters, digits, or any of _ - .")
    }

    private func quoted(_ keys: [String]) -> String {
        keys.map { "\"\($0)\"" }.joined(separator: " or ")
    }

    /// The known key that differs by at most three letters, if there is one.
    private func nearest(to key: String) -> String? {
        guard key.utf8.count <= 128 else { return nil }
        return Self.models.map { ($0.key, editDistance($0.key, key)) }
            .filter { $0.1 <= 3 }
            .min { $0.1 < $1.1 }?.0
    }
}
