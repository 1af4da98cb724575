// Start states: a conversation that has got as far as a test begins.

import JobEngine

extension Samples {
    /// As `policy`, but back-offs and pauses have one fixed length (4 s and 2 s) instead of a drawn one.
    static func steadyPolicy(_ change: (inout Policy) -> Void = { _ in }) -> Policy {
        policy { policy in
            policy.retry = Backoff(base: .seconds(8), cap: .seconds(4))
            policy.pause = Backoff(base: .seconds(4), cap: .seconds(2))
            policy.breaker.coolDown = Backoff(base: .seconds(4), cap: .seconds(2))
            change(&policy)
        }
    }
}

extension Conversation {
    /// Job `a` waits for the answer to its first submit.
    static func submitting(_ policy: Policy = Samples.steadyPolicy()) -> Conversation {
        var talk = owner(policy)
        talk.reads("a")
        talk.commits()
        talk.commits()
        return talk
    }

    /// The task `t1` of job `a` runs since the start; the first look is due at 3 s.
    static func polling(_ policy: Policy = Samples.steadyPolicy()) -> Conversation {
        var talk = submitting(policy)
        talk.submitted("a", .accepted("t1"))
        talk.commits()
        return talk
    }

    /// The first query of job `a` is in the air.
    static func querying(_ policy: Policy = Samples.steadyPolicy()) -> Conversation {
        var talk = polling(policy)
        talk.waits(3)
        return talk
    }

    /// Job `a` has ended: its task delivered, or failed for good.
    static func ended(
        _ answer: QueryAnswer = .done, _ policy: Policy = Samples.steadyPolicy()
    ) -> Conversation {
        var talk = querying(policy)
        talk.queried("a", answer)
        talk.commits()
        return talk
    }

    /// The answer to the submit of `a` was lost and its outcome (policy `fail`) is out.
    static func lingering(_ policy: Policy = Samples.steadyPolicy()) -> Conversation {
        var talk = submitting(policy)
        talk.submitted("a", .lost)
        talk.commits()
        return talk
    }

    /// Reads, commits and grants `ids`, each up to its submit in the air.
    mutating func starts(_ ids: JobID...) {
        for id in ids { reads(id) }
        commits()
        commits()
    }
}
