// What a demonstration shows.

package import JimengSimulator

package struct DemoOptions: Sendable {
    /// 1 or more.
    package var jobs = 12
    /// 1 or more; more than lanes are hot standbys.
    package var workers = 3
    package var lanes = 4
    package var seed: UInt64 = 1
    package var faults = FaultDial.Preset.off

    package init() {}

    /// Unfinished tasks that the account allows: two for each lane.
    package var slots: Int { lanes * 2 }

    /// The median generation time: real ones are minutes; here all jobs together keep the slots busy for 20 s.
    package var generation: Duration {
        let perSlot = max(1, (jobs + slots - 1) / slots)
        return .milliseconds(min(4000, max(300, 20_000 / perSlot)))
    }
}
