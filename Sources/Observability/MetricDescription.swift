// What a metric is called, what it counts and by which labels: a row of a catalogue.

/// A metric as it is described to people and to Prometheus.
package struct MetricDescription: Hashable, Sendable {
    package enum Kind: String, Sendable {
        /// Only grows; its name ends in `_total`.
        case counter
        /// Goes up and down.
        case gauge
        /// How often a value fell below each of some bounds.
        case histogram
    }

    /// With its unit at the end, as Prometheus has it.
    package let name: String
    package let kind: Kind
    /// One line: what it tells, without a full stop.
    package let help: String
    /// Names of its labels; the values of each must be few and known.
    package let labels: [String]
    /// Upper bounds of a histogram, ascending, in the unit of the name; empty for other kinds.
    package let buckets: [Double]

    package static func counter(_ name: String, _ help: String, labels: [String] = []) -> Self {
        Self(name: name, kind: .counter, help: help, labels: labels, buckets: [])
    }

    package static func gauge(_ name: String, _ help: String, labels: [String] = []) -> Self {
        Self(name: name, kind: .gauge, help: help, labels: labels, buckets: [])
    }

    package static func histogram(
        _ name: String, _ help: String, labels: [String] = [], buckets: [Double]
    ) -> Self {
        Self(name: name, kind: .histogram, help: help, labels: labels, buckets: buckets.sorted())
    }
}

/// Bounds of histograms, in seconds.
package enum Buckets {
    /// Jobs that take minutes: a second to two hours.
    package static let minutes: [Double] = [
        1, 2, 5, 10, 20, 30, 45, 60, 90, 120, 180, 240, 300, 420, 600, 900, 1800, 3600, 7200,
    ]
    /// Calls over the network: ten milliseconds to two minutes.
    package static let calls: [Double] = [
        0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120,
    ]
    /// Commits of a local cluster: a millisecond to a minute.
    package static let commits: [Double] = [
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
    ]
    /// How late something was noticed: a tenth of a second to a minute.
    package static let delays: [Double] = [
        0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 5, 7.5, 10, 15, 30, 60,
    ]
    /// Things in a batch.
    package static let counts: [Double] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]
}
