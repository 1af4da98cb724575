// What one tenant may have of what all tenants share.

/// How a tenant is treated. Jobs without a tenant are those of one tenant, named "".
package struct TenantPolicy: Equatable, Sendable {
    /// Share of the slots while others wait as well, in proportion to the others' weights; 1 to 1000.
    package var weight = 1
    /// Tasks of the tenant that run at once at most, over all workers; nil: as many as there are slots. It is shared out
    /// over the lanes like slots, so it must be at least the number of lanes.
    package var concurrency: Int?

    /// What the tenant's jobs may cost each day, over all workers, in millionths; nil: only the whole budget bounds it.
    package var budget: Int64?

    package init(weight: Int = 1, concurrency: Int? = nil, budget: Int64? = nil) {
        self.weight = weight
        self.concurrency = concurrency
        self.budget = budget
    }
}

extension Policy {
    package func tenant(_ name: String) -> TenantPolicy { tenants[name] ?? otherTenants }

    /// Tasks of a tenant that may run at once in a lane; the shares of all lanes add up to the tenant's concurrency.
    func running(of tenant: String, in lane: LaneID) -> Int {
        self.tenant(tenant).concurrency.map { SlotPool.share(of: $0, lane: lane, lanes: lanes) }
            ?? .max
    }
}
