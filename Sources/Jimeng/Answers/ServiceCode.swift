// The codes of the service, as data (jimeng-api.md section 5).

/// One row of the table of codes.
struct ServiceCode: Sendable, Equatable {
    /// What a code says when it comes in answer to a submit.
    enum OnSubmit: Sendable, Equatable {
        case concurrencyLimit, rateLimit, transient, account, content, invalid, unsupported
    }

    /// What a code says when it comes in answer to a query.
    enum OnQuery: Sendable, Equatable {
        case askAgain
        /// The task's own failure only if it stays.
        case suspect(TaskFailure.Kind)
        case account
        case failed(TaskFailure.Kind, newTask: Bool = false, charged: Bool = false)
    }

    let code: Int
    let onSubmit: OnSubmit
    let onQuery: OnQuery
    let certainty: Model.Certainty

    static let success = 10_000

    static func row(_ code: Int) -> ServiceCode? { byCode[code] }

    private static let byCode = Dictionary(
        uniqueKeysWithValues: table.map { ($0.code, $0) })
}

extension ServiceCode {
    static let table: [ServiceCode] =
        [
            // Limits: not accepted at a submit, no news of the task at a query.
            ServiceCode(50_429, .rateLimit, .askAgain, .vendor),
            ServiceCode(50_430, .concurrencyLimit, .askAgain, .vendor),
            // Internal error, internal RPC error: probably not accepted (D).
            ServiceCode(50_500, .transient, .suspect(.generation), .vendor),
            ServiceCode(50_501, .transient, .suspect(.generation), .vendor),
            // The services that look at the content failed: no retry, as printed.
            ServiceCode(50_520, .content, .failed(.review), .vendor),
            ServiceCode(50_521, .content, .failed(.review), .vendor),
            ServiceCode(50_522, .content, .failed(.review), .vendor),
            // Input invalid. At a query also a wrong task id or req_key: the task may live and cost.
            ServiceCode(50_215, .invalid, .failed(.invalid, charged: true), .vendor),
            // Image decode error; refused before charging.
            ServiceCode(50_207, .invalid, .failed(.invalid), .confirmed),
            // Resource exists risk.
            ServiceCode(50_218, .content, .failed(.content), .confirmed),
            ServiceCode(60_208, .content, .failed(.content), .single),
            // Access denied: not activated, wrong req_key, missing right, or arrears.
            ServiceCode(50_400, .account, .account, .confirmed),
            // Wrong req_key or a general error; req_key not supported. At a query neither is known to
            // speak of the task.
            ServiceCode(50_200, .unsupported, .suspect(.unknown), .single),
            ServiceCode(50_204, .unsupported, .suspect(.unknown), .single),
        ] + inputRefused.map { ServiceCode($0, .content, .failed(.content), .vendor) }
        + outputRefused.map { ServiceCode($0, .content, .failed(.content, newTask: true), .vendor) }

    /// Image, prompt, prompt for sensitive words, output text, video, audio, image for copyright.
    private static let inputRefused = [50_411, 50_412, 50_413, 50_512, 50_513, 50_514, 50_518]

    /// Image, video, audio, image for copyright: what was made, not what was asked for.
    private static let outputRefused = [50_511, 50_516, 50_517, 50_519]

    private init(
        _ code: Int, _ onSubmit: OnSubmit, _ onQuery: OnQuery, _ certainty: Model.Certainty
    ) {
        self.code = code
        self.onSubmit = onSubmit
        self.onQuery = onQuery
        self.certainty = certainty
    }
}
