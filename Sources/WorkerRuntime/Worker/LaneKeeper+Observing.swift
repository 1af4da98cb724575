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

    /// Measures now and then where the request partitions end: for lag, and for the engine, which remembers finished
    /// jobs until nothing from within their dedup window waits to be read. Brokers are asked for each partition: what
    /// the consumer's own fetches tell is old wherever nothing is asked for.
    func measureRequests(every interval: Duration) async {
        var known: [SourcePartition: Int64] = [:]
        while !Task.isCancelled, !isEnding {
            let requests = feed.requests
            known = known.filter { requests.values.joined().contains($0.key.topicPartition) }
            for (lane, partitions) in requests.sorted(by: { $0.key < $1.key }) {
                let asOf = clock.now
                var ends: [SourcePartition: Int64] = [:]
                for partition in partitions.sorted() {
                    guard !Task.isCancelled else { return }
                    // One that does not answer is known from before, and holds up no other.
                    guard
                        let marks = try? await reader.watermarks(of: partition, within: .seconds(5))
                    else { continue }
                    ends[SourcePartition(partition)] = marks.high
                }
                known.merge(ends) { _, new in new }
                observation.ends(known)
                if !ends.isEmpty { inbox.post(.requestsMeasured(lane, ends: ends, asOf: asOf)) }
            }
            try? await Task.sleep(for: interval)
        }
    }
}
