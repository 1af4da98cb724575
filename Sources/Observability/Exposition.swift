// Prometheus' text format, version 0.0.4.

struct Exposition {
    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    private(set) var text = ""

    mutating func begin(_ description: MetricDescription) {
        let help = description.help.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
        text += "# HELP \(description.name) \(help)\n"
        text += "# TYPE \(description.name) \(description.kind.rawValue)\n"
    }

    mutating func add(_ name: String, _ labels: String, _ series: MetricRegistry.Series) {
        switch series {
        case .counter(let series): line(name, labels, Self.number(series.value))
        case .gauge(let series): line(name, labels, Self.number(series.value))
        case .histogram(let series): add(name, labels, series.bounds, series.reading)
        }
    }

    private mutating func add(
        _ name: String, _ labels: String, _ bounds: [Double], _ reading: HistogramSeries.Reading
    ) {
        var count: UInt64 = 0
        for (bound, own) in zip(bounds.map(Self.number) + ["+Inf"], reading.counts) {
            count += own
            let all = labels.isEmpty ? "le=\"\(bound)\"" : "\(labels),le=\"\(bound)\""
            line(name + "_bucket", all, "\(count)")
        }
        line(name + "_sum", labels, Self.number(reading.sum))
        line(name + "_count", labels, "\(count)")
    }

    private mutating func line(_ name: String, _ labels: String, _ value: String) {
        text += labels.isEmpty ? "\(name) \(value)\n" : "\(name){\(labels)} \(value)\n"
    }

    /// Whole numbers without a fraction, up to where a double still counts exactly.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        if value == value.rounded(), abs(value) < 9e15 { return "\(Int64(value))" }
        return "\(value)"
    }

    /// What is no letter, digit, `_` or `:` becomes `_`.
    static func name(_ label: String) -> String { plain(label, allowing: ":") }

    private static func plain(_ text: String, allowing more: Character) -> String {
        let plain = String(
            text.map { character in
                let isPlain =
                    character.isASCII
                    && (character.isLetter || character.isNumber || character == "_"
                        || character == more)
                return isPlain ? character : "_"
            })
        return plain.first?.isNumber != false ? "_" + plain : plain
    }

    /// `a="b",c="d"`, sorted by name, values escaped and cut.
    static func labels(_ dimensions: [(String, String)]) -> String {
        dimensions.sorted { $0.0 < $1.0 }
            .map { "\(plain($0.0, allowing: "_"))=\"\(escaped($0.1))\"" }
            .joined(separator: ",")
    }

    private static func escaped(_ value: String) -> String {
        String(value.prefix(largestValue)).replacing("\\", with: "\\\\").replacing(
            "\"", with: "\\\""
        )
        .replacing("\n", with: "\\n")
    }

    /// Characters of a label's value.
    static let largestValue = 200
}
