// Writing to metrics by their description, through swift-metrics.

package import CoreMetrics
import Metrics

/// Where measurements go: any backend of swift-metrics, or nowhere.
package struct Meters: Sendable {
    package typealias Label = (String, String)

    private let factory: any MetricsFactory

    package init(_ factory: any MetricsFactory) {
        self.factory = factory
    }

    /// Goes nowhere.
    package static let none = Meters(NOOPMetricsHandler.instance)

    package func count(_ metric: MetricDescription, by amount: Int = 1, _ labels: Label...) {
        guard amount > 0 else { return }
        Counter(label: metric.name, dimensions: labels, factory: factory).increment(by: amount)
    }

    /// Shows a counter at nought from the start: what appears with its first value looks as if it had never grown.
    package func begin(_ metric: MetricDescription, _ labels: Label...) {
        Counter(label: metric.name, dimensions: labels, factory: factory).increment(by: 0)
    }

    /// For counters of amounts that have fractions: seconds, money.
    package func add(_ amount: Double, to metric: MetricDescription, _ labels: Label...) {
        FloatingPointCounter(label: metric.name, dimensions: labels, factory: factory)
            .increment(by: amount)
    }

    package func set(_ metric: MetricDescription, to value: Double, _ labels: Label...) {
        Meter(label: metric.name, dimensions: labels, factory: factory).set(value)
    }

    package func set(_ metric: MetricDescription, to value: Int, _ labels: Label...) {
        Meter(label: metric.name, dimensions: labels, factory: factory).set(Double(value))
    }

    package func observe(_ metric: MetricDescription, _ duration: Duration, _ labels: Label...) {
        let (seconds, attoseconds) = duration.components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let nanoseconds = overflow ? Int64.max / 2 : whole + attoseconds / 1_000_000_000
        Timer(label: metric.name, dimensions: labels, factory: factory)
            .recordNanoseconds(max(0, nanoseconds))
    }

    package func observe(_ metric: MetricDescription, _ value: Int, _ labels: Label...) {
        Recorder(label: metric.name, dimensions: labels, aggregate: true, factory: factory)
            .record(value)
    }
}
