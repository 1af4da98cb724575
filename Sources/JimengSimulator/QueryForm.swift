// The body of a query (section 4).

import FoundationEssentials

/// What a query asks for.
struct QueryForm: Decodable, Sendable {
    let reqKey: String?
    let taskID: String?
    /// A JSON object written as a string.
    let reqJSON: String?

    enum CodingKeys: String, CodingKey {
        case reqKey = "req_key"
        case taskID = "task_id"
        case reqJSON = "req_json"
    }

    private struct Options: Decodable {
        let returnURL: Bool?

        enum CodingKeys: String, CodingKey { case returnURL = "return_url" }
    }

    /// Decodes a body. A task id that is a number instead of a string is refused, because real
    /// ids do not survive being numbers (section 3b).
    init(json body: [UInt8]) throws(Refusal) {
        guard let form = try? JSONDecoder().decode(Self.self, from: Data(body)) else {
            throw .invalidInput("a query is an object with the strings req_key and task_id")
        }
        self = form
    }

    /// Whether finished images are wanted as links instead of base64.
    var wantsLinks: Bool {
        guard let reqJSON else { return false }
        let options = try? JSONDecoder().decode(Options.self, from: Data(reqJSON.utf8))
        return options?.returnURL ?? false
    }
}
