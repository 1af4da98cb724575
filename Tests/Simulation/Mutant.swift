// Deliberate faults, to show that the simulation has teeth: each is a worker that breaks one rule.

import JobEngine

/// A fault bends what goes into the scheduler or comes out of it, or what the runtime does for it, so that the engine
/// itself needs no switch. Each must be caught by some seed.
package enum Mutant: String, CaseIterable, Sendable {
    // What the engine is told to respect.
    case oneSlotTooMany = "counts one slot more than there is"
    case sharesNotDivided = "gives every lane the whole account"
    case modelLimitIgnored = "runs models with slots of their own on everybody's slots"
    case tenantBoundIgnored = "runs as many tasks of a tenant as there are slots"
    case tenantBoundNotShared = "gives every lane the tenant's whole bound"
    case budgetNotShared = "gives every lane the whole budget"
    case budgetIgnored = "spends what it likes"
    case ratesNotShared = "gives every lane the account's whole rates"
    case ratesIgnored = "calls as often as it likes"
    case breakerIgnored = "goes on submitting to an account that is down"
    case changesNotHeard = "goes by the limits that it started with"
    case windowIgnored = "reads as much as there is"
    case holdsForgottenAtOnce = "frees the slot of a lost submit or an abandoned task at once"
    case believesTheFirstDoubt = "believes the first 'not found'"
    case tombstoneTooEarly = "forgets a finished job after a second"
    case waitingDuplicatesIgnored = "forgets a finished job whose duplicate waits to be read"
    case resubmitsAgainstPolicy = "submits again after a lost answer although it should fail"
    // What it hears.
    case unknownTakenForUnsent = "takes a lost answer for a submit that was not sent"
    case verdictOn429 = "takes a query that was refused for a failed task"
    case suspectTakenForVerdict = "takes an odd error for a documented end"
    case heldAnswersDropped = "forgets answers that come between release and resume"
    // What it finds in the ledger.
    case intentTakenForNothing = "takes a predecessor's intent for an attempt that came to nothing"
    case taskForgotten = "does not restore the task of a submitted job"
    case lingeringNotRestored = "does not restore the hold of a finished job"
    case waitingHoldNotRestored = "does not restore the hold of a waiting job"
    case finishedNotRestored = "does not restore finished jobs"
    case openNotRestored = "does not restore jobs that were only accepted"
    case spendForgotten = "forgets at a take-over what was spent today"
    case cursorNotRestored = "reads requests from the beginning after a take-over"
    /// Waiting for pending offsets and reading to the high watermark are each enough in this model of Kafka, where a
    /// transaction sends offsets for every lane that it writes to.
    case restoresWhatIsStable =
        "restores what is stable, without waiting for a predecessor's transaction"
    case resumesByWatermark = "trusts a high watermark that it asked for when it released the lane"
    // What it orders.
    case submitsBeforeCommit = "submits while the intent is still being written"
    case intentNotWritten = "does not write intents"
    case sendByIgnored = "sends although send-by has passed"
    case outcomeNotWritten = "writes the end of a job without its outcome"
    case cancelNotWritten = "forgets a cancel in the entry that carries its cursor"
    case unknownNotCounted = "does not count attempts of unknown fate"
    case renewalNotCounted = "does not count replaced tasks"
    case spendNotWritten = "does not record what its lanes have spent"
    case noteNotWritten = "keeps the task id of a lost lane to itself"
    case epochNotRenewed = "writes under the epoch before the last"
    // What its runtime does.
    case abortedBatchDropped = "does not write an aborted batch again"
    case lostLanesWritten = "writes for lanes that it has lost, with fresh metadata"
    case notFenced = "commits without regard to the group"
    case releasesTooEarly = "releases a lane before the engine does"
}

extension World {
    /// The policy as the workers know it; auditors know the true one.
    func bent(_ policy: Policy) -> Policy {
        var policy = policy
        switch mutant {
        case .oneSlotTooMany:
            for index in policy.accounts.indices { policy.accounts[index].concurrency += 1 }
        case .sharesNotDivided: policy.lanes = 1
        case .modelLimitIgnored:
            for index in policy.accounts.indices {
                let own = policy.accounts[index].modelConcurrency.values.reduce(0, +)
                policy.accounts[index].concurrency += own
                policy.accounts[index].modelConcurrency = [:]
            }
        case .tenantBoundIgnored:
            for name in policy.tenants.keys { policy.tenants[name]?.concurrency = nil }
            policy.otherTenants.concurrency = nil
        case .tenantBoundNotShared:
            for name in policy.tenants.keys {
                policy.tenants[name]?.concurrency? *= policy.lanes
            }
            policy.otherTenants.concurrency? *= policy.lanes
        case .budgetNotShared:
            policy.budget.perDay? *= Int64(policy.lanes)
            policy.otherTenants.budget? *= Int64(policy.lanes)
            for name in policy.tenants.keys { policy.tenants[name]?.budget? *= Int64(policy.lanes) }
        case .budgetIgnored:
            policy.budget.perDay = nil
            policy.otherTenants.budget = nil
            for name in policy.tenants.keys { policy.tenants[name]?.budget = nil }
        case .ratesNotShared: multiplyRates(of: &policy, by: Double(policy.lanes))
        case .ratesIgnored: multiplyRates(of: &policy, by: 1000)
        case .breakerIgnored:
            policy.breaker.threshold = .max
            policy.breaker.coolDown = Backoff(base: .milliseconds(1), cap: .milliseconds(1))
        case .windowIgnored: policy.windowJobs = 1000
        case .holdsForgottenAtOnce: policy.unknownHold = .milliseconds(1)
        case .believesTheFirstDoubt: policy.doubtfulAnswers = 1
        case .tombstoneTooEarly: policy.dedupWindow = .seconds(1)
        case .resubmitsAgainstPolicy: policy.unknownSubmit = .resubmit
        default: break
        }
        return policy
    }

    private func multiplyRates(of policy: inout Policy, by factor: Double) {
        for index in policy.accounts.indices {
            policy.accounts[index].submitsPerSecond *= factor
            policy.accounts[index].queriesPerSecond *= factor
        }
    }

    /// nil: the worker does not hear it.
    func bent(_ event: Event, for worker: Int) -> Event? {
        switch (mutant, event) {
        case (.unknownTakenForUnsent, .submitted(var submitted)):
            if case .unknown = submitted.answer { submitted.answer = .notSent(reason: "?") }
            return .submitted(submitted)
        case (.verdictOn429, .queried(var queried)):
            if case .askAgain(let reason, _, _) = queried.answer {
                let cause = FailureCause(.upstream, message: reason)
                queried.answer = .failed(cause, newTaskMayHelp: false)
            }
            return .queried(queried)
        case (.suspectTakenForVerdict, .queried(var queried)):
            if case .suspect(let cause) = queried.answer {
                queried.answer = .failed(cause, newTaskMayHelp: false)
            }
            return .queried(queried)
        case (.changesNotHeard, .policyChanged): return nil
        case (.waitingDuplicatesIgnored, .requestsMeasured(let lane, let ends, let asOf)):
            return .requestsMeasured(lane, ends: ends.mapValues { _ in 0 }, asOf: asOf)
        case (.heldAnswersDropped, .queried(let queried)):
            return workers[worker].parked[queried.reference.lane] == nil ? event : nil
        case (_, .laneAcquired(let restore)): return .laneAcquired(bent(restore))
        default: return event
        }
    }

    private func bent(_ restore: LaneRestore) -> LaneRestore {
        var restore = restore
        switch mutant {
        case .finishedNotRestored: restore.entries.removeAll { isFinished($0) }
        case .spendForgotten: restore.spend = nil
        case .openNotRestored: restore.entries.removeAll { isWaiting($0) }
        case .intentTakenForNothing, .taskForgotten, .lingeringNotRestored, .waitingHoldNotRestored:
            for index in restore.entries.indices { bend(&restore.entries[index]) }
        default: break
        }
        return restore
    }

    private func bend(_ entry: inout Entry) {
        switch (mutant, entry.phase) {
        case (.intentTakenForNothing, .intent), (.taskForgotten, .submitted):
            entry.phase = .accepted(retryAt: nil)
        case (.lingeringNotRestored, .finished): entry.hold = nil
        case (.waitingHoldNotRestored, .accepted):
            entry.hold = nil
            entry.phase = .accepted(retryAt: nil)
        default: break
        }
    }

    private func isFinished(_ entry: Entry) -> Bool {
        if case .finished = entry.phase { true } else { false }
    }

    private func isWaiting(_ entry: Entry) -> Bool {
        if case .accepted = entry.phase { true } else { false }
    }

    /// nil: the worker does not do it.
    func bent(_ effect: Effect) -> Effect? {
        switch (mutant, effect) {
        case (.sendByIgnored, .submit(var order)):
            order.sendBy = .distantFuture
            return .submit(order)
        case (.noteNotWritten, .note): return nil
        case (_, .write(let write)): return .write(bent(write))
        default: return effect
        }
    }

    private func bent(_ write: Write) -> Write {
        var write = write
        if mutant == .spendNotWritten { write.spend = nil }
        if mutant == .outcomeNotWritten { write.outcome = nil }
        if mutant == .epochNotRenewed { write.epoch = max(1, write.epoch - 1) }
        guard case .put(var entry) = write.change else { return write }
        switch (mutant, entry.phase) {
        case (.intentNotWritten, .intent): entry.phase = .accepted(retryAt: nil)
        case (.cancelNotWritten, .accepted), (.cancelNotWritten, .intent),
            (.cancelNotWritten, .submitted):
            entry.isCancelled = false
        case (.unknownNotCounted, _): entry.unknownAttempts = 0
        case (.renewalNotCounted, _): entry.renewals = 0
        default: break
        }
        write.change = .put(entry)
        return write
    }
}
