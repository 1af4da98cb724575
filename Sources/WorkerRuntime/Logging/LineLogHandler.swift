// swift-log's end of ours: entries as lines, written whole.

import CoreMetrics
import JobEngine
package import Logging
import Observability
import Synchronization

#if canImport(Glibc)
    import Glibc
    private let systemWrite = Glibc.write
#else
    import Darwin
    private let systemWrite = Darwin.write
#endif

/// Where lines go. Each line is written at once, so that lines of several tasks never mix.
package final class LineSink: Sendable {
    private let write: @Sendable ([UInt8]) -> Void
    private let turn = Mutex(())

    package init(_ write: @escaping @Sendable ([UInt8]) -> Void) {
        self.write = write
    }

    /// A descriptor that is open already. Lines that it does not take (closed, disk full) are lost: logging must not
    /// stop the work.
    package convenience init(descriptor: CInt) {
        self.init { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes {
                    systemWrite(descriptor, $0.baseAddress, $0.count)
                }
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return }
                rest = rest.dropFirst(count)
            }
        }
    }

    package static let standardError = LineSink(descriptor: 2)

    package func put(_ line: [UInt8]) {
        turn.withLock { _ in write(line) }
    }
}

package struct LineLogHandler: LogHandler {
    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]
    private let format: LogFormat
    private let sink: LineSink
    private let repeats: RepeatLimit?

    /// - Parameter repeats: for warnings and errors that are about no single job; nil: everything is written.
    package init(
        level: Logger.Level, format: LogFormat, sink: LineSink = .standardError,
        repeats: RepeatLimit? = nil
    ) {
        logLevel = level
        self.format = format
        self.sink = sink
        self.repeats = repeats
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var all = metadata.merging(event.metadata ?? [:]) { $1 }
        if let error = event.error { all["error"] = "\(error)" }
        guard let suppressed = admit(event, all) else { return }
        if suppressed > 0 { all["suppressed"] = "\(suppressed)" }
        sink.put(
            format.line(
                LogEntry(
                    at: Instant(milliseconds: SteadyClock.wallMilliseconds), level: event.level,
                    message: "\(event.message)",
                    metadata: all.sorted { $0.key < $1.key }.map { ($0.key, "\($0.value)") })))
    }
}

extension LineLogHandler {
    /// What tells apart lines with the same message: where it happened, not what exactly.
    private static let places = ["account", "lane", "client", "partition", "worker", "watch"]

    /// - Returns: how many lines like it were left out; nil: this one is.
    private func admit(_ event: LogEvent, _ metadata: Logger.Metadata) -> Int? {
        guard let repeats, metadata["job"] == nil, [.warning, .error].contains(event.level) else {
            return 0
        }
        let place = Self.places.compactMap { metadata[$0].map { "\($0)" } }
        let line = "\(event.level) \(event.message) \(place.joined(separator: " "))"
        let now = Instant(milliseconds: SteadyClock.wallMilliseconds)
        let suppressed = repeats.admit(line, at: now)
        if suppressed == nil {
            Meters(MetricsSystem.factory).count(MetricCatalogue.suppressedLines)
        }
        return suppressed
    }
}

extension LogSettings {
    /// A logger by these settings, whatever the process's own logging system is.
    ///
    /// - Parameter isTerminal: decides about the format where the settings do not.
    package func logger(isTerminal: Bool, sink: LineSink = .standardError) -> Logger {
        let handler = LineLogHandler(
            level: level, format: format ?? (isTerminal ? .human : .json), sink: sink,
            repeats: RepeatLimit())
        return Logger(label: "jimeng", factory: { _ in handler })
    }
}
