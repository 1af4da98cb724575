// What a run of the polling laboratory showed: idle slots, queries, and how late ends are noticed.

/// Times in seconds.
package struct PollingMeasures: Sendable {
    /// From the end of a task to the acceptance of the next on its slot.
    package var idle: [Double]
    /// From the end of a task until it is seen.
    package var delay: [Double]
    package var queriesPerJob: Double

    init(_ tasks: ArraySlice<PollingLab.Task>) {
        idle = tasks.compactMap { task in task.refilledAt.map { Self.seconds($0 - task.endsAt) } }
        delay = tasks.compactMap { task in task.seenAt.map { Self.seconds($0 - task.endsAt) } }
        queriesPerJob = Double(tasks.reduce(0) { $0 + $1.queries }) / Double(max(1, tasks.count))
        idle.sort()
        delay.sort()
    }

    /// From delays (in milliseconds) that were reckoned instead of run, with the ways and the commit added.
    init(delays: [Double], queries: Int) {
        let back = Double(PollingLab.service + PollingLab.way)
        let next = Double(PollingLab.commit + PollingLab.way)
        delay = delays.map { ($0 + back) / 1000 }.sorted()
        idle = delays.map { ($0 + back + next) / 1000 }.sorted()
        queriesPerJob = Double(queries) / Double(max(1, delays.count))
    }

    package var meanIdle: Double { idle.reduce(0, +) / Double(max(1, idle.count)) }
    package var medianIdle: Double { Self.quantile(0.5, of: idle) }
    package func delay(_ quantile: Double) -> Double { Self.quantile(quantile, of: delay) }

    private static func seconds(_ milliseconds: Int64) -> Double { Double(milliseconds) / 1000 }

    private static func quantile(_ share: Double, of sorted: [Double]) -> Double {
        guard !sorted.isEmpty else { return 0 }
        return sorted[min(sorted.count - 1, Int(share * Double(sorted.count)))]
    }

    /// A row of the report's table.
    func row(_ name: String) -> String {
        let numbers = [medianIdle, meanIdle, queriesPerJob, delay(0.5), delay(0.9), delay(0.99)]
        return "| \(name) | " + numbers.map(Self.text).joined(separator: " | ") + " |"
    }

    static func text(_ value: Double) -> String {
        let hundredths = Int((value * 100).rounded())
        let fraction = hundredths % 100
        return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)"
    }
}
