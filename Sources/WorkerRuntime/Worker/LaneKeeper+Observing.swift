// What the keeper of lanes tells of itself, and how far behind its lanes are.

import JobEngine
import Kafka
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

    /// Measures now and then where the request partitions end, for lag. Brokers are asked for each
    /// partition: what the consumer's own fetches tell is old wherever nothing is asked for.
    func measureLag(every interval: Duration) async {
        while !Task.isCancelled, !isEnding {
            var ends: [SourcePartition: Int64] = [:]
            for partition in observation.partitions {
                guard
                    let marks = try? await reader.watermarks(
                        of: partition.topicPartition, within: .seconds(5)),
                    !Task.isCancelled
                else { break }
                ends[partition] = marks.high
            }
            observation.ends(ends)
            try? await Task.sleep(for: interval)
        }
    }
}
