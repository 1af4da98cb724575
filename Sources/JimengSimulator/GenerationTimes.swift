// How long the simulated provider takes for a task: a distribution by model and frames.

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A distribution of generation times, from acceptance to done.
package enum GenerationTime: Sendable, Equatable {
    /// Always the same.
    case fixed(Duration)
    /// Evenly spread over a range.
    case uniform(ClosedRange<Duration>)
    /// Log-normal: half of the tasks take less than `median`; `sigma` is the deviation of the
    /// logarithm.
    case logNormal(median: Duration, sigma: Double)
    /// Two humps: `slowShare` of the tasks take around `slow`, the others around `fast` (each ±10
    /// %).
    case bimodal(fast: Duration, slow: Duration, slowShare: Double)

    /// Draws one time; never negative.
    package func draw(_ generator: inout SplitMix64) -> Duration {
        switch self {
        case .fixed(let time):
            return max(.zero, time)
        case .uniform(let range):
            return max(.zero, generator.duration(in: range))
        case .logNormal(let median, let sigma):
            return median * exp(sigma * Self.normal(&generator))
        case .bimodal(let fast, let slow, let slowShare):
            let hump = generator.chance(slowShare) ? slow : fast
            return hump * (0.9 + 0.2 * generator.unit())
        }
    }

    /// A draw from the standard normal distribution (Box and Muller).
    private static func normal(_ generator: inout SplitMix64) -> Double {
        let radius = (-2 * log(1 - generator.unit())).squareRoot()
        return radius * cos(2 * Double.pi * generator.unit())
    }
}

/// The generation times of all models and a factor that makes the whole provider faster.
package struct GenerationTimes: Sendable, Equatable {
    /// What a time is looked up by. `frames` nil stands for every length of that model.
    package struct Key: Hashable, Sendable {
        package let model: String
        package let frames: Int?

        package init(model: String, frames: Int? = nil) {
            self.model = model
            self.frames = frames
        }
    }

    /// The time of every model that `own` does not name. The default is of the size that clients
    /// report (section 6: 1 to 5 minutes).
    package var usual: GenerationTime
    /// Times of single models; the entry with frames goes before the one without.
    package var own: [Key: GenerationTime]
    /// Drawn times are divided by this. 1 is real time, 60 turns minutes into seconds; must be
    /// positive.
    package var speedUp: Double

    package init(
        usual: GenerationTime = .logNormal(median: .seconds(100), sigma: 0.35),
        own: [Key: GenerationTime] = [:], speedUp: Double = 1
    ) {
        precondition(speedUp > 0, "speedUp divides times: it must be positive, got \(speedUp)")
        (self.usual, self.own, self.speedUp) = (usual, own, speedUp)
    }

    /// Draws the time of one task.
    package func draw(model: String, frames: Int, _ generator: inout SplitMix64) -> Duration {
        let time = own[Key(model: model, frames: frames)] ?? own[Key(model: model)] ?? usual
        return time.draw(&generator) / speedUp
    }
}
