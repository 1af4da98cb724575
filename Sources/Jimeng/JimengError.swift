// The errors that this target throws.

/// What can be wrong with what the caller gave. Answers of the provider are never errors but meanings.
package enum JimengError: Error, Sendable, Equatable {
    /// A key cannot be used. The reason never quotes it.
    case credentials(field: String, reason: String)
    /// The address of the provider cannot be used.
    case endpoint(text: String, reason: String)
    /// A setting of the client is out of bounds.
    case setting(name: String, reason: String)
    /// The request cannot be sent as it is; all its problems at once, never empty.
    case invalidRequest([RequestProblem])
}

extension JimengError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .credentials(let field, let reason):
            "The \(field) cannot be used: \(reason). Copy it again from the provider's console."
        case .endpoint(let text, let reason):
            "The endpoint \"\(text)\" cannot be used: \(reason)."
        case .setting(let name, let reason):
            "The setting \(name) cannot be used: \(reason)."
        case .invalidRequest(let problems):
            problems.map(\.description).joined(separator: " ")
        }
    }
}
