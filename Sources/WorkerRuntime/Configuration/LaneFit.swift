// Whether what is shared out over lanes leaves every lane with enough to get on.

import Jimeng
import JobEngine

/// Shares of lanes are exact, so what is smaller than the number of lanes leaves some lane with nothing: jobs that fall
/// to it would wait for ever.
enum LaneFit {
    /// What does not fit, each with its remedy.
    static func mistakes(_ policy: Policy, _ catalogue: ModelCatalogue, lanes: Int)
        -> [ConfigurationMistake]
    {
        var mistakes: [ConfigurationMistake] = []
        if let text = tooSmall(policy.budget.perDay, catalogue, lanes) {
            mistakes.append(ConfigurationMistake(WorkerFields.budget.name, "is \(text)"))
        }
        var tenants = policy.tenants.map { (name: $0.key.isEmpty ? "-" : $0.key, tenant: $0.value) }
        tenants.append((TenantTable.everyOther, policy.otherTenants))
        for (name, tenant) in tenants.sorted(by: { $0.name < $1.name }) {
            if let concurrency = tenant.concurrency, concurrency < lanes {
                mistakes.append(
                    ConfigurationMistake(
                        WorkerFields.tenants.name,
                        "gives \(name) a concurrency of \(concurrency), but there are \(lanes) lanes, "
                            + "and in a lane without a share the tenant's jobs would wait for ever: "
                            + "give it \(lanes) or more, or leave it out and use weight"))
            }
            if let text = tooSmall(tenant.budget, catalogue, lanes) {
                mistakes.append(
                    ConfigurationMistake(
                        WorkerFields.tenants.name, "gives \(name) a budget of \(text)"))
            }
        }
        return mistakes
    }

    /// Why no job could ever be paid from a lane's share of a budget.
    private static func tooSmall(_ budget: Int64?, _ catalogue: ModelCatalogue, _ lanes: Int)
        -> String?
    {
        guard let budget, let cheapest = catalogue.cheapest?.microYuan else { return nil }
        let share = Budget.share(of: budget, lane: LaneID(lanes - 1), lanes: lanes)
        guard share < cheapest else { return nil }
        return "\(Money.text(budget)) CNY a day, of which a lane's share (one of \(lanes)) is "
            + "\(Money.text(share)), less than the cheapest job costs (\(Money.text(cheapest))): it "
            + "could never run one; give it \(Money.text(cheapest * Int64(lanes))) or more"
    }
}
