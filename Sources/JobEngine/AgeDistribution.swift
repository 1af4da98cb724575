// How old tasks are when they are done, as shares of all tasks.

/// Shares per bucket, evenly spread within each; a value made of a histogram at one moment.
struct AgeDistribution: Equatable, Sendable {
    /// Share of tasks that are done within each bucket; adds up to 1.
    let shares: [Double]
    /// Share of tasks that are done before each edge of the buckets.
    let before: [Double]
    /// In milliseconds.
    let mean: Double

    /// `weights`: one for each bucket, not all zero.
    init(weights: [Double]) {
        let total = weights.reduce(0, +)
        shares = weights.map { $0 / total }
        var sum = 0.0
        var mean = 0.0
        var before = [0.0]
        before.reserveCapacity(shares.count + 1)
        for (bucket, share) in shares.enumerated() {
            sum += share
            mean += share * (AgeBuckets.lower(bucket) + AgeBuckets.width(bucket) / 2)
            before.append(min(1, sum))
        }
        self.before = before
        self.mean = mean
    }

    /// Share of tasks that are done by that age.
    func share(by age: Duration) -> Double {
        let milliseconds = age.milliseconds
        guard milliseconds > 0 else { return 0 }
        let bucket = AgeBuckets.index(of: milliseconds)
        let part = (Double(milliseconds) - AgeBuckets.lower(bucket)) / AgeBuckets.width(bucket)
        return before[bucket] + shares[bucket] * min(1, part)
    }

    /// How likely a task that still ran at age `last` is done by `age`.
    func chance(after last: Duration, by age: Duration) -> Double {
        let past = share(by: last)
        guard past < 1 else { return 1 }
        return max(0, share(by: age) - past) / (1 - past)
    }

    /// The edge by which all but `rest` of the tasks are done.
    func edge(leaving rest: Double) -> Int {
        before.firstIndex { $0 >= 1 - rest } ?? AgeBuckets.count
    }
}
