// The JSON bodies of the provider's answers (sections 3a, 3b and 4).

/// Writes answers. Made for each call, because each carries an id and a time of its own.
struct ServiceBodies {
    let requestID: String
    let timeElapsed: String

    init(at now: WallTime, _ generator: inout SplitMix64) {
        let digits = now.basic.filter(\.isNumber)
        requestID = digits + generator.hex(digits: 20).uppercased()
        // A Go duration: mostly milliseconds, sometimes with the micro sign (section 3b).
        let word = generator.next()
        timeElapsed =
            word % 8 == 0
            ? "\(word >> 8 & 0x3FF).\(100 + word >> 20 & 0xFF)µs"
            : "\(20 + word >> 8 & 0x7F).\(100_000 + word >> 20 & 0xFFFF)ms"
    }

    func accepted(taskID: String) -> SimulatedAnswer {
        .json(200, success(.object([("task_id", .string(taskID))])))
    }

    /// A query's answer while there is nothing to hand out.
    func status(_ status: String) -> SimulatedAnswer {
        .json(200, success(data(status: status)))
    }

    func video(url: String) -> SimulatedAnswer {
        .json(200, success(data(status: "done", videoURL: url)))
    }

    func images(links: [String], base64: [String]) -> SimulatedAnswer {
        .json(200, success(data(status: "done", imageURLs: links, imagesBase64: base64)))
    }

    func refusal(_ refusal: Refusal, request: SimulatedRequest) -> SimulatedAnswer {
        let code = ProviderCode.numbered(refusal.code)
        let message = refusal.message ?? code.message
        let body =
            ProviderCode.isGateway(refusal.code)
            ? gatewayError(code, message, request) : serviceError(refusal.code, message)
        return .json(code.httpStatus, body)
    }

    private func success(_ data: JSONText) -> JSONText {
        service(code: 10000, data: data, message: "Success")
    }

    private func serviceError(_ code: Int, _ message: String) -> JSONText {
        service(code: code, data: .null, message: message)
    }

    private func service(code: Int, data: JSONText, message: String) -> JSONText {
        .object([
            ("code", .integer(code)), ("data", data), ("message", .string(message)),
            ("request_id", .string(requestID)), ("status", .integer(code)),
            ("time_elapsed", .string(timeElapsed)),
        ])
    }

    /// Fields that are not ready are empty or null, as in the real body that section 4 quotes.
    private func data(
        status: String, videoURL: String = "", imageURLs: [String] = [],
        imagesBase64: [String] = []
    ) -> JSONText {
        .object([
            ("binary_data_base64", .array(imagesBase64.map(JSONText.string))),
            ("image_urls", imageURLs.isEmpty ? .null : .array(imageURLs.map(JSONText.string))),
            ("resp_data", .string("")), ("status", .string(status)),
            ("video_url", .string(videoURL)),
        ])
    }

    private func gatewayError(
        _ code: ProviderCode, _ message: String, _ request: SimulatedRequest
    ) -> JSONText {
        let error: JSONText = .object([
            ("CodeN", .integer(code.number)), ("Code", .string(code.name)),
            ("Message", .string(message)),
        ])
        let metadata: JSONText = .object([
            ("RequestId", .string(requestID)),
            ("Action", .string(request.queryValue("Action") ?? "")),
            ("Version", .string(request.queryValue("Version") ?? "")),
            ("Service", .string("cv")), ("Region", .string("cn-north-1")), ("Error", error),
        ])
        return .object([("ResponseMetadata", metadata)])
    }
}
