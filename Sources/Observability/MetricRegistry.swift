// All series of a process, bounded: what swift-metrics is bootstrapped with, and what a scrape shows.

package import CoreMetrics
import Synchronization

/// A backend of swift-metrics that answers scrapes in Prometheus' text format.
///
/// Bounded: of one metric at most `largestFamily` series are kept, and at most `largestCatalogue` metrics that nobody
/// described. What goes beyond is dropped and counted in `jimeng_metric_series_dropped_total`.
package final class MetricRegistry: Sendable {
    /// Counts series that were not kept; a family of its own, so that it cannot be crowded out.
    package static let dropped = MetricDescription.counter(
        "jimeng_metric_series_dropped_total",
        "Measurements that were dropped because their metric has too many series already")

    private struct Family {
        let description: MetricDescription
        /// By their labels as text.
        var series: [String: Series] = [:]
    }

    enum Series {
        case counter(CounterSeries)
        case gauge(GaugeSeries)
        case histogram(HistogramSeries)
    }

    private struct Given: Hashable {
        let label: String
        let dimensions: [String]

        init(_ label: String, _ dimensions: [(String, String)]) {
            self.label = label
            self.dimensions = dimensions.flatMap { [$0.0, $0.1] }
        }
    }

    private struct Found {
        let series: Series
        let kind: MetricDescription.Kind
    }

    /// Beyond so many, series are found the long way.
    private static let mostFound = 20_000

    private struct State {
        var families: [String: Family] = [:]
        var undescribed = 0
        var collectors: [@Sendable (Meters) -> Void] = []
        /// Series by name and labels as they were given: making their Prometheus form costs more than all the rest.
        var found: [Given: Found] = [:]
    }

    private let state: Mutex<State>
    private let droppedSeries = CounterSeries()
    private let largestFamily: Int
    private let largestCatalogue: Int

    /// - Parameter descriptions: those without labels begin at nought, so that their growth can be seen from the start.
    package init(
        _ descriptions: [MetricDescription], largestFamily: Int = 1000,
        largestCatalogue: Int = 200
    ) {
        var families: [String: Family] = [:]
        for description in descriptions + [Self.dropped] {
            families[description.name] = Family(description: description)
            guard description.labels.isEmpty, description.kind != .gauge else { continue }
            families[description.name]?.series[""] = Self.make(description)
        }
        families[Self.dropped.name]?.series[""] = .counter(droppedSeries)
        state = Mutex(State(families: families))
        self.largestFamily = largestFamily
        self.largestCatalogue = largestCatalogue
    }

    private static func make(_ description: MetricDescription) -> Series {
        switch description.kind {
        case .counter: .counter(CounterSeries())
        case .gauge: .gauge(GaugeSeries())
        case .histogram: .histogram(HistogramSeries(bounds: description.buckets))
        }
    }

    /// Something that sets series right before each scrape, by the meters it is given. If it kept meters of its own, it
    /// and the registry would keep each other for ever.
    package func onScrape(_ collector: @escaping @Sendable (Meters) -> Void) {
        state.withLock { $0.collectors.append(collector) }
    }

    /// Names of all metrics that have at least one series.
    package var names: Set<String> {
        state.withLock { Set($0.families.filter { !$0.value.series.isEmpty }.keys) }
    }

    /// Everything, as Prometheus reads it.
    package func exposition() -> String {
        let collectors = state.withLock { $0.collectors }
        for collect in collectors { collect(Meters(self)) }
        // Series are read one after another outside of the lock: a scrape stops nobody.
        let families = state.withLock { $0.families.values.filter { !$0.series.isEmpty } }
        var text = Exposition()
        for family in families.sorted(by: { $0.description.name < $1.description.name }) {
            text.begin(family.description)
            for (labels, series) in family.series.sorted(by: { $0.key < $1.key }) {
                text.add(family.description.name, labels, series)
            }
        }
        return text.text
    }

    /// The series of these labels; nil if there is no room for it, or the metric is of another kind.
    private func series(
        _ label: String, _ dimensions: [(String, String)], _ kind: MetricDescription.Kind
    ) -> Series? {
        let given = Given(label, dimensions)
        if let known = state.withLock({ $0.found[given] }), known.kind == kind {
            return known.series
        }
        let name = Exposition.name(label)
        let labels = Exposition.labels(dimensions)
        let found: Series? = state.withLock { state in
            if state.families[name] == nil {
                guard state.undescribed < largestCatalogue else { return nil }
                state.undescribed += 1
                state.families[name] = Family(description: Self.undescribed(name, kind))
            }
            guard let family = state.families[name], family.description.kind == kind else {
                return nil
            }
            if let series = family.series[labels] { return series }
            guard family.series.count < largestFamily else { return nil }
            let series = Self.make(family.description)
            state.families[name]?.series[labels] = series
            return series
        }
        guard let found else {
            droppedSeries.increment(by: 1 as Int64)
            return nil
        }
        state.withLock { state in
            guard state.found.count < Self.mostFound else { return }
            state.found[given] = Found(series: found, kind: kind)
        }
        return found
    }

    /// Metrics of libraries that the catalogue does not know.
    private static func undescribed(_ name: String, _ kind: MetricDescription.Kind)
        -> MetricDescription
    {
        MetricDescription(
            name: name, kind: kind, help: "Measured by a library", labels: [],
            buckets: kind == .histogram ? Buckets.calls : [])
    }
}

extension MetricRegistry: MetricsFactory {
    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        if case .counter(let series)? = series(label, dimensions, .counter) {
            series
        } else {
            CounterSeries()
        }
    }

    package func makeFloatingPointCounter(label: String, dimensions: [(String, String)])
        -> any FloatingPointCounterHandler
    {
        if case .counter(let series)? = series(label, dimensions, .counter) {
            series
        } else {
            CounterSeries()
        }
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        if case .gauge(let series)? = series(label, dimensions, .gauge) {
            series
        } else {
            GaugeSeries()
        }
    }

    package func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool)
        -> any RecorderHandler
    {
        switch series(label, dimensions, aggregate ? .histogram : .gauge) {
        case .histogram(let series)?: series
        case .gauge(let series)?: series
        case .counter?, nil: GaugeSeries()
        }
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        if case .histogram(let series)? = series(label, dimensions, .histogram) {
            series
        } else {
            HistogramSeries(bounds: [])
        }
    }

    // Series stay until the process ends: a counter that came back at nought would look like a restart.
    package func destroyCounter(_ handler: any CounterHandler) {}
    package func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
    package func destroyMeter(_ handler: any MeterHandler) {}
    package func destroyRecorder(_ handler: any RecorderHandler) {}
    package func destroyTimer(_ handler: any TimerHandler) {}
}
