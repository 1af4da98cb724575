// A model of the provider: tasks, an invoice, and answers that may be anything but verdicts.

import JobEngine

/// Which request a job stands for: an id may be used again after a failure.
struct Incarnation: Hashable {
    var id: JobID
    var source: Source
}

/// It does *not* enforce its own limit of unfinished tasks, so that an overrun shows.
struct Provider {
    struct Task {
        var id: String
        var incarnation: Incarnation
        var attempt: Int
        var lane: LaneID
        var account: String
        var model: String
        var tenant: String
        var acceptedAt: Int64
        var endsAt: Int64
        var end: End
        /// Misleading answers that it still gives before it tells the truth.
        var lies: Int

        var isPaid: Bool { end == .success }
    }

    enum End { case success, failed, failedUnpaid, forgotten, suspect }

    /// The invoice: every accepted submit, by task id.
    private(set) var tasks: [String: Task] = [:]
    private var running: Set<String> = []
    /// When a submit was refused because the account was full.
    private(set) var refusals: [Int64] = []
    var outages: [ProviderOutage] = []
    private var byIncarnation: [Incarnation: [String]] = [:]

    func tasks(of incarnation: Incarnation) -> [Task] {
        (byIncarnation[incarnation] ?? []).compactMap { tasks[$0] }
    }

    mutating func unfinished(
        at now: Int64, account: String, where isCounted: (Task) -> Bool
    ) -> Int {
        running = running.filter { (tasks[$0]?.endsAt ?? 0) > now }
        return running.filter { id in
            guard let task = tasks[id] else { return false }
            return task.account == account && isCounted(task)
        }.count
    }

    /// With foreign tasks on the account no slot is left. Without any it lets everything in, so that an overrun shows.
    private mutating func isFull(_ account: String, at now: Int64, _ weather: Weather) -> Bool {
        guard !weather.foreign.isEmpty,
            let limit = weather.policy.accounts.first(where: { $0.name == account })?.concurrency
        else { return false }
        let others = weather.foreign.filter { $0.span.contains(now) }.map(\.tasks).reduce(0, +)
        return unfinished(at: now, account: account) { _ in true } + others >= limit
    }

    /// Unfinished tasks of one tenant.
    mutating func unfinished(at now: Int64, tenant: String) -> Int {
        running = running.filter { (tasks[$0]?.endsAt ?? 0) > now }
        return running.filter { tasks[$0]?.tenant == tenant }.count
    }

    /// The outage that an account is in; none once it is calm.
    func outage(of account: String, at now: Int64) -> Int? {
        outages.firstIndex { $0.account == account && $0.span.contains(now) }
    }

    mutating func submit(
        _ order: SubmitOrder, at now: Int64, _ weather: Weather, calm: Bool, _ chance: inout Chance
    ) -> SubmitAnswer {
        if !calm, let outage = outage(of: order.account, at: now) {
            return .refused(
                Refusal(outages[outage].way, cause: FailureCause(.upstream, message: "down")))
        }
        if !calm, chance.happens(weather.rate(.refusal)) { return refusal(&chance) }
        if isFull(order.account, at: now, weather) {
            refusals.append(now)
            return .refused(
                Refusal(.concurrencyLimit, cause: FailureCause(.upstream, message: "50430")))
        }
        let id = "task-\(tasks.count + 1)"
        let incarnation = Incarnation(id: order.reference.job, source: order.request.source)
        let end = end(weather, calm: calm, &chance)
        tasks[id] = Task(
            id: id, incarnation: incarnation, attempt: order.attempt,
            lane: order.reference.lane, account: order.account,
            model: order.request.model, tenant: order.request.tenant ?? "", acceptedAt: now,
            endsAt: now + Int64(weather.shortestTask + chance.below(weather.longestTask)), end: end,
            lies: chance.happens(weather.rate(.oddQuery)) ? chance.below(4) : 0)
        running.insert(id)
        byIncarnation[incarnation, default: []].append(id)
        return .accepted(taskID: id, requestID: nil)
    }

    private func end(_ weather: Weather, calm: Bool, _ chance: inout Chance) -> End {
        if calm { return .success }
        if chance.happens(weather.rate(.failedTask)) {
            return chance.happens(500) ? .failed : .failedUnpaid
        }
        if chance.happens(weather.rate(.forgottenTask)) { return .forgotten }
        if chance.happens(weather.rate(.suspectTask)) { return .suspect }
        return .success
    }

    private func refusal(_ chance: inout Chance) -> SubmitAnswer {
        let ways: [(Refusal.Way, FailureKind)] = [
            (.concurrencyLimit, .upstream), (.rateLimit, .upstream), (.transient, .upstream),
            (.account, .account), (.final, .contentRejected),
        ]
        let (way, kind) = ways[chance.below(ways.count)]
        return .refused(Refusal(way, cause: FailureCause(kind, message: "refused")))
    }

    mutating func query(
        _ id: String, at now: Int64, _ weather: Weather, calm: Bool, _ chance: inout Chance
    ) -> QueryAnswer {
        if !calm, chance.happens(weather.rate(.oddQuery)) { return nothingSaid(&chance) }
        guard let task = tasks[id] else {
            return .gone(FailureCause(.upstream, message: "not_found"))
        }
        if task.lies > 0, !calm {
            tasks[id]?.lies -= 1
            if now < task.endsAt { return .gone(FailureCause(.upstream, message: "not_found")) }
            if task.end == .success { return .doneWithoutLink }
        }
        if now < task.endsAt {
            return .inProgress(status: chance.happens(100) ? "pondering" : "generating")
        }
        switch task.end {
        case .success:
            let expiry = Instant(milliseconds: World.epochStart + now + 3_600_000)
            return .done(Product(links: ["https://videos.example/\(id).mp4"], expiresAt: expiry))
        case .failed:
            return .failed(
                FailureCause(.generationFailed, message: "failed"), newTaskMayHelp: false)
        case .failedUnpaid:
            return .failed(
                FailureCause(.generationFailed, message: "output refused"), newTaskMayHelp: true)
        case .forgotten:
            return .gone(FailureCause(.upstream, message: "not_found"))
        case .suspect:
            return .suspect(
                FailureCause(.upstream, message: "50500", mayHaveBeenCharged: true))
        }
    }

    private func nothingSaid(_ chance: inout Chance) -> QueryAnswer {
        switch chance.below(4) {
        case 0: .askAgain(reason: "503", retryAfter: .seconds(2), isRateLimit: false)
        case 1: .askAgain(reason: "50429", retryAfter: nil, isRateLimit: true)
        case 2:
            .suspect(FailureCause(.upstream, message: "50501", mayHaveBeenCharged: true))
        default: .askAgain(reason: "timed out", retryAfter: nil, isRateLimit: false)
        }
    }
}
