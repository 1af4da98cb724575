// What the keeper of lanes tells of itself, and how far behind its lanes are.

import JobEngine
import Kafka
import Logging
import Observability

extension LaneKeeper {
    /// Lanes that are worked on, and lanes whose ledger is being read.
    func tellLanes() {
        var (owned, restoring) = (0, 0)
        for stand in lanes.values {
            switch stand {
            case .restoring: restoring += 1
            case .active, .closing: owned += 1
            case .released, .parked: break
            }
        }
        observation.lanes(owned: owned, restoring: restoring)
    }

    /// A take-over that read so many jobs in a ledger has succeeded.
    func restored(_ entries: Int, since began: Instant) {
        let meters = observation.meters
        meters.count(MetricCatalogue.restores, ("result", "restored"))
        meters.count(MetricCatalogue.restoredEntries, by: entries)
        meters.observe(MetricCatalogue.restoreDuration, clock.now - began)
    }

    /// Measures now and then where the request partitions end: for lag, and for the engine, which remembers finished
    /// jobs until nothing from within their dedup window waits to be read. Brokers are asked for each partition: what
    /// the consumer's own fetches tell is old wherever nothing is asked for.
    func measureRequests(every interval: Duration) async {
        var ends: [SourcePartition: Int64] = [:]
        var absences: [TopicPartition: Int] = [:]
        while !Task.isCancelled, !isEnding {
            let requests = feed.requests
            ends = ends.filter { requests.values.joined().contains($0.key.topicPartition) }
            await countAbsences(of: requests.values.flatMap(\.self), in: &absences)
            for (lane, partitions) in requests.sorted(by: { $0.key < $1.key }) {
                let asOf = clock.now
                var marks: [SourcePartition: Int64] = [:]
                for partition in partitions.sorted() {
                    guard !Task.isCancelled else { return }
                    if let count = absences[partition] {
                        // Nothing waits in a partition that is not there.
                        if count >= Self.doubtfulAbsences { marks[SourcePartition(partition)] = 0 }
                        continue
                    }
                    // One that does not answer is known from before, and holds up no other.
                    ends[SourcePartition(partition)] =
                        await stableEnd(of: partition) ?? ends[SourcePartition(partition)]
                    marks[SourcePartition(partition)] = await logEnd(of: partition)
                }
                observation.ends(ends)
                if !marks.isEmpty { inbox.post(.requestsMeasured(lane, ends: marks, asOf: asOf)) }
            }
            try? await Task.sleep(for: interval)
        }
    }

    /// Up to where the partition can be read: lag is what lies before it.
    private func stableEnd(of partition: TopicPartition) async -> Int64? {
        try? await reader.watermarks(of: partition, within: .seconds(5)).high
    }

    /// Behind everything that has been handed in. What lies beyond an open transaction cannot be read yet, and may be a
    /// duplicate all the same.
    private func logEnd(of partition: TopicPartition) async -> Int64? {
        try? await member.highWatermark(of: partition, within: .seconds(5))
    }

    /// Answers in a row that a partition is not there before that is believed; one broker may not know of it yet.
    private static let doubtfulAbsences = 5

    /// A predecessor's cursor can name partitions of a topic that was made anew with fewer.
    private func countAbsences(
        of partitions: [TopicPartition], in absences: inout [TopicPartition: Int]
    ) async {
        guard let count = try? await reader.partitionCount(of: topics.requests) else { return }
        var now: [TopicPartition: Int] = [:]
        for partition in partitions where Int(partition.partition) >= count {
            now[partition] = absences[partition, default: 0] + 1
            guard now[partition] == Self.doubtfulAbsences else { continue }
            logger.warning(
                "the ledger knows of a request partition that the topic does not have: was it made anew with fewer? Nothing is waited for there",
                metadata: ["partition": "\(partition)", "partitions": "\(count)"])
        }
        absences = now
    }
}
