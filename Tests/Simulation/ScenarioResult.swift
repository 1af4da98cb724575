// What a scenario showed, in numbers and as a line of a table.

import JobEngine

package struct ScenarioResult: Sendable {
    package let name: String
    package let shape: String
    package let jobs: Int
    /// A promise that was broken; nil if all went well.
    package let violation: Violation?
    /// Share of the slots that were taken while somebody waited, 0 to 1.
    package let utilisation: Double
    /// Most submits that were refused within any minute.
    package let refusalsPerMinute: Int
    /// Seconds from a request to the submit that was accepted, by tenant, in ascending order.
    package let waits: [String: [Double]]
    /// Virtual seconds until the last task had ended.
    package let seconds: Double

    init(_ scenario: Scenario, _ world: World, _ violation: Violation?) {
        let weather = scenario.weather
        let tasks = Array(world.provider.tasks.values)
        name = scenario.name
        shape = "\(weather.workers) × \(weather.policy.lanes) × \(world.slots(at: 0))"
        jobs = tasks.count
        self.violation = violation
        utilisation = Self.utilisation(tasks, world, from: scenario.warmUp)
        refusalsPerMinute = Self.most(world.provider.refusals, within: 60_000)
        seconds = Double(tasks.map(\.endsAt).max() ?? 0) / 1000
        var waits: [String: [Double]] = [:]
        for task in tasks {
            guard let number = "\(task.incarnation.id)".split(separator: "-").last,
                let index = Int(number), index < weather.traffic.count
            else { continue }
            let wait = Double(task.acceptedAt - weather.traffic[index].at) / 1000
            waits[task.tenant, default: []].append(wait)
        }
        self.waits = waits.mapValues { $0.sorted() }
    }

    /// Slot time that was used between `from` and the last submit, of what there was.
    private static func utilisation(_ tasks: [Provider.Task], _ world: World, from: Int64)
        -> Double
    {
        guard let until = tasks.map(\.acceptedAt).max(), until > from else { return 0 }
        let used = tasks.map { max(0, min($0.endsAt, until) - max($0.acceptedAt, from)) }
        var granted: Int64 = 0
        for second in from / 1000..<until / 1000 {
            granted += Int64(world.slots(at: second * 1000))
        }
        return granted == 0 ? 0 : Double(used.reduce(0, +)) / Double(granted * 1000)
    }

    private static func most(_ times: [Int64], within span: Int64) -> Int {
        var most = 0
        var first = 0
        for (index, time) in times.enumerated() {
            while times[first] <= time - span { first += 1 }
            most = max(most, index - first + 1)
        }
        return most
    }

    // MARK: For people

    package static let header = [
        "scenario", "workers × lanes × slots", "jobs", "over limit", "utilisation",
        "refused/min", "hours", "waits (median / longest)",
    ]

    package var row: [String] {
        let waits = waits.sorted { $0.key < $1.key }.map { tenant, waits in
            "\(tenant.isEmpty ? "all" : tenant) \(Self.time(Self.median(waits))) / "
                + Self.time(waits.last ?? 0)
        }
        return [
            name, shape, "\(jobs)", violation.map { $0.rule.rawValue } ?? "0",
            "\(Self.round(utilisation * 100)) %", "\(refusalsPerMinute)",
            "\(Self.round(seconds / 3600))", waits.joined(separator: ", "),
        ]
    }

    package static func median(_ values: [Double]) -> Double {
        values.isEmpty ? 0 : values[values.count / 2]
    }

    /// One decimal.
    private static func round(_ value: Double) -> Double { (value * 10).rounded() / 10 }

    private static func time(_ seconds: Double) -> String {
        seconds < 120 ? "\(Int(seconds)) s" : "\(Int(seconds / 60)) min"
    }
}

extension World {
    /// Slots that are ours then: what the account grants less what others use.
    func slots(at time: Int64) -> Int {
        let accounts = weather.changes.last { $0.at <= time }?.accounts ?? weather.policy.accounts
        let granted = accounts.map(\.concurrency).reduce(0, +)
        let foreign = weather.foreign.filter { $0.span.contains(time) }.map(\.tasks)
        return max(0, granted - foreign.reduce(0, +))
    }
}

extension ScenarioResult {
    /// A Markdown table of all of them.
    package static func table(_ results: [ScenarioResult]) -> String {
        let rows = [header] + results.map(\.row)
        let widths = header.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        func line(_ cells: [String]) -> String {
            let padded = zip(cells, widths).map {
                $0 + String(repeating: " ", count: $1 - $0.count)
            }
            return "| " + padded.joined(separator: " | ") + " |"
        }
        let rule = line(widths.map { String(repeating: "-", count: $0) })
        return ([line(rows[0]), rule] + rows.dropFirst().map(line)).joined(separator: "\n")
    }
}
