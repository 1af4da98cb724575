// A ledger entry as tools show it: read tolerantly, so that what a newer release wrote can be seen too.

package import JSON
package import JobEngine
package import Kafka

/// One value of a job's ledger key, with the place where it stands. Members are those of
/// `schemas/ledger-entry.schema.json`.
package struct JobSnapshot: Sendable {
    /// Where a job stands, in words for people.
    package enum Stage: String, CaseIterable, Sendable {
        /// Ready; waits for a slot.
        case queued
        /// Waits for a time.
        case delayed
        /// A submit is about to be sent, or in the air.
        case submitting
        /// Its submit can no longer be sent: the answer is missing, its owner may be gone.
        case doubting
        /// The provider works on it.
        case running
        /// The outcome is out, but the slot stays taken.
        case holding
        case succeeded
        case failed
        case unreadable
    }

    package let id: JobID
    /// Everything but the request.
    package let members: JSONObject
    /// The request as it came; nil once the job is finished.
    package let request: [UInt8]?
    package let tenant: String?
    package let priority: Int?
    /// Not to be submitted earlier, if the request says so.
    package let notBefore: Instant?
    package let lane: Int
    package let offset: Int64
    package let writtenAt: Instant?

    /// Nil for what is no JSON object.
    package init?(id: JobID, _ value: [UInt8], in record: Record) {
        guard let (members, request) = Self.split(value) else { return nil }
        self.id = id
        self.members = members
        self.request = request
        let wishes = request.flatMap { try? JSON(parsing: $0) }
        tenant = wishes?["tenant"]?.string ?? members["tenant"]?.string
        priority = wishes.map { $0["priority"]?.int ?? Request.defaultPriority }
        notBefore = wishes?["not_before"]?.string.flatMap(Timestamp.instant)
        lane = Int(record.partition)
        offset = record.offset
        writtenAt = record.timestampMilliseconds.map { Instant(milliseconds: $0) }
    }

    private static func split(_ value: [UInt8]) -> (JSONObject, [UInt8]?)? {
        var members = JSONObject()
        var request: [UInt8]?
        do throws(JSONError) {
            var reader = JSONReader(value, maximumDepth: 80)
            try reader.beginObject()
            while let key = try reader.nextKey() {
                if key == "request" {
                    request = Array(value[try reader.skipValue()])
                } else {
                    members[key] = try reader.value()
                }
            }
            try reader.finish()
        } catch {
            return nil
        }
        return (members, request)
    }

    // MARK: Members

    package func text(_ name: String) -> String? { members[name]?.string }
    package func count(_ name: String) -> Int { members[name]?.int ?? 0 }
    package func instant(_ name: String) -> Instant? { Self.instant(members[name]) }

    private static func instant(_ value: JSON?) -> Instant? {
        value?.int64.map { Instant(milliseconds: $0) }
    }

    /// `accepted`, `intent`, `submitted`, `finished`, or what a newer release says.
    package var state: String { text("state") ?? "?" }
    package var model: String { text("model") ?? "?" }
    /// Of the current or last attempt.
    package var account: String? { text("account") }
    package var taskID: String? { text("task_id") }
    /// Number of the current or last attempt; 0 before the first.
    package var attempt: Int { count("attempt") }
    /// Who wrote it.
    package var worker: String? { text("worker") }
    package var epoch: Int? { members["epoch"]?.int }
    package var isFinished: Bool { state == "finished" }
    package var failureKind: String? { text("kind") }
    package var isCancelled: Bool { members["cancel_requested_at"] != nil }

    package var source: Source? {
        guard let source = members["source"]?.object, let topic = source["topic"]?.string,
            let partition = source["partition"]?.int64.flatMap(Int32.init(exactly:)),
            let offset = source["offset"]?.int64
        else { return nil }
        return Source(topic: topic, partition: partition, offset: offset)
    }

    /// A slot that a past attempt may still occupy.
    package var hold: (account: String, taskID: String?, until: Instant)? {
        guard let hold = members["hold"]?.object, let account = hold["account"]?.string,
            let until = Self.instant(hold["until"])
        else { return nil }
        return (account, hold["task_id"]?.string, until)
    }

    package func stage(at now: Instant) -> Stage {
        switch state {
        case "accepted":
            return waitsUntil(now) > now ? .delayed : .queued
        case "intent": return (instant("send_by") ?? now) < now ? .doubting : .submitting
        case "submitted": return .running
        case "finished":
            if let hold, hold.until > now { return .holding }
            return text("outcome") == "succeeded" ? .succeeded : .failed
        default: return .unreadable
        }
    }

    /// Until when a job that is not at the provider waits for a time; `now` if it does not.
    package func waitsUntil(_ now: Instant) -> Instant {
        max(instant("retry_at") ?? now, hold?.until ?? now, notBefore ?? now)
    }

    /// The account whose slot the job occupies, as far as the ledger tells.
    package func slotAccount(at now: Instant) -> String? {
        switch stage(at: now) {
        case .submitting, .doubting, .running: account
        case .holding: hold?.account
        case .queued, .delayed: hold.flatMap { $0.until > now ? $0.account : nil }
        case .succeeded, .failed, .unreadable: nil
        }
    }
}
