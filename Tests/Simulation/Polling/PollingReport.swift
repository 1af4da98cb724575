// The table of the polling laboratory: learned looks beside fixed ticking and beside an oracle.

import JobEngine

/// One kind of generation times at one budget, under every way of looking.
package struct PollingComparison: Sendable {
    package let model: GenerationModel
    /// The learned plan after the warm-up, and for the first tasks that a worker ever sees.
    package var warm: PollingMeasures
    package var cold: PollingMeasures
    /// Ticks as many as the learned plan needs.
    package var sameTicks: PollingMeasures
    /// The best plan for the distribution with as many queries as the learned plan was allowed, or needed.
    package var oracle: PollingMeasures

    /// `queries`: the budget per job; nil: one query a second per running task.
    package init(_ model: GenerationModel, queries: Double?, warmUp: Int = 400, tasks: Int = 1000) {
        self.model = model
        var setting = PollingLab.Setting(
            model, queriesPerSecond: queries == nil ? 2 : 10, tasks: tasks)
        setting.polling.queries = queries
        setting.warmUp = warmUp
        warm = Self.run(setting)
        sameTicks = Self.ticks(setting, sameAs: warm)
        oracle = Oracle(model).measure(setting, queries: queries ?? warm.queriesPerJob)
        setting.warmUp = 0
        setting.tasks = 100
        cold = Self.run(setting)
    }

    package static func run(_ setting: PollingLab.Setting) -> PollingMeasures {
        var lab = PollingLab(setting)
        return lab.run()
    }

    /// Fixed ticking, without regard to the query rate.
    package static func ticks(every interval: Duration, _ setting: PollingLab.Setting)
        -> PollingMeasures
    {
        var setting = setting
        setting.queriesPerSecond = 1000
        setting.polling.rule = .growing
        setting.polling.growth = 0
        setting.polling.firstLook = interval
        setting.polling.shortest = interval
        setting.polling.longest = interval
        return run(setting)
    }

    /// A tick that needs n queries on average is the mean time divided by n − ½.
    private static func ticks(_ setting: PollingLab.Setting, sameAs learned: PollingMeasures)
        -> PollingMeasures
    {
        var chance = Chance(seed: setting.seed)
        var sum = 0.0
        for task in 0..<(setting.warmUp + setting.tasks) {
            let time = Double(setting.model.draw(task, &chance))
            if task >= setting.warmUp { sum += time }
        }
        let mean = sum / Double(setting.tasks)
        let interval = mean / max(0.6, learned.queriesPerJob - 0.5)
        return ticks(every: .milliseconds(Int64(interval)), setting)
    }
}

package enum PollingReport {
    /// All of it, as Markdown, line by line.
    package static func lines(tasks: Int = 1000) -> [String] {
        var lines = head
        for model in GenerationModel.all {
            var setting = PollingLab.Setting(model, queriesPerSecond: 1000, tasks: tasks)
            setting.warmUp = 400
            lines += rows(PollingComparison(model, queries: nil, tasks: tasks), "1 a second")
            lines += rows(PollingComparison(model, queries: 12, tasks: tasks), "12 a job")
            lines.append(
                PollingComparison.ticks(every: .seconds(1), setting)
                    .row("\(model.name) | – | fixed 1 s"))
            lines.append(
                PollingComparison.ticks(every: .seconds(5), setting)
                    .row("\(model.name) | – | fixed 5 s"))
        }
        return lines
    }

    private static let head = [
        "| generation times | budget | looks | idle median | idle mean | queries per job "
            + "| delay p50 | p90 | p99 |",
        "|---|---|---|---|---|---|---|---|---|",
    ]

    private static func rows(_ comparison: PollingComparison, _ budget: String) -> [String] {
        let name = "\(comparison.model.name) | \(budget) | "
        return [
            comparison.warm.row(name + "learned"),
            comparison.cold.row(name + "learned, first 100 jobs ever"),
            comparison.oracle.row(name + "oracle, same queries"),
            comparison.sameTicks.row(name + "fixed, same queries"),
        ]
    }
}
