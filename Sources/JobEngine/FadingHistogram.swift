// Generation times as they were seen, older ones counting less: one guess at how fast the provider changes.

/// Weights per age bucket; after `halfLife` new observations an old one counts half.
struct FadingHistogram: Sendable {
    /// In new observations; the prior included.
    private(set) var count: Double
    private var weights: [Double]
    /// Weight of one new observation: it grows instead of all others shrinking.
    private var unit = 1.0
    private let growth: Double
    private let kernel: [Double]
    private let prior: [Double]

    /// What the prior counts for at first, in observations …
    private static let priorWeight = 3.0
    /// … and for ever, so that nothing is impossible.
    private static let leastPrior = 0.3
    /// Of an observation's weight: what is spread evenly over its interval.
    private static let evenPart = 0.1

    /// `reach`: buckets to either side over which an observation is smoothed: few of them leave gaps that mean nothing.
    /// `prior`: shares per bucket that add up to 1.
    init(halfLife: Double, reach: Int, prior: [Double]) {
        // 2^(1 / halfLife), near enough.
        growth = 1 + 0.693_147 / halfLife
        let steps = (-reach...reach).map { Double(reach + 1 - abs($0)) }
        let sum = steps.reduce(0, +)
        kernel = steps.map { $0 / sum }
        self.prior = prior
        weights = prior.map { $0 * Self.priorWeight }
        count = Self.priorWeight
    }

    /// The share of tasks of which a bucket takes hold.
    func share(_ bucket: Int) -> Double {
        (weights[bucket] / unit + Self.leastPrior * prior[bucket]) / (count + Self.leastPrior)
    }

    /// The share of tasks that are over within an interval.
    func share(within interval: AgeInterval) -> Double {
        interval.parts.reduce(0) { $0 + share($1.bucket) * $1.part }
    }

    /// Weight goes to the buckets of the interval, mostly in proportion to what is already known (as in the EM
    /// algorithm for interval-censored data), a part of it evenly.
    mutating func observe(_ interval: AgeInterval, weight: Double) {
        let likely = share(within: interval)
        let even = interval.isOpen ? 0 : Self.evenPart
        let gains = interval.parts.map { bucket, part in
            let evenly = part * AgeBuckets.width(bucket) / interval.length
            let known = likely > 0 ? share(bucket) * part / likely : evenly
            return (bucket: bucket, gain: even * evenly + (1 - even) * known)
        }
        for (bucket, gain) in gains { add(unit * weight * gain, around: bucket) }
        count += weight
        fade(by: weight)
    }

    private mutating func add(_ weight: Double, around bucket: Int) {
        let reach = kernel.count / 2
        for (offset, factor) in kernel.enumerated() {
            weights[min(max(bucket + offset - reach, 0), weights.count - 1)] += weight * factor
        }
    }

    private mutating func fade(by weight: Double) {
        let factor = 1 + (growth - 1) * weight
        unit *= factor
        count /= factor
        guard unit > 1e12 else { return }
        for bucket in weights.indices { weights[bucket] /= unit }
        unit = 1
    }
}

/// Ages between the last look that found a task running and the first that found it over.
struct AgeInterval {
    /// Buckets, and the part of each that lies within.
    let parts: [(bucket: Int, part: Double)]
    /// In milliseconds.
    let length: Double
    /// The end is not known.
    let isOpen: Bool

    /// `end`: nil if the task has not been seen over.
    init(after start: Duration, by end: Duration?) {
        let last = AgeBuckets.edges[AgeBuckets.count]
        let high = min(max(end?.milliseconds ?? last, 1), last)
        let low = min(max(start.milliseconds, 0), high - 1)
        parts = (AgeBuckets.index(of: low)...AgeBuckets.index(of: high - 1)).map { bucket in
            let from = max(Double(low), AgeBuckets.lower(bucket))
            let to = min(Double(high), AgeBuckets.upper(bucket))
            return (bucket, (to - from) / AgeBuckets.width(bucket))
        }
        length = Double(high - low)
        isOpen = end == nil
    }
}
