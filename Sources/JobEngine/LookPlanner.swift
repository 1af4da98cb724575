// Finds the look times that leave a slot idle for the shortest time at a given number of looks.

/// Minimises E[idle] + price · E[looks] exactly on a grid of ages, and finds the price at which E[looks] is the budget.
///
/// Why a price: the best plan for a budget is the best plan for some price of a look, and for a price a plain dynamic
/// programme does it. From state "ran at age s" the next look at age t costs the idle time of tasks that are done
/// between s and t, and a price if the task is still running at s. The best next look never comes earlier for a later s, so
/// each state tries only the ages up to the best of its successor.
struct LookPlanner {
    private let distribution: AgeDistribution
    private let shortest: Double
    private let longest: Double
    /// Buckets in which looks are planned.
    private let buckets: Range<Int>
    private let firstLook: Double

    /// A look that saves less than this (in milliseconds) is not worth while, however many may be had: halving the idle time
    /// doubles the looks.
    private static let leastPrice = 8.0
    private static let highestPrice = 1e8
    /// The shortest bound on intervals that is planned with, in milliseconds.
    private static let leastLongest = 60_000.0
    /// Of all tasks: those that are so fast that no look is planned for them, and those so slow that they are left to
    /// the rule for the tail. What is not impossible only because nothing ever is, is worth no look.
    private static let rest = 0.004
    /// The first look is not planned for later than when so many are done, however few looks may be had: a slot that
    /// idles is dearer than looks beyond the budget.
    private static let latestFirst = 0.9
    /// Grid points between two looks, about.
    private static let fineness = 4.0

    init(_ distribution: AgeDistribution, bounds: PollPlan) {
        self.distribution = distribution
        shortest = Double(max(1, bounds.shortest.milliseconds))
        // Shorter ones are kept when looks are made. Planned with, they would make every look after the first dear, and
        // the first one late: better more looks than a slot that idles.
        longest = max(Self.leastLongest, Double(bounds.longest.milliseconds))
        firstLook = Double(max(1, bounds.firstLook.milliseconds))
        let start = max(
            AgeBuckets.index(of: Int64(firstLook)),
            distribution.before.firstIndex { $0 > Self.rest }.map { $0 - 1 } ?? 0)
        let end = distribution.edge(leaving: Self.rest)
        buckets = start..<max(start, end)
    }

    /// `queries`: looks at a task, on average, that must not be exceeded.
    func plan(queries: Double) -> LookPlan {
        guard !buckets.isEmpty else {
            return LookPlan(ages: [], next: [], first: 0, price: 0, expectedLooks: 1)
        }
        let rough = roughPrice(queries: queries)
        let grid = grid(price: rough)
        var best = solve(grid, price: rough)
        if rough > Self.leastPrice || best.looks > queries {
            best = fit(grid, near: rough, queries: queries)
        }
        return LookPlan(
            ages: grid.ages.map { Int64($0.rounded()) }, next: best.next, first: best.first,
            price: best.price / 1000, expectedLooks: best.looks)
    }

    // MARK: The price

    private func fit(_ grid: Grid, near rough: Double, queries: Double) -> Solution {
        var low = max(Self.leastPrice, rough / 8)
        var high = rough * 8
        var best = solve(grid, price: high)
        let cheapest = solve(grid, price: low)
        if cheapest.looks <= queries { return cheapest }
        for _ in 0..<9 {
            let middle = (low * high).squareRoot()
            let solution = solve(grid, price: middle)
            if solution.looks <= queries {
                best = solution
                high = middle
            } else {
                low = middle
            }
        }
        return best
    }

    /// For intervals that are short against the changes of the density f, the best is √(2 · price · survival / f).
    private func gap(_ bucket: Int, price: Double) -> Double {
        let survival = max(1e-9, 1 - distribution.before[bucket] - distribution.shares[bucket] / 2)
        let density = distribution.shares[bucket] / AgeBuckets.width(bucket)
        guard density > 0 else { return longest }
        return min(longest, max(shortest, (2 * price * survival / density).squareRoot()))
    }

    private func roughPrice(queries: Double) -> Double {
        var (low, high) = (Self.leastPrice, Self.highestPrice)
        if roughLooks(price: low) <= queries { return low }
        for _ in 0..<24 {
            let middle = (low * high).squareRoot()
            if roughLooks(price: middle) <= queries { high = middle } else { low = middle }
        }
        return high
    }

    private func roughLooks(price: Double) -> Double {
        buckets.reduce(1) { looks, bucket in
            let survival = 1 - distribution.before[bucket] - distribution.shares[bucket] / 2
            return looks + survival * AgeBuckets.width(bucket) / gap(bucket, price: price)
        }
    }

    // MARK: The grid

    private struct Grid {
        /// In milliseconds.
        var ages: [Double] = []
        /// Share of tasks done by each age.
        var done: [Double] = []
        /// Their mean age times that share.
        var moment: [Double] = []
    }

    private func grid(price: Double) -> Grid {
        var grid = Grid()
        var moment = 0.0
        for bucket in 0..<buckets.upperBound {
            let (lower, width) = (AgeBuckets.lower(bucket), AgeBuckets.width(bucket))
            let share = distribution.shares[bucket]
            if bucket >= buckets.lowerBound {
                let wanted = Self.fineness * width / gap(bucket, price: price)
                let points = min(64, max(1, Int(wanted.rounded(.up))))
                for point in 0..<points {
                    let age = max(lower + width * Double(point) / Double(points), firstLook)
                    let part = (age - lower) / width
                    guard part <= 1, age > grid.ages.last ?? 0 else { continue }
                    grid.ages.append(age)
                    grid.done.append(distribution.before[bucket] + share * part)
                    grid.moment.append(moment + share * part * (lower + width * part / 2))
                }
            }
            moment += share * (lower + width / 2)
        }
        grid.ages.append(max(firstLook + 1, AgeBuckets.lower(buckets.upperBound)))
        grid.done.append(distribution.before[buckets.upperBound])
        grid.moment.append(moment)
        return grid
    }

    // MARK: The dynamic programme

    private struct Solution {
        var next: [Int32]
        var first: Int
        var price: Double
        var looks: Double
    }

    private func solve(_ grid: Grid, price: Double) -> Solution {
        let last = grid.ages.count - 1
        var cost = [Double](repeating: 0, count: last + 1)
        var looks = cost
        var next = [Int32](repeating: Int32(last), count: last + 1)
        var soonest = last
        for state in stride(from: last - 1, through: 0, by: -1) {
            let age = grid.ages[state]
            while soonest - 1 > state && grid.ages[soonest - 1] - age >= shortest { soonest -= 1 }
            let done = grid.done[state]
            let base = price * (1 - done) + grid.moment[state]
            var (best, bestCost) = (soonest, Double.infinity)
            for look in soonest...max(soonest, Int(next[state + 1])) {
                if look > soonest && grid.ages[look] - age > longest { break }
                let idle = grid.ages[look] * (grid.done[look] - done) - grid.moment[look]
                if base + idle + cost[look] < bestCost {
                    (best, bestCost) = (look, base + idle + cost[look])
                }
            }
            next[state] = Int32(best)
            cost[state] = bestCost
            looks[state] = 1 - done + looks[best]
        }
        func total(_ look: Int) -> Double {
            grid.ages[look] * grid.done[look] - grid.moment[look] + cost[look]
        }
        let first =
            (0...last).filter { grid.done[$0] <= Self.latestFirst }.min { total($0) < total($1) }
            ?? 0
        return Solution(next: next, first: first, price: price, looks: 1 + looks[first])
    }
}
