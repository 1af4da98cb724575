// When to look at a task again.

/// Growing intervals: no look before anything could be done, then intervals in proportion to the task's age.
package struct PollPlan: Equatable, Sendable {
    /// Age of the task at the first look.
    package var firstLook: Duration = .seconds(3)
    /// An interval is this share of the task's age …
    package var growth: Double = 0.1
    /// … but not shorter than this …
    package var shortest: Duration = .seconds(1)
    /// … nor longer than this.
    package var longest: Duration = .seconds(15)

    package init() {}

    /// When to look next at a task that was submitted at `submittedAt` and is looked at, or restored, `now`.
    package func nextLook(submittedAt: Instant, now: Instant) -> Instant {
        let age = now - submittedAt
        // A predecessor whose clock was ahead may have noted a time to come.
        if age < firstLook { return min(submittedAt, now) + firstLook }
        let share = Double(age.milliseconds) * growth
        let interval = min(max(share, Double(shortest.milliseconds)), Double(longest.milliseconds))
        return now + .milliseconds(Int64(interval))
    }
}
