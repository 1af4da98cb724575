// At which ages a task is to be looked at.

/// For every age at which a task was last seen running: the age of the next look. Made by `LookPlanner`.
package struct LookPlan: Equatable, Sendable {
    /// In milliseconds, ascending; empty: nothing could be planned.
    let ages: [Int64]
    /// For each of `ages`: the index of the next look.
    let next: [Int32]
    /// Of `ages`; at which a task is looked at first.
    let first: Int
    /// Seconds that a look must save to be worth while.
    let price: Double
    /// Looks at a task to be expected, on average.
    package let expectedLooks: Double

    /// Age of the task at the first look.
    package var firstLook: Duration? {
        ages.isEmpty ? nil : .milliseconds(ages[first])
    }

    /// The age of the next look at a task that ran at age `last`; nil beyond what is known.
    package func look(after last: Duration) -> Duration? {
        let last = last.milliseconds
        guard let end = ages.last, last < end else { return nil }
        guard last >= ages[0] else { return firstLook }
        var (low, high) = (0, ages.count - 1)
        while low < high {
            let middle = (low + high + 1) / 2
            if ages[middle] <= last { low = middle } else { high = middle - 1 }
        }
        return .milliseconds(ages[Int(next[low])])
    }
}
