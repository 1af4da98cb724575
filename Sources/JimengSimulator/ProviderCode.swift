// The provider's codes with their names, messages and HTTP statuses (sections 3a and 5).

/// What the provider says with one number. Numbers from 100000 on are the gateway's.
struct ProviderCode: Sendable, Equatable {
    /// `code` of a service error, `CodeN` of a gateway error.
    let number: Int
    /// `Code` of a gateway error; empty for service codes.
    let name: String
    let httpStatus: Int
    let message: String

    /// Whether errors with this number have the shape of section 3a.
    static func isGateway(_ number: Int) -> Bool { number >= 100_000 }

    /// Numbers that may stand on a dial or in a marker: five or six digits, and not success.
    static func isRefusal(_ number: Int) -> Bool {
        (10_001...999_999).contains(number)
    }

    /// The code of that number; unknown numbers are answered with HTTP 400.
    static func numbered(_ number: Int) -> Self {
        table[number]
            ?? ProviderCode(
                number: number, name: "Unknown", httpStatus: 400, message: "Unknown Error")
    }

    private static let table: [Int: ProviderCode] = {
        let rows = gatewayRows + serviceRows
        return Dictionary(uniqueKeysWithValues: rows.map { ($0.number, $0) })
    }()

    // HTTP statuses up to 100013 are the documented ones; the later ones are our guesses within
    // the class that the document gives.
    private static let gatewayRows: [ProviderCode] = [
        gateway(100002, "MissingParameter", 400, "A required parameter is missing."),
        gateway(100003, "MissingAuthenticationToken", 401, "The request has no Authorization."),
        gateway(100004, "MissingRequestInfo", 400, "The request lacks information."),
        gateway(100005, "MissingSignature", 401, "The Authorization has no Signature."),
        gateway(100006, "InvalidTimestamp", 400, "The signature expired or the time is not valid."),
        gateway(100007, "ServiceNotFound", 404, "The service does not exist."),
        gateway(100008, "InvalidActionOrVersion", 404, "Could not find operation."),
        gateway(100009, "InvalidAccessKey", 401, "The access key is not valid."),
        gateway(
            100010, "SignatureDoesNotMatch", 401,
            "The request signature we calculated does not match the signature you provided."),
        gateway(100012, "LackPolicy", 403, "The user has no policy for this action."),
        gateway(100013, "AccessDenied", 403, "The user is not authorized."),
        gateway(100014, "InternalError", 500, "Internal error."),
        gateway(100015, "InternalServiceConnectFailed", 502, "Cannot connect to the service."),
        gateway(100016, "InternalServiceTimeout", 504, "The service timed out."),
        gateway(100018, "FlowLimitExceeded", 429, "Flow limit exceeded."),
        gateway(100019, "ServiceCircuitBroken", 503, "The service is circuit broken."),
        gateway(100020, "MethodNotAllowed", 405, "The method is not allowed."),
        gateway(100023, "BackendServiceError", 502, "The backend service failed."),
        gateway(100024, "InvalidAuthorization", 400, "The Authorization has a wrong format."),
        gateway(100025, "InvalidCredential", 400, "The credential has a wrong format."),
        gateway(100026, "InvalidSecretToken", 401, "The security token is invalid or expired."),
        gateway(100027, "AccountFlowLimitExceeded", 429, "Flow limit of the account exceeded."),
        gateway(100032, "Blocked", 403, "The account or access key is blocked."),
        gateway(100034, "FlowLimit", 429, "Flow limit exceeded."),
        gateway(100035, "ServiceOverloaded", 503, "The service is overloaded."),
    ]

    // Statuses of 50200, 50204, 50207, 50218 have not been seen; 400 is a guess.
    private static let serviceRows: [ProviderCode] = [
        service(50200, 400, "Invalid req_key."),
        service(50204, 400, "req_key is not supported."),
        service(50207, 400, "Image Decode Error: cannot decode image"),
        service(50215, 400, "Input invalid for this service."),
        service(50218, 400, "Resource exists risk."),
        service(50400, 401, "Access Denied: Internal Error"),
        service(50411, 400, "Pre Img Risk Not Pass"),
        service(50412, 400, "Text Risk Not Pass"),
        service(50413, 400, "Post Text Risk Not Pass"),
        service(50429, 429, "Request Has Reached API Limit, Please Try Later"),
        service(50430, 429, "Request Has Reached API Concurrent Limit, Please Try Later"),
        service(50500, 500, "Internal Error"),
        service(50501, 500, "Internal RPC Error"),
        service(50511, 400, "Post Img Risk Not Pass"),
        service(50512, 400, "Post Text Risk Not Pass"),
        service(50513, 400, "Pre Video Risk Not Pass"),
        service(50514, 400, "Pre Audio Risk Not Pass"),
        service(50516, 400, "Post Video Risk Not Pass"),
        service(50517, 400, "Post Audio Risk Not Pass"),
        service(50518, 400, "Pre Img Risk Not Pass: Copyright"),
        service(50519, 400, "Post Img Risk Not Pass: Copyright"),
        service(50520, 400, "Risk Internal Error"),
        service(50521, 400, "Antidirt Internal Error"),
        service(50522, 400, "Image Copyright Internal Error"),
        service(60208, 400, "Risk Not Pass"),
    ]

    private static func gateway(_ number: Int, _ name: String, _ status: Int, _ message: String)
        -> Self
    {
        ProviderCode(number: number, name: name, httpStatus: status, message: message)
    }

    private static func service(_ number: Int, _ status: Int, _ message: String) -> Self {
        ProviderCode(number: number, name: "", httpStatus: status, message: message)
    }
}
