// Which jobs a list shows.

package import JobEngine

/// Everything that is given must fit.
package struct JobFilter: Sendable, Equatable {
    package enum Scope: Sendable, Equatable {
        /// Without an outcome, or with a slot that is still taken.
        case open
        /// Ended badly, as long as the id is remembered.
        case failed
        case all
    }

    package var scope = Scope.open
    package var stages: Set<JobSnapshot.Stage> = []
    package var lanes: Set<Int> = []
    package var tenants: Set<String> = []
    package var models: Set<String> = []
    package var accounts: Set<String> = []
    /// Since the request was written.
    package var olderThan: Duration?

    package init() {}

    package func fits(_ job: JobSnapshot, at now: Instant) -> Bool {
        let stage = job.stage(at: now)
        return fits(stage, job)
            && (lanes.isEmpty || lanes.contains(job.lane))
            && (tenants.isEmpty || job.tenant.map(tenants.contains) ?? false)
            && (models.isEmpty || models.contains(job.model))
            && (accounts.isEmpty || job.account.map(accounts.contains) ?? false)
            && (olderThan.map { (job.age(at: now) ?? .zero) >= $0 } ?? true)
    }

    private func fits(_ stage: JobSnapshot.Stage, _ job: JobSnapshot) -> Bool {
        // A stage that was asked for by name is wanted, whatever the scope.
        guard stages.isEmpty else { return stages.contains(stage) }
        switch scope {
        case .all: return true
        case .failed: return job.isFinished && job.failureKind != nil
        case .open:
            switch stage {
            case .queued, .delayed, .submitting, .doubting, .running, .holding, .unreadable:
                return true
            case .succeeded, .failed: return false
            }
        }
    }
}

extension JobSnapshot {
    /// Since the request was written.
    package func age(at now: Instant) -> Duration? {
        (instant("requested_at") ?? instant("accepted_at")).map { now - $0 }
    }

    /// What happens next, and when, as far as the ledger tells: looks at a running task are planned in memory.
    package func next(at now: Instant) -> (what: String, at: Instant?) {
        switch stage(at: now) {
        case .queued: ("a free slot", nil)
        case .delayed: ("try again", waitsUntil(now))
        case .submitting: ("submit", instant("send_by"))
        case .doubting: ("late news, or unknown", nil)
        case .running: ("look at the task", nil)
        case .holding: ("slot is free", hold?.until)
        case .succeeded, .failed: ("", nil)
        case .unreadable: ("a newer release", nil)
        }
    }
}
