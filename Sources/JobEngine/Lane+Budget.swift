// A lane's share of the budget: asked before each intent, and kept in step with what jobs have set aside.

extension Lane {
    /// Whether a job may be intended now.
    enum Affordability {
        case yes
        /// Today's share is used up; `tenant` is nil if it is everybody's.
        case notToday(tenant: String?)
        /// No day will do.
        case never(FailureCause)
    }

    mutating func affordability(of id: JobID, turn: inout Turn) -> Affordability {
        guard let job = jobs[id] else { return .yes }
        let bounds = bounds(for: job.tenant, turn.policy)
        if bounds.isEmpty { return .yes }
        guard let cost = job.entry.request?.cost else {
            return .never(.unknownPrice(job.entry.model))
        }
        rollSpend(turn: &turn)
        for bound in bounds where cost > bound.share {
            return .never(.beyondBudget(cost: cost, share: bound.share))
        }
        for bound in bounds where bound.used > bound.share - cost {
            return .notToday(tenant: bound.tenant)
        }
        return .yes
    }

    private struct Bound {
        var tenant: String?
        var share: Int64
        var used: Int64
    }

    private func bounds(for tenant: String, _ policy: Policy) -> [Bound] {
        var bounds: [Bound] = []
        if let whole = policy.budget.perDay {
            let share = Budget.share(of: whole, lane: id, lanes: policy.lanes)
            bounds.append(Bound(tenant: nil, share: share, used: spend.total))
        }
        if let whole = policy.tenant(tenant).budget {
            let share = Budget.share(of: whole, lane: id, lanes: policy.lanes)
            bounds.append(Bound(tenant: tenant, share: share, used: spend.tenants[tenant] ?? 0))
        }
        return bounds
    }

    mutating func rollSpend(turn: inout Turn) {
        let today = turn.policy.budget.day(at: turn.now)
        guard today > spend.day else { return }
        spend.roll(to: today)
        exhausted = []
        unblock()
    }

    /// When the next day begins, and with it a new budget.
    func tomorrow(_ turn: Turn) -> Instant { turn.policy.budget.begin(ofDay: spend.day + 1) }

    /// Says once a day that nothing is left.
    mutating func sayExhausted(_ tenant: String?, turn: inout Turn) {
        guard exhausted.insert(tenant).inserted else { return }
        turn.report(.budgetExhausted(id, tenant: tenant, until: tomorrow(turn)))
    }

    /// Tenants that were passed over for want of money are asked again.
    mutating func unblock() {
        for modelClass in backlogs.keys { backlogs[modelClass]?.unblock() }
    }

    /// What a job has set aside changed: the lane's sum follows.
    mutating func changeSpend(of job: Job, from old: Job.Money) {
        let new = job.money
        if let reserved = new.reserved, old.reserved == nil {
            spend.reserve(reserved.amount, for: job.tenant)
            isSpendUnwritten = true
        }
        guard let reserved = old.reserved, new.reserved == nil, new.spent == old.spent else {
            return
        }
        spend.release(reserved.amount, for: job.tenant, reservedOn: reserved.day)
        isSpendUnwritten = true
        exhausted = []
        unblock()
    }

    /// The lane's sum, for the write that changed it.
    mutating func takeUnwrittenSpend() -> Spend? {
        guard isSpendUnwritten else { return nil }
        isSpendUnwritten = false
        return spend
    }
}

extension FailureCause {
    fileprivate static func unknownPrice(_ model: String) -> FailureCause {
        FailureCause(
            .account, code: "price_unknown",
            message: "there is a budget, and nobody knows what \(model) costs; give its price in "
                + "JIMENG_PRICES")
    }

    fileprivate static func beyondBudget(cost: Int64, share: Int64) -> FailureCause {
        FailureCause(
            .account, code: "beyond_budget",
            message: "it costs \(Money.text(cost)), and a lane's share of the daily budget is "
                + "\(Money.text(share)): no day would do; raise the budget")
    }

    static func budgetExhausted(_ tenant: String?) -> FailureCause {
        let whose =
            tenant.map { $0.isEmpty ? " of jobs without a tenant" : " of tenant \($0)" } ?? ""
        return FailureCause(
            .account, code: "budget_exhausted",
            message: "the lane's share of today's budget\(whose) is used up", isRetryable: true)
    }
}

/// Amounts as text.
package enum Money {
    /// Millionths as a decimal number with at least two decimals: `3.25`.
    package static func text(_ micro: Int64) -> String {
        let fraction = String(micro.magnitude % 1_000_000)
        var digits = String(repeating: "0", count: 6 - fraction.utf8.count) + fraction
        while digits.utf8.count > 2, digits.hasSuffix("0") { digits.removeLast() }
        return "\(micro < 0 ? "-" : "")\(micro.magnitude / 1_000_000).\(digits)"
    }
}
