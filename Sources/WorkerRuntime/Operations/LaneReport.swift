// What there is to say about one lane, for tools.

package import JSON
package import JobEngine
package import Kafka

package struct LaneReport: Sendable, Equatable {
    package var lane: Int
    /// Of the consumer group, where that is known.
    package var member: String?
    /// Who wrote the lane's last entry, and under which epoch.
    package var writer: String?
    package var epoch: Int?
    /// Jobs without an outcome.
    package var open = 0
    /// Occupied slots by account, as far as the ledger tells.
    package var slots: [String: Int] = [:]
    /// Offsets of request records that have not been taken in, by request partition.
    package var lags: [Int32: Int64] = [:]
    /// The offset after the last record of its ledger partition.
    package var ledgerEnd: Int64 = 0
    package var lastWrite: Instant?

    package var lag: Int64 { lags.values.reduce(0, +) }

    /// - Parameters:
    ///   - ledger: the ledger's partitions with their beginnings and ends.
    ///   - backlog: per request partition what no lane has taken in; partition p belongs to lane p mod lanes.
    ///   - members: names by ledger partition.
    package static func reports(
        _ view: LedgerView, ledger: [TopicPartition: Range<Int64>],
        backlog: [TopicPartition: Range<Int64>], members: [Int: String], at now: Instant
    ) -> [LaneReport] {
        var reports = ledger.keys.sorted().map { partition in
            let known = view.lanes[Int(partition.partition)]
            return LaneReport(
                lane: Int(partition.partition), member: members[Int(partition.partition)],
                writer: known?.worker, epoch: known?.epoch,
                ledgerEnd: ledger[partition]?.upperBound ?? 0, lastWrite: known?.lastWrite)
        }
        guard !reports.isEmpty else { return [] }
        for (partition, range) in backlog {
            reports[Int(partition.partition) % reports.count].lags[partition.partition] =
                Int64(range.count)
        }
        for job in view.jobs.values where reports.indices.contains(job.lane) {
            if !job.isFinished { reports[job.lane].open += 1 }
            if let account = job.slotAccount(at: now) {
                reports[job.lane].slots[account, default: 0] += 1
            }
        }
        return reports
    }

    /// `main 2, trial 1`.
    package var slotsText: String {
        slots.isEmpty
            ? "0"
            : slots.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
                .joined(separator: ", ")
    }

    /// `0, 4`: its request partitions.
    package var partitionsText: String {
        lags.keys.sorted().map { "\($0)" }.joined(separator: ",")
    }

    package func json(at now: Instant) -> JSON {
        var line: JSONObject = ["lane": JSON(lane)]
        line["member"] = member.map { JSON($0) }
        line["writer"] = writer.map { JSON($0) }
        line["epoch"] = epoch.map { JSON($0) }
        line["open"] = JSON(open)
        line["slots_used"] = JSON(
            JSONObject(slots.sorted { $0.key < $1.key }.map { ($0.key, JSON($0.value)) }))
        line["lag"] = JSON(lag)
        line["lags"] = JSON(
            JSONObject(lags.sorted { $0.key < $1.key }.map { ("\($0.key)", JSON($0.value)) }))
        line["ledger_end"] = JSON(ledgerEnd)
        line["last_write"] = lastWrite.map { JSON(Timestamp.text($0)) }
        line["last_write_age_ms"] = lastWrite.map { JSON((now - $0).milliseconds) }
        return JSON(line)
    }
}
