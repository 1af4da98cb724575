// How long the tasks of a simulated provider run: steady, drifting, with two modes, with a long tail.

/// Draws generation times, in milliseconds, by the number of the task.
package struct GenerationModel: Sendable {
    package let name: String
    /// A time as it would be without drift.
    let base: @Sendable (inout Chance) -> Double
    /// What the times of that task's moment are multiplied by.
    let scale: @Sendable (_ task: Int) -> Double

    init(
        _ name: String, scale: @escaping @Sendable (Int) -> Double = { _ in 1 },
        base: @escaping @Sendable (inout Chance) -> Double
    ) {
        self.name = name
        self.scale = scale
        self.base = base
    }

    func draw(_ task: Int, _ chance: inout Chance) -> Int64 {
        Int64(base(&chance) * scale(task))
    }

    package static let all = [steady, even, drifting, bimodal, heavy]

    /// A bell around two minutes and twenty seconds, a fifth wide.
    package static let steady = GenerationModel("steady") { chance in
        within(60_000...300_000) { bell(140_000, 0.2, &chance) }
    }

    /// Anything from one to five minutes, all of it equally likely: nothing to be learned but the bounds.
    package static let even = GenerationModel("even 60–300 s") { chance in
        60_000 + 240_000 * unit(&chance)
    }

    /// From 90 s to 220 s and back within a thousand tasks.
    package static let drifting = GenerationModel(
        "drifting",
        scale: { task in
            let phase = Double(task % 1000) / 500
            return 90 + 130 * (phase < 1 ? phase : 2 - phase)
        }, base: { chance in bell(1000, 0.15, &chance) })

    package static let bimodal = GenerationModel("bimodal") { chance in
        unit(&chance) < 0.6 ? bell(90_000, 0.08, &chance) : bell(220_000, 0.08, &chance)
    }

    /// One in a hundred takes ten times as long as the fastest (Pareto, exponent 2), an hour at most.
    package static let heavy = GenerationModel("heavy-tailed") { chance in
        min(3_600_000, 70_000 / max(1e-9, unit(&chance)).squareRoot())
    }

    private static func within(_ range: ClosedRange<Double>, _ draw: () -> Double) -> Double {
        var value = draw()
        while !range.contains(value) { value = draw() }
        return value
    }

    private static func unit(_ chance: inout Chance) -> Double {
        Double(chance.below(1 << 30)) / Double(1 << 30)
    }

    /// Log-normal, near enough: twelve even draws for a normal one, and 2^10 small steps for the exponential.
    private static func bell(_ median: Double, _ sigma: Double, _ chance: inout Chance) -> Double {
        let normal = (0..<12).reduce(-6.0) { sum, _ in sum + unit(&chance) }
        var power = 1 + sigma * normal / 1024
        for _ in 0..<10 { power *= power }
        return median * power
    }
}
