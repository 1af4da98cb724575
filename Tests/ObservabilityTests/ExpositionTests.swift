// What a scrape shows of what was measured.

import CoreMetrics
import Metrics
import Observability
import Testing

@Suite("Exposition")
struct ExpositionTests {
    static let orders = MetricDescription.counter(
        "shop_orders_total", "Orders \\ taken\nso far", labels: ["city"])
    static let open = MetricDescription.gauge("shop_open", "1 while it is open")
    static let wait = MetricDescription.histogram(
        "shop_wait_seconds", "Time in the queue", buckets: [60, 1, 5])
    static let closings = MetricDescription.counter("shop_closings_total", "Closings")

    let registry = MetricRegistry(
        [Self.orders, Self.open, Self.wait, Self.closings], largestFamily: 3)
    var meters: Meters { Meters(registry) }

    private var lines: [String] {
        registry.exposition().split(separator: "\n").map(String.init)
    }

    @Test(
        "counters without labels and histograms begin at nought; the rest appears with its first value"
    )
    func beginnings() {
        #expect(lines.contains("shop_closings_total 0"))
        #expect(lines.contains("shop_wait_seconds_count 0"))
        #expect(!registry.names.contains("shop_orders_total"))
        #expect(!lines.contains { $0.hasPrefix("shop_open") })
    }

    @Test("a counter grows by its labels, which are sorted and escaped, as its help is")
    func counters() {
        meters.count(Self.orders, ("city", "A\"\\\nB"))
        meters.count(Self.orders, by: 2, ("city", "A\"\\\nB"))
        #expect(lines.contains(#"shop_orders_total{city="A\"\\\nB"} 3"#))
        #expect(lines.contains(#"# HELP shop_orders_total Orders \\ taken\nso far"#))
        #expect(lines.contains("# TYPE shop_orders_total counter"))
    }

    @Test("a counter takes neither a loss nor what is no number")
    func countersOnlyGrow() {
        meters.add(1.5, to: Self.closings)
        meters.add(-1, to: Self.closings)
        meters.add(.nan, to: Self.closings)
        #expect(lines.contains("shop_closings_total 1.5"))
    }

    @Test("a gauge is what it was last set to")
    func gauges() {
        meters.set(Self.open, to: 1)
        meters.set(Self.open, to: 0.25)
        #expect(lines.contains("shop_open 0.25"))
    }

    @Test("a histogram's buckets are cumulative, in seconds, and end with all of them")
    func histograms() {
        for seconds in [0.5, 1, 3, 100] { meters.observe(Self.wait, .seconds(seconds)) }
        let own = lines.filter { $0.hasPrefix("shop_wait") }
        #expect(
            own == [
                #"shop_wait_seconds_bucket{le="1"} 2"#, #"shop_wait_seconds_bucket{le="5"} 3"#,
                #"shop_wait_seconds_bucket{le="60"} 3"#, #"shop_wait_seconds_bucket{le="+Inf"} 4"#,
                "shop_wait_seconds_sum 104.5", "shop_wait_seconds_count 4",
            ])
    }

    @Test("a duration beyond all bounds does not stop the process")
    func endlessDurations() {
        meters.observe(Self.wait, .seconds(Int64.max))
        #expect(lines.contains("shop_wait_seconds_count 1"))
    }

    @Test("a metric keeps as many series as it may, and what goes beyond is counted")
    func bounds() {
        for number in 0..<5 { meters.count(Self.orders, ("city", "\(number)")) }
        meters.count(Self.orders, ("city", "4"))
        #expect(lines.filter { $0.hasPrefix("shop_orders_total{") }.count == 3)
        #expect(lines.contains("jimeng_metric_series_dropped_total 3"))
    }

    @Test("a metric that nobody described is shown under a name that Prometheus takes")
    func libraries() {
        Counter(label: "http.client-requests", factory: registry).increment()
        #expect(lines.contains("http_client_requests 1"))
    }

    @Test("a value of another kind than described is dropped and counted")
    func wrongKind() {
        Counter(label: Self.open.name, factory: registry).increment()
        #expect(!lines.contains { $0.hasPrefix("shop_open ") })
        #expect(lines.contains("jimeng_metric_series_dropped_total 1"))
    }

    @Test("collectors run before each scrape")
    func collectors() {
        registry.onScrape { $0.count(Self.closings) }
        _ = registry.exposition()
        #expect(lines.contains("shop_closings_total 2"))
    }

    @Test("the process tells its memory, its files and its time")
    func process() {
        let registry = MetricRegistry(ProcessFacts.catalogue)
        let facts = ProcessFacts()
        registry.onScrape { facts.update($0) }
        _ = registry.exposition()
        #if os(Linux)
            #expect(registry.names.isSuperset(of: ProcessFacts.catalogue.map(\.name)))
        #endif
        #expect(registry.exposition().contains("process_cpu_seconds_total"))
    }
}
