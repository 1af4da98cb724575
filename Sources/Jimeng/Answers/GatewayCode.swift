// The codes of the gateway in front of the service, as data (jimeng-api.md section 3a).

/// One row of the gateway's table.
struct GatewayCode: Sendable, Equatable {
    enum Meaning: Sendable, Equatable {
        /// Our call or its configuration is wrong.
        case setup
        /// Keys or rights.
        case account
        /// The date of the signature.
        case clock
        /// Too many calls, or the gateway protects itself: it did not pass the call on.
        case backOff
        /// The gateway failed while, or after, it passed the call on.
        case ambiguous
    }

    let number: Int
    /// The name that stands in `Code`, where it is known.
    let name: String?
    let meaning: Meaning
    let certainty: Model.Certainty

    static func row(number: Int) -> GatewayCode? { table.first { $0.number == number } }

    static func row(_ answer: GatewayAnswer) -> GatewayCode? {
        answer.number.flatMap { row(number: $0) } ?? table.first { $0.name == answer.name }
    }

    static let table: [GatewayCode] = [
        GatewayCode(100_002, "MissingParameter", .setup, .vendor),
        GatewayCode(100_003, "MissingAuthenticationToken", .setup, .vendor),
        GatewayCode(100_004, "MissingRequestInfo", .setup, .vendor),
        GatewayCode(100_005, "MissingSignature", .setup, .vendor),
        GatewayCode(100_006, "InvalidTimestamp", .clock, .vendor),
        GatewayCode(100_007, "ServiceNotFound", .setup, .vendor),
        GatewayCode(100_008, "InvalidActionOrVersion", .setup, .vendor),
        GatewayCode(100_009, "InvalidAccessKey", .account, .vendor),
        GatewayCode(100_010, "SignatureDoesNotMatch", .account, .vendor),
        GatewayCode(100_012, "LackPolicy", .account, .vendor),
        GatewayCode(100_013, "AccessDenied", .account, .vendor),
        // Internal error, cannot connect, timeout, backend error.
        GatewayCode(100_014, nil, .ambiguous, .single),
        GatewayCode(100_015, nil, .ambiguous, .single),
        GatewayCode(100_016, nil, .ambiguous, .single),
        GatewayCode(100_023, nil, .ambiguous, .single),
        // Flow limits.
        GatewayCode(100_018, nil, .backOff, .single),
        GatewayCode(100_027, nil, .backOff, .single),
        GatewayCode(100_034, nil, .backOff, .single),
        // Circuit broken, overloaded.
        GatewayCode(100_019, nil, .backOff, .single),
        GatewayCode(100_035, nil, .backOff, .single),
        // Method not allowed, bad Authorization, bad credential format.
        GatewayCode(100_020, nil, .setup, .single),
        GatewayCode(100_024, nil, .setup, .single),
        GatewayCode(100_025, nil, .setup, .single),
        // Invalid or expired session token; blocked account or key.
        GatewayCode(100_026, nil, .account, .single),
        GatewayCode(100_032, nil, .account, .single),
    ]

    private init(
        _ number: Int, _ name: String?, _ meaning: Meaning, _ certainty: Model.Certainty
    ) {
        self.number = number
        self.name = name
        self.meaning = meaning
        self.certainty = certainty
    }
}
