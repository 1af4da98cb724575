// What is known of the generation times of one class of tasks: several memories, believed as far as they foretell.

/// How long an observation counts cannot be known beforehand: a steady provider wants a long memory, a drifting one a
/// short one. Several are kept side by side; each is believed in proportion to how well it foretold what came (a mixture
/// with fixed share: belief is multiplied by the probability that the memory gave, and a small part is dealt out
/// anew, so that none is ever given up).
struct TimeHistory: Sendable {
    private var memories: [FadingHistogram]
    /// Adds up to 1.
    private var beliefs: [Double]
    /// Observations since the beginning.
    private(set) var observations = 0

    /// Half-life in observations, and buckets to either side over which each is smoothed.
    private static let kinds: [(halfLife: Double, reach: Int)] = [
        (8, 4), (24, 3), (72, 2), (216, 1),
    ]
    /// Of all belief, what is dealt out anew with each observation.
    private static let dealt = 0.02

    /// `usual`: the middle of the usual times, before anything has been seen.
    init(usual: Duration) {
        let prior = Self.prior(usual: Double(max(1, usual.milliseconds)))
        memories = Self.kinds.map {
            FadingHistogram(halfLife: $0.halfLife, reach: $0.reach, prior: prior)
        }
        beliefs = memories.map { _ in 1 / Double(Self.kinds.count) }
    }

    /// What the observations count for together, in new ones, the prior included; by the longest memory.
    var effectiveCount: Double { memories.reduce(0) { max($0, $1.count) } }

    /// The task still ran at age `after` and was over at age `by`.
    mutating func observe(after: Duration, by: Duration, weight: Double = 1) {
        let interval = AgeInterval(after: after, by: by)
        observations += 1
        judge(by: interval)
        for index in memories.indices { memories[index].observe(interval, weight: weight) }
    }

    /// The task still ran at that age: all of its weight lies beyond.
    mutating func outlived(_ age: Duration, weight: Double) {
        let interval = AgeInterval(after: age, by: nil)
        observations += 1
        for index in memories.indices { memories[index].observe(interval, weight: weight) }
    }

    private mutating func judge(by interval: AgeInterval) {
        let foretold = zip(beliefs, memories).map { $0 * $1.share(within: interval) }
        let sum = foretold.reduce(0, +)
        guard sum > 0 else { return }
        let fresh = Self.dealt / Double(beliefs.count)
        beliefs = foretold.map { (1 - Self.dealt) * $0 / sum + fresh }
    }

    func distribution() -> AgeDistribution {
        AgeDistribution(
            weights: (0..<AgeBuckets.count).map { bucket in
                zip(beliefs, memories).reduce(0) { $0 + $1.0 * $1.1.share(bucket) }
            })
    }

    /// In multiples of the usual time: where the share of such tasks lies. With the usual time of 150 s for five
    /// seconds of video: 1 to 5 minutes usual, 2 to 10 possible (clients of the provider say so).
    private static let priorShape: [(from: Double, to: Double, share: Double)] = [
        (1.0 / 15, 0.4, 0.05), (0.4, 2, 0.7), (2, 4, 0.2), (4, 12, 0.04), (12, 288, 0.01),
    ]

    private static func prior(usual: Double) -> [Double] {
        var prior = [Double](repeating: 0, count: AgeBuckets.count)
        let last = AgeBuckets.edges[AgeBuckets.count] - 1
        for (from, to, share) in priorShape {
            let low = AgeBuckets.index(of: min(last, Int64(usual * from)))
            let high = AgeBuckets.index(of: min(last, Int64(usual * to)))
            let part = share / Double(high - low + 1)
            for bucket in low...high { prior[bucket] += part }
        }
        return prior
    }
}
