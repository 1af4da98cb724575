// When to look at a task again: the bounds, and the rule within them.

/// How tasks are looked at.
package struct PollPlan: Equatable, Sendable {
    package var rule = Rule.learned
    /// No look at a task that is younger, whatever has been learned.
    package var firstLook: Duration = .seconds(3)
    /// Between two looks at one task at least …
    package var shortest: Duration = .milliseconds(500)
    /// … and at most, once the first has been.
    package var longest: Duration = .seconds(60)
    /// Where nothing is known an interval is this share of the task's age.
    package var growth: Double = 0.1
    /// The middle of usual generation times of `usualFrames` frames, until times have been seen.
    package var usual: Duration = .seconds(150)
    /// Looks at a task that are not exceeded on average, however many the account grants; nil: no such bound.
    package var queries: Double?

    package enum Rule: Equatable, Sendable {
        /// By what generation times have been seen (`LookPlanner`).
        case learned
        /// Intervals in proportion to the task's age.
        case growing
    }

    package init() {}

    /// Five seconds of video, which most models make.
    private static let usualFrames = 121

    /// Longer videos take longer.
    func usual(frames: Int?) -> Duration {
        let frames = min(max(frames ?? Self.usualFrames, 1), 100 * Self.usualFrames)
        return usual * frames / Self.usualFrames
    }

    /// When to look next at a task that was submitted at `submittedAt` and is looked at, or restored, `now`, if nothing
    /// is known but its age: no look before the first, then intervals in proportion to the age.
    package func nextLook(submittedAt: Instant, now: Instant) -> Instant {
        let age = now - submittedAt
        // A predecessor whose clock was ahead may have noted a time to come.
        if age < firstLook { return min(submittedAt, now) + firstLook }
        let share = Double(age.milliseconds) * growth
        let interval = min(max(share, Double(shortest.milliseconds)), Double(longest.milliseconds))
        return now + .milliseconds(Int64(interval))
    }

    /// When to ask again after an answer that told nothing of the task.
    func nextTry(submittedAt: Instant, now: Instant) -> Instant {
        var bounds = self
        bounds.longest = watch
        return bounds.nextLook(submittedAt: submittedAt, now: now)
    }

    /// How often a task is looked at whose job is over, while it keeps the slot.
    var watch: Duration { min(longest, .seconds(15)) }

    /// When to look next at a task that ran at `lastSeen` (nil: it has not been looked at), by a plan.
    func nextLook(_ plan: LookPlan, submittedAt: Instant, lastSeen: Instant?, now: Instant)
        -> Instant
    {
        let submittedAt = min(submittedAt, now)
        let last = lastSeen ?? submittedAt
        guard let look = plan.look(after: last - submittedAt) else {
            return nextLook(submittedAt: submittedAt, now: now)
        }
        let planned = max(submittedAt + look, submittedAt + firstLook)
        guard let lastSeen else { return max(planned, now) }
        return max(now, min(max(planned, lastSeen + shortest), lastSeen + longest))
    }
}
