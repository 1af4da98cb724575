// Which failures go back to the requests topic, and what that may cost; nothing is written here.

import JSON
package import Jimeng
package import JobEngine
package import Kafka

/// Gathers failures, successes, open jobs and waiting requests, and decides for each failed id. Pure.
package struct ReplayPlan: Sendable {
    /// Which failures are meant. Everything that is given must fit.
    package struct Selection: Sendable, Equatable {
        package var kinds: Set<String> = []
        package var codes: Set<String> = []
        package var since: Instant?
        package var until: Instant?
        package var ids: Set<JobID> = []
        package var tenants: Set<String> = []
        /// Failures that may have been charged too.
        package var includesCharged = false

        package init() {}
    }

    /// Why a failure stays where it is.
    package enum Obstacle: String, Sendable, CaseIterable {
        case mayHaveBeenCharged = "may have been charged (--include-charged)"
        case succeeded = "has succeeded since"
        case open = "is open again"
        case waiting = "waits in the requests topic already"
        case endsTheSame = "would fail again (name its --kind or --id to try)"
        case pastItsDeadline = "is past its deadline"
        case notWhole = "its record holds no whole JSON request"
        case elsewhere = "came from another requests topic"
    }

    /// One failure that is to be tried again.
    package struct Step: Sendable {
        package let id: JobID
        package let kind: String
        package let code: String?
        package let failedAt: Instant?
        package let tenant: String?
        package let model: String?
        package let mayHaveBeenCharged: Bool
        /// By the price list; nil: not known.
        package let cost: Cost?
        package let record: OutgoingRecord
    }

    private struct Failure {
        let view: OutcomeView
        let request: [UInt8]?
        let headers: [Header]
        let at: Instant?
    }

    private let selection: Selection
    private let requests: String
    private let intake: RequestIntake
    private var failures: [JobID: Failure] = [:]
    private var succeeded: Set<JobID> = []
    private var open: Set<JobID> = []
    private var waiting: Set<JobID> = []

    /// - Parameter requests: the topic that steps are written to.
    package init(_ selection: Selection, requests: String, intake: RequestIntake) {
        self.selection = selection
        self.requests = requests
        self.intake = intake
    }

    // MARK: Taking in

    /// A record of the failures topic. Of several of one id, the latest counts.
    package mutating func takeFailure(_ record: Record) {
        guard let value = record.value, let view = OutcomeView(value), view.isFailure else {
            return
        }
        let finished = view.record["timings"]?["finished_at"]?.string.flatMap(Timestamp.instant)
        let at = finished ?? record.timestampMilliseconds.map { Instant(milliseconds: $0) }
        let id = JobID(view.id)
        if let old = failures[id]?.at, let at, at < old { return }
        failures[id] = Failure(
            view: view, request: Self.request(value), headers: record.headers, at: at)
    }

    package mutating func takeResult(_ record: Record) {
        if let key = record.key { succeeded.insert(JobID(String(decoding: key, as: UTF8.self))) }
    }

    package mutating func take(_ ledger: LedgerView) {
        for job in ledger.jobs.values {
            if !job.isFinished {
                open.insert(job.id)
            } else if job.failureKind == nil {
                succeeded.insert(job.id)
            }
        }
    }

    /// A record that no lane has taken in yet.
    package mutating func takeBacklog(_ record: Record) {
        let record = BacklogRecord(record)
        if !record.isCancel { waiting.insert(record.id) }
    }

    /// The member `request` byte by byte, or what stands for one that was not JSON.
    private static func request(_ value: [UInt8]) -> [UInt8]? {
        var reader = JSONReader(value, maximumDepth: 80)
        var request: [UInt8]?
        do throws(JSONError) {
            try reader.beginObject()
            while let key = try reader.nextKey() {
                let place = try reader.skipValue()
                if key == "request" { request = Array(value[place]) }
            }
        } catch {
            return nil
        }
        return request
    }

    // MARK: Deciding

    private func isMeant(_ failure: Failure, _ id: JobID) -> Bool {
        let error = failure.view.record["error"]
        let code = error?["code"].flatMap { $0.string ?? $0.number?.text } ?? ""
        return (selection.kinds.isEmpty || selection.kinds.contains(error?["kind"]?.string ?? ""))
            && (selection.codes.isEmpty || selection.codes.contains(code))
            && (selection.ids.isEmpty || selection.ids.contains(id))
            && (selection.tenants.isEmpty || selection.tenants.contains(tenant(failure) ?? ""))
            && (selection.since.map { (failure.at ?? $0) >= $0 } ?? true)
            && (selection.until.map { (failure.at ?? $0) < $0 } ?? true)
    }

    private func tenant(_ failure: Failure) -> String? {
        failure.view.record["tenant"]?.string ?? failure.view.record["request"]?["tenant"]?.string
    }

    /// What is to be done at `now`, the earliest failure first, and what is left out for which reason.
    package func decide(at now: Instant) -> (steps: [Step], left: [(JobID, Obstacle)]) {
        var steps: [Step] = []
        var left: [(JobID, Obstacle)] = []
        let meant = failures.filter { isMeant($0.value, $0.key) }.sorted {
            ($0.value.at?.milliseconds ?? 0, $0.key) < ($1.value.at?.milliseconds ?? 0, $1.key)
        }
        for (id, failure) in meant {
            if let obstacle = obstacle(failure, id, at: now) {
                left.append((id, obstacle))
            } else if let step = step(failure, id) {
                steps.append(step)
            } else {
                left.append((id, .notWhole))
            }
        }
        return (steps, left)
    }

    private func obstacle(_ failure: Failure, _ id: JobID, at now: Instant) -> Obstacle? {
        let error = failure.view.record["error"]
        let kind = error?["kind"]?.string ?? ""
        let deadline = failure.view.record["request"]?["deadline"]?.string
        if succeeded.contains(id) { return .succeeded }
        if open.contains(id) { return .open }
        if waiting.contains(id) { return .waiting }
        if error?["may_have_been_charged"]?.bool == true, !selection.includesCharged {
            return .mayHaveBeenCharged
        }
        if Self.final.contains(kind), !selection.kinds.contains(kind), !selection.ids.contains(id) {
            return .endsTheSame
        }
        if let deadline = deadline.flatMap(Timestamp.instant), deadline <= now {
            return .pastItsDeadline
        }
        guard let source = failure.view.source, source.partition.topic == requests else {
            return .elsewhere
        }
        return nil
    }

    /// What the request itself, or its sender, was the reason for.
    private static let final: Set = [
        "invalid_request", "content_rejected", "cancelled", "expired",
    ]

    private func step(_ failure: Failure, _ id: JobID) -> Step? {
        guard let request = failure.request, let payload = named(request, id),
            let source = failure.view.source
        else { return nil }
        let error = failure.view.record["error"]
        return Step(
            id: id, kind: error?["kind"]?.string ?? "?",
            code: error?["code"].flatMap { $0.string ?? $0.number?.text }, failedAt: failure.at,
            tenant: tenant(failure), model: failure.view.record["model"]?.string,
            mayHaveBeenCharged: error?["may_have_been_charged"]?.bool == true,
            cost: intake.again(payload)?.submission.expectedCost,
            record: OutgoingRecord(
                topic: requests, partition: source.partition.partition, key: Array(id.utf8),
                value: payload,
                headers: TraceHeaders.wellFormed(in: failure.headers).map {
                    Header($0.name, $0.value)
                }))
    }

    /// The request as it came. One that brought no id had that of its place, which it must now bring itself: its new
    /// place has another.
    private func named(_ request: [UInt8], _ id: JobID) -> [UInt8]? {
        guard let object = (try? JSON(parsing: request))?.object else { return nil }
        if object["id"]?.string != nil { return request }
        var whole: JSONObject = ["id": JSON(id.text)]
        for member in object where member.key != "id" { whole[member.key] = member.value }
        return JSON(whole).serialized()
    }
}
