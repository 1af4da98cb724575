// What is known of an answer that could not be read as one.

/// Why an answer tells nothing, with what there is to see of it. Bounded, and free of secrets.
package struct Evidence: Sendable, Equatable {
    package enum Reason: Sendable, Equatable {
        case empty
        /// A page for people, made by a gateway.
        case html
        /// Neither HTML nor JSON, or JSON that was cut off.
        case notJSON
        /// JSON without a code of any kind.
        case wrongShape
        /// More bytes than `ClientSettings.maximumAnswerBytes`.
        case tooLarge
        /// Code 10000 without a task id that could be used.
        case noTaskID
        /// A code that speaks of a refusal together with a task id that speaks of a task.
        case contradictory
        /// The service answered with an error code.
        case serviceError
        /// The gateway failed on its way to the service or back.
        case gateway
        /// The exchange broke off.
        case transport(TransportFault)
    }

    package let reason: Reason
    package let httpStatus: Int?
    /// The code of the service or the gateway, if there was one.
    package let code: String?
    package let requestID: String?
    /// The message, or the beginning of the body, cut to a bound.
    package let excerpt: String

    init(
        _ reason: Reason, httpStatus: Int? = nil, code: String? = nil, requestID: String? = nil,
        excerpt: String = ""
    ) {
        self.reason = reason
        self.httpStatus = httpStatus
        self.code = code
        self.requestID = requestID
        self.excerpt = excerpt
    }
}

extension Evidence: CustomStringConvertible {
    /// One line for a log or an outcome.
    package var description: String {
        var parts = [what]
        if let httpStatus { parts.append("HTTP \(httpStatus)") }
        if let code { parts.append("code \(code)") }
        if let requestID { parts.append("request id \(requestID)") }
        if !excerpt.isEmpty { parts.append("\"\(excerpt)\"") }
        return parts.joined(separator: ", ")
    }

    private var what: String {
        switch reason {
        case .empty: "an empty answer"
        case .html: "an HTML page"
        case .notJSON: "an answer that is not (whole) JSON"
        case .wrongShape: "JSON without a code"
        case .tooLarge: "an answer that is too large"
        case .noTaskID: "success without a usable task id"
        case .contradictory: "a refusal together with a task id"
        case .serviceError: "an error of the service"
        case .gateway: "a fault inside of the gateway"
        case .transport(let fault): fault.description
        }
    }
}
