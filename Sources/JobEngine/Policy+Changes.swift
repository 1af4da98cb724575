// What of a policy may change while a worker runs.

extension Policy {
    /// This policy with what may change taken from `other`: accounts and their limits, tenants, the budget's amounts and
    /// what happens when it is used up, tries, what becomes of lost submits, the time a task is given, polling, windows.
    ///
    /// All else stays as it was at the start: the number of lanes and the dedup window are agreed on with the ledger, the
    /// send window with the group, time-outs with the clients, and the budget's calendar with what was spent by it.
    package func adopting(_ other: Policy) -> Policy {
        var policy = self
        policy.accounts = other.accounts
        policy.tenants = other.tenants
        policy.otherTenants = other.otherTenants
        policy.budget.perDay = other.budget.perDay
        policy.budget.whenExhausted = other.budget.whenExhausted
        policy.maximumTries = other.maximumTries
        policy.unknownSubmit = other.unknownSubmit
        policy.unknownHold = other.unknownHold
        policy.taskTimeout = other.taskTimeout
        policy.polling = other.polling
        policy.windowJobs = other.windowJobs
        policy.windowBytes = other.windowBytes
        return policy
    }
}

extension Scheduler {
    /// Limits that fall end nothing that runs: slots beyond them are refilled no more. While workers take a change over
    /// one after the other, the fleet stays within the larger of the two limits.
    mutating func adopt(_ policy: Policy) {
        turn.policy = turn.policy.adopting(policy)
        for id in lanes.keys.sorted() {
            lanes[id]?.adoptPolicy(turn: &turn)
            touch(id)
        }
    }
}

extension Lane {
    fileprivate mutating func adoptPolicy(turn: inout Turn) {
        let classes = Set(pools.keys.compactMap(\.model))
        var (before, slots) = (pools, [PoolKey: Int]())
        for account in turn.policy.accounts {
            let share = AccountShare(of: account, lane: id, lanes: turn.policy.lanes)
            slots.merge(share.slots) { $1 }
            change(&submitRates[account.name], to: share.submitsPerSecond, at: turn.now)
            change(&queryRates[account.name], to: share.queriesPerSecond, at: turn.now)
        }
        pools = slots.mapValues { SlotPool(capacity: $0, recovery: turn.policy.slotRecovery) }
        // By the new set of pools: a model may have got or lost slots of its own.
        var taken: [PoolKey: Int] = [:]
        for slot in jobs.values.compactMap(\.slot) { taken[poolKey(of: slot), default: 0] += 1 }
        for (key, fresh) in pools {
            var pool = before.removeValue(forKey: key) ?? fresh
            pool.change(capacity: fresh.capacity, taken: taken[key] ?? 0)
            pools[key] = pool
        }
        if Set(pools.keys.compactMap(\.model)) != classes { sortBacklogsAnew(turn) }
        exhausted = []
        unblock()
    }

    /// The rates of an account that is gone stay, for looks at its tasks.
    private func change(_ bucket: inout TokenBucket?, to rate: Double, at now: Instant) {
        if bucket == nil {
            bucket = TokenBucket(rate: rate, burst: rate, at: now)
        } else {
            bucket?.change(rate: rate, burst: rate, at: now)
        }
    }

    /// Jobs wait by the slots that they compete for; they keep their places in line.
    private mutating func sortBacklogsAnew(_ turn: Turn) {
        backlogs = SmallTable()
        for job in jobs.values where job.state == .queued {
            guard let ticket = job.ticket else { continue }
            line(up: job, ticket: ticket, turn)
        }
    }
}
