// A call of the provider's API, once its action and its caller are known.

/// What can be called. Both by POST, Version 2022-08-31 (section 1).
enum Action: String, Sendable {
    case submit = "CVSync2AsyncSubmitTask"
    case query = "CVSync2AsyncGetResult"

    /// Reads the action from the query part of the target.
    init(of request: SimulatedRequest) throws(Refusal) {
        guard let name = request.queryValue("Action"), !name.isEmpty else {
            throw Refusal(100002, "The parameter Action is missing.")
        }
        guard let version = request.queryValue("Version"), !version.isEmpty else {
            throw Refusal(100002, "The parameter Version is missing.")
        }
        guard let action = Action(rawValue: name), version == "2022-08-31" else {
            throw Refusal(100008, "Could not find operation \(name) for version \(version).")
        }
        guard request.method == "POST" else { throw Refusal(100020) }
        self = action
    }
}

/// A verified call.
struct Call {
    let action: Action
    let caller: SignatureCheck.Caller
    let request: SimulatedRequest
}
