// The page on metrics, the alert rules and the dashboard name what the code measures, and nothing else.

import FoundationEssentials
import Observability
import Testing
import WorkerRuntime

@Suite("Metrics in the docs")
struct MetricDocsTests {
    private func text(_ path: String) throws -> String {
        String(
            decoding: try Data(contentsOf: Examples.repository.appending(path: path)),
            as: UTF8.self)
    }

    private static func row(_ metric: MetricDescription) -> String {
        let labels = metric.labels.map { "`\($0)`" }.joined(separator: ", ")
        return
            "| `\(metric.name)` | \(metric.kind.rawValue) | \(labels.isEmpty ? "–" : labels) | \(metric.help) |"
    }

    @Test("the page lists every metric with its kind, labels and meaning, in order")
    func page() throws {
        let page = try text("Sources/WorkerRuntime/WorkerRuntime.docc/Metrics.md")
        let rows = page.split(separator: "\n").map(String.init).filter {
            $0.hasPrefix("| `jimeng_") || $0.hasPrefix("| `process_")
        }
        let wanted = MetricCatalogue.all.map(Self.row)
        #expect(Set(wanted).subtracting(rows) == [], "missing on the page")
        #expect(Set(rows).subtracting(wanted) == [], "on the page alone")
        #expect(rows == wanted)
    }

    @Test("names follow the conventions")
    func names() {
        #expect(Set(MetricCatalogue.all.map(\.name)).count == MetricCatalogue.all.count)
        for metric in MetricCatalogue.all {
            #expect(
                metric.name.hasSuffix("_total") == (metric.kind == .counter), "\(metric.name)")
            #expect(
                metric.name.hasPrefix("jimeng_") || metric.name.hasPrefix("process_"),
                "\(metric.name)")
            #expect(metric.buckets.isEmpty == (metric.kind != .histogram), "\(metric.name)")
            #expect(!metric.help.isEmpty && !metric.help.hasSuffix("."), "\(metric.name)")
        }
    }

    @Test(
        "rules and dashboard use metrics that there are",
        arguments: [
            "deploy/observability/alerts.yaml", "deploy/observability/alerts.test.yaml",
            "deploy/observability/dashboard.json",
        ])
    func uses(path: String) throws {
        var known: Set<String> = []
        for metric in MetricCatalogue.all {
            known.insert(metric.name)
            guard metric.kind == .histogram else { continue }
            known.formUnion(["_bucket", "_sum", "_count"].map { metric.name + $0 })
        }
        let used = Self.names(in: try text(path))
        #expect(used.count > 10, "\(path) names hardly any metric")
        #expect(used.subtracting(known) == [], "\(path) names metrics that nobody measures")
    }

    @Test("each alert has its part in the page on operations, and the page names no other")
    func runbook() throws {
        let rules = try text("deploy/observability/alerts.yaml")
        let alerts = rules.split(separator: "\n").compactMap { line in
            line.contains("- alert: ") ? line.split(separator: " ").last.map(String.init) : nil
        }
        let page = try text("Sources/WorkerRuntime/WorkerRuntime.docc/Operations.md")
        let words = page.split { !($0.isASCII && $0.isLetter) }.map(String.init)
        let named = Set(words.filter { $0.hasPrefix("Jimeng") && $0 != "Jimeng" })
        #expect(alerts.count > 10)
        #expect(named == Set(alerts))
    }

    /// Words that look like metrics of ours.
    private static func names(in text: String) -> Set<String> {
        let words = text.split { !($0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_")) }
        return Set(
            words.map(String.init).filter {
                $0.hasPrefix("jimeng_") || $0.hasPrefix("process_")
            })
    }
}
