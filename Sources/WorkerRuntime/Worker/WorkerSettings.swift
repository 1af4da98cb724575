// Everything that a worker is told, as one value.

package import JobEngine
package import Kafka

/// Settings of one worker, checked and complete; see `ConfigurationReader` for how it is read.
package struct WorkerSettings: Sendable {
    package var kafka: ClientConfiguration
    /// The consumer group that shares the lanes.
    package var group = "jimeng-workers"
    package var topics = Topics()
    package var policy = Policy()
    /// Nil: made up from the client id and the process, which is what a fleet of equal workers wants.
    package var transactionalID: String?
    /// After which the broker aborts a transaction whose worker went away; a successor waits that long at worst.
    package var transactionTimeout: Duration = .seconds(15)
    /// How often new request partitions are looked for.
    package var partitionWatch: Duration = .seconds(60)
    /// Of the request partitions that the cluster tells, how many there are. For tests: the embedded broker lets no topic
    /// grow.
    package var partitionsSeen: @Sendable (_ told: Int) -> Int = { $0 }
    /// How often is asked where request partitions end, for lag and for how long finished jobs are remembered.
    package var requestsWatch: Duration = .seconds(15)
    /// How patient watchdogs are.
    package var watch = WatchSettings()

    /// Called from the watchdogs' own thread when one gives up: the last word, for a worker that may not end by itself.
    package var onHopeless: @Sendable () -> Void = {}

    package init(kafka: ClientConfiguration) {
        self.kafka = kafka
    }
}
