// The JSON of an answer, in any of the shapes that the provider uses, brought to one form.

import JSON

/// What an answer says of itself (jimeng-api.md section 3).
enum AnswerBody: Sendable, Equatable {
    /// The service answered: `{"code", "data", "message", "request_id", ...}`, bare or wrapped.
    case service(ServiceAnswer)
    /// The gateway refused: `{"ResponseMetadata": {"Error": ...}}`.
    case gateway(GatewayAnswer)
    /// Nothing that could be understood.
    case unreadable(Evidence.Reason)
}

/// Texts are as they came: `AnswerReader` redacts and cuts them.
struct ServiceAnswer: Sendable, Equatable {
    let code: Int
    /// Any value: `null` on errors of a query, an object otherwise. Look before reaching in.
    let data: JSON?
    let message: String
    let requestID: String?
    /// At the top in the errors of action imitation, in `data` everywhere else.
    let topTaskID: JSON?

    var taskID: TaskID? { TaskID(data?["task_id"]) ?? TaskID(topTaskID) }
}

struct GatewayAnswer: Sendable, Equatable {
    /// `CodeN`, or the number that `Code` holds as text.
    let number: Int?
    let name: String
    let message: String
    let requestID: String?
}

extension AnswerBody {
    init(_ bytes: [UInt8]) {
        guard let first = bytes.first(where: { !Self.isSpace($0) }) else {
            self = .unreadable(.empty)
            return
        }
        guard first != UInt8(ascii: "<") else {
            self = .unreadable(.html)
            return
        }
        guard let json = try? JSON(parsing: bytes) else {
            self = .unreadable(.notJSON)
            return
        }
        self = Self.read(json)
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || (0x09...0x0D).contains(byte)
    }

    /// `ResponseMetadata` decides, if it is there: its error, else what it wraps.
    private static func read(_ json: JSON) -> AnswerBody {
        let metadata = json["ResponseMetadata"]
        let requestID = text(metadata?["RequestId"])
        if let error = metadata?["Error"]?.object,
            let answer = gateway(error, requestID: requestID)
        {
            return answer
        }
        if let result = json["Result"], let wrapped = service(result, requestID: requestID) {
            return .service(wrapped)
        }
        return service(json, requestID: requestID).map(AnswerBody.service)
            ?? .unreadable(.wrongShape)
    }

    /// A code of the service travels in the gateway's shape as text (`"Code": "50215"`).
    private static func gateway(_ error: JSONObject, requestID: String?) -> AnswerBody? {
        let name = text(error["Code"]) ?? ""
        let message = text(error["Message"]) ?? ""
        if let code = Int(name), GatewayCode.row(number: code) == nil {
            return .service(
                ServiceAnswer(
                    code: code, data: nil, message: message, requestID: requestID, topTaskID: nil))
        }
        let number = whole(error["CodeN"]) ?? Int(name)
        guard number != nil || !name.isEmpty else { return nil }
        return .gateway(
            GatewayAnswer(number: number, name: name, message: message, requestID: requestID))
    }

    private static func service(_ json: JSON, requestID: String?) -> ServiceAnswer? {
        guard let code = whole(json["code"]) else { return nil }
        return ServiceAnswer(
            code: code, data: json["data"],
            message: text(json["message"]) ?? "",
            requestID: text(json["request_id"]) ?? requestID, topTaskID: json["task_id"])
    }

    /// A whole number, or the text of one.
    private static func whole(_ value: JSON?) -> Int? {
        value?.int ?? value?.string.flatMap { Int($0) }
    }

    private static func text(_ value: JSON?) -> String? {
        value?.string.flatMap { $0.isEmpty ? nil : $0 }
    }
}
