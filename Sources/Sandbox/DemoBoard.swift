// What is known of each job of a demonstration, as its records come out of the topics.

import FoundationEssentials
import JSON
package import Kafka

/// The state of all jobs, for a table or for lines.
package struct DemoBoard: Sendable {
    /// One job as the topics show it.
    package struct Row: Sendable {
        package var id: String
        package var stage = "sent"
        package var worker = ""
        package var attempts = 0
        package var submittedAt: ContinuousClock.Instant?
        package var detail = ""
        package var isFinished = false
    }

    package private(set) var rows: [Row] = []
    private var index: [String: Int] = [:]
    package private(set) var outcomes: [String: Int] = [:]
    package private(set) var succeeded = 0
    package private(set) var failedByKind: [String: Int] = [:]

    package init(ids: [String]) {
        for id in ids {
            index[id] = rows.count
            rows.append(Row(id: id))
        }
    }

    package var finished: Int { outcomes.count }

    /// What a record brought, if it was news.
    package enum News: Sendable {
        case stage(Row)
        case outcome(Row, record: [UInt8])
    }

    package mutating func take(_ record: Record, at now: ContinuousClock.Instant) -> News? {
        guard let value = record.value, let json = try? JSON(parsing: value),
            let id = json["id"]?.string
        else { return nil }
        if index[id] == nil {
            index[id] = rows.count
            rows.append(Row(id: id))
        }
        guard let place = index[id] else { return nil }
        rows[place].worker = json["worker"]?.string ?? ""
        rows[place].attempts = json["attempts"]?.int ?? 0
        if let status = json["status"]?.string {
            finish(place, status: status, json)
            return .outcome(rows[place], record: value)
        }
        guard let stage = json["stage"]?.string, !rows[place].isFinished else { return nil }
        rows[place].stage = stage
        rows[place].detail = json["message"]?.string ?? json["task_id"]?.string ?? ""
        if stage == "submitted" { rows[place].submittedAt = now }
        return .stage(rows[place])
    }

    private mutating func finish(_ place: Int, status: String, _ json: JSON) {
        rows[place].isFinished = true
        rows[place].stage = status
        outcomes[rows[place].id, default: 0] += 1
        if status == "succeeded" {
            succeeded += 1
            rows[place].detail = json["video_url"]?.string ?? ""
        } else {
            let kind = json["error"]?["kind"]?.string ?? "unknown"
            failedByKind[kind, default: 0] += 1
            rows[place].stage = kind
            rows[place].detail = json["error"]?["message"]?.string ?? ""
        }
    }
}
