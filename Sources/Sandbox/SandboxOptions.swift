// What a sandbox is made of.

package import JimengSimulator

/// Sizes and habits of a sandbox. Defaults suit a laptop and a minute of patience.
package struct SandboxOptions: Sendable {
    /// Ledger partitions, 1 or more; at most `slots`.
    package var lanes = 4
    /// Partitions of the requests topic, at least `lanes`.
    package var requestPartitions = 8
    /// Unfinished tasks that the simulated account allows.
    package var slots = 8
    package var submitsPerSecond = 50
    package var queriesPerSecond = 200
    /// How long the simulated provider takes for a task.
    package var generation = GenerationTime.logNormal(median: .seconds(3), sigma: 0.4)
    package var dial = FaultDial()
    package var seed: UInt64 = 1
    /// A real cluster to use in place of the embedded broker: its bootstrap servers. Topics and group get names of their
    /// own, so that a run never meets another.
    package var externalBrokers: String?
    /// Copies of each topic on a real cluster; nil for the cluster's default.
    package var replication: Int?
    /// Topic configuration of the ledger on a real cluster, in place of the planned values of the same names.
    package var ledgerConfiguration: [String: String] = [:]
    /// Port of the simulator; 0 for any free one.
    package var simulatorPort = 0

    package init() {}
}
