// A request that is about to be sent: checked here as a worker will check it, before it takes its way.

package import JSON
package import JobEngine
package import Kafka

/// What is wrong with a draft, in the words of the failure record that it would have become.
package struct DraftFault: Error, Equatable, Sendable, CustomStringConvertible {
    package let description: String
}

/// A request or a cancel with its id.
package struct RequestDraft: Sendable, Equatable {
    package let id: JobID
    /// The record's value.
    package let payload: [UInt8]

    /// A draft out of a JSON document. The bytes stay as they are, unless an id must be put in.
    package init(
        _ bytes: [UInt8], _ intake: RequestIntake, makeID: () -> JobID
    ) throws(DraftFault) {
        let value: JSON
        do throws(JSONError) {
            value = try JSON(parsing: bytes)
        } catch {
            throw DraftFault(description: "not JSON: \(error.description)")
        }
        guard let object = value.object else {
            throw DraftFault(description: "a request must be a JSON object, not \(value.kind)")
        }
        try self.init(object, bytes, intake, makeID)
    }

    package init(
        _ object: JSONObject, _ intake: RequestIntake, makeID: () -> JobID
    ) throws(DraftFault) {
        try self.init(object, JSON(object).serialized(), intake, makeID)
    }

    private init(
        _ object: JSONObject, _ bytes: [UInt8], _ intake: RequestIntake, _ makeID: () -> JobID
    ) throws(DraftFault) {
        var payload = bytes
        if object["cancel"] == nil, object["id"]?.isNull ?? true {
            var whole: JSONObject = ["id": JSON(makeID().text)]
            for member in object where member.key != "id" { whole[member.key] = member.value }
            payload = JSON(whole).serialized()
        }
        let record = Record(topic: "", partition: 0, offset: 0, value: payload)
        switch intake.read(record, at: Instant(milliseconds: 0)) {
        case .request(let request): id = request.id
        case .cancel(let job, _): id = job
        case .rejected(let rejection): throw DraftFault(description: rejection.cause.message)
        case .nothing: throw DraftFault(description: "there is nothing to do in it")
        }
        self.payload = payload
    }

    /// The record to write; its key is the id, so that requests and cancels of one job meet in one lane.
    package func record(for topic: String) -> OutgoingRecord {
        OutgoingRecord(topic: topic, key: Array(id.utf8), value: payload)
    }
}
