// The best that any plan could do: one that knows how generation times are distributed.

/// The exact optimum for a sample of the distribution, on a fine grid; shares no code with the engine's planner.
struct Oracle {
    private let ages: [Double]
    private let done: [Double]
    private let moment: [Double]

    /// Looks at a task, ages in milliseconds.
    private struct Plan {
        var looks: [Double]
        var expected: Double
    }

    init(_ model: GenerationModel) {
        var chance = Chance(seed: 0x0_4ac1e)
        let sample = (0..<20_000).map { _ in model.base(&chance) }.sorted()
        let last = sample[sample.count * 999 / 1000]
        var (ages, done, moment) = ([Double](), [Double](), [Double]())
        var (index, sum) = (0, 0.0)
        var age = sample[0] * 0.999
        while age < last {
            while index < sample.count, sample[index] <= age {
                sum += sample[index]
                index += 1
            }
            ages.append(age)
            done.append(Double(index) / Double(sample.count))
            moment.append(sum / Double(sample.count))
            age *= 1.00125
        }
        (self.ages, self.done, self.moment) = (ages, done, moment)
    }

    /// What the best plan with `queries` looks at a task shows for the tasks of a run.
    func measure(_ setting: PollingLab.Setting, queries: Double) -> PollingMeasures {
        var chance = Chance(seed: setting.seed)
        let mix = mix(queries: queries)
        var share = 0.0
        var delays: [Double] = []
        var count = 0
        for task in 0..<(setting.warmUp + setting.tasks) {
            let time = setting.model.base(&chance)
            guard task >= setting.warmUp else { continue }
            share += mix.share
            let plan = share >= 1 ? mix.rich : mix.poor
            if share >= 1 { share -= 1 }
            var (look, number) = (plan.looks[0], 1)
            while look < time {
                look = number < plan.looks.count ? plan.looks[number] : look * 1.05
                number += 1
            }
            delays.append((look - time) * setting.model.scale(task))
            count += number
        }
        return PollingMeasures(delays: delays, queries: count)
    }

    /// Two plans, and for what share of tasks the first: plans of one price each jump over some budgets, and between two of
    /// them the best is to take turns.
    private func mix(queries: Double) -> (rich: Plan, poor: Plan, share: Double) {
        var (low, high) = (1e-6, ages[ages.count - 1] * 100)
        var (rich, poor) = (plan(price: low), plan(price: high))
        for _ in 0..<24 {
            let middle = (low * high).squareRoot()
            let plan = plan(price: middle)
            if plan.expected <= queries { (poor, high) = (plan, middle) }
            if plan.expected > queries { (rich, low) = (plan, middle) }
        }
        let width = rich.expected - poor.expected
        return (rich, poor, width > 0 ? max(0, (queries - poor.expected) / width) : 0)
    }

    private func plan(price: Double) -> Plan {
        let last = ages.count - 1
        var cost = [Double](repeating: 0, count: last + 1)
        var next = [Int](repeating: last, count: last + 1)
        var expected = cost
        for state in stride(from: last - 1, through: 0, by: -1) {
            var (best, bestCost) = (last, Double.infinity)
            for look in (state + 1)...max(state + 1, next[state + 1]) {
                let idle = ages[look] * (done[look] - done[state]) - (moment[look] - moment[state])
                let total = price * (1 - done[state]) + idle + cost[look]
                if total < bestCost { (best, bestCost) = (look, total) }
            }
            (next[state], cost[state]) = (best, bestCost)
            expected[state] = 1 - done[state] + expected[best]
        }
        var looks: [Double] = []
        var state = next[0]
        while state < last {
            looks.append(ages[state])
            state = next[state]
        }
        return Plan(looks: looks + [ages[last]], expected: expected[0])
    }
}
