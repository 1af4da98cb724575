// Who owns the lanes, and what it means that nobody does.

package import Kafka

extension Finding {
    /// - Parameters:
    ///   - group: nil if no broker knows it.
    ///   - backlog: records of the requests topic that nobody has accepted yet.
    package static func group(
        _ group: GroupView?, name: String, ledger: String, lanes: Int, backlog: Int64
    ) -> [Finding] {
        guard let group, !group.members.isEmpty else {
            let waits = backlog > 0
            return [
                Finding(
                    .group, waits ? .warning : .note, "no worker is in the group \(name)",
                    why: waits
                        ? "\(backlog) requests wait, and running tasks are not asked for"
                        : "nothing is worked on",
                    remedy: "start workers: jimeng worker")
            ]
        }
        let assigned = group.members.flatMap { $0.partitions ?? [] }
        let owned = Set(assigned.filter { $0.topic == ledger }.map(\.partition))
        let orphans = (0..<Int32(clamping: lanes)).filter { !owned.contains($0) }
        let working = group.members.filter { member in
            member.partitions?.contains { $0.topic == ledger } ?? false
        }
        var findings: [Finding] = []
        if group.state == "Stable", group.members.allSatisfy({ $0.partitions == nil }) {
            return [
                Finding(
                    .group, .note,
                    "\(group.members.count) members are in the group \(name)",
                    why: "the broker does not tell who owns which lane")
            ]
        }
        if group.state != "Stable" {
            findings.append(
                Finding(
                    .group, .note, "the group \(name) is \(group.state)",
                    why: "lanes change hands; ask again in a minute"))
        } else if !orphans.isEmpty {
            let list = orphans.map { "\($0)" }.joined(separator: ", ")
            findings.append(
                Finding(
                    .group, .error, "nobody owns the lanes \(list)",
                    why: "their requests wait and their tasks are not asked for",
                    remedy:
                        "see that all members subscribe to \(ledger) alone, and restart the workers"
                ))
        } else {
            findings.append(
                .fine(.group, "\(working.count) workers own \(lanes) lanes in the group \(name)"))
        }
        let strangers = group.members.filter { member in
            member.partitions?.contains { $0.topic != ledger } ?? false
        }
        if let stranger = strangers.first {
            findings.append(
                Finding(
                    .group, .error,
                    "\(stranger.clientID) consumes other topics in the group \(name)",
                    why:
                        "a group of workers subscribes to the ledger only; others disturb its rebalances",
                    remedy: "give the other consumer a group.id of its own"))
        }
        let idle = group.members.count - working.count
        if idle > 0, group.state == "Stable" {
            findings.append(
                Finding(
                    .group, .note, "\(idle) workers have no lane: hot standbys",
                    why: "there are \(lanes) lanes for \(group.members.count) workers"))
        }
        return findings
    }
}
