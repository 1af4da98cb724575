// A log entry as one line of text.

import JSON
package import JobEngine
package import Logging

/// What is to be written, before it has a form.
package struct LogEntry: Sendable {
    package var at: Instant
    package var level: Logger.Level
    package var message: String
    /// Sorted by key.
    package var metadata: [(key: String, value: String)]

    package init(
        at: Instant, level: Logger.Level, message: String,
        metadata: [(key: String, value: String)] = []
    ) {
        self.at = at
        self.level = level
        self.message = message
        self.metadata = metadata
    }
}

extension LogFormat {
    /// The entry's line with its line break. Nothing in it can begin a second line or colour a terminal.
    package func line(_ entry: LogEntry) -> [UInt8] {
        switch self {
        case .human: Array(human(entry).utf8)
        case .json: json(entry)
        }
    }

    private func human(_ entry: LogEntry) -> String {
        var line = Timestamp.text(entry.at)
        let level = entry.level.rawValue.uppercased()
        line += " " + level + String(repeating: " ", count: max(1, 9 - level.count))
        line += Self.plain(entry.message)
        for (key, value) in entry.metadata { line += " \(key)=\(Self.quoted(value))" }
        return line + "\n"
    }

    /// Control characters as spaces.
    private static func plain(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { isControl($0) ? " " : $0 }))
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.generalCategory == .control || (0x2028...0x202E).contains(scalar.value)
            || (0x2066...0x2069).contains(scalar.value)
    }

    private static func quoted(_ value: String) -> String {
        let needsQuotes =
            value.isEmpty || value.contains { $0 == " " || $0 == "\"" || $0 == "=" }
        let text = plain(value)
        return needsQuotes ? JSON(text).description : text
    }

    /// Members `time`, `level`, `msg`, then the metadata; a key that is taken gets an underscore.
    private func json(_ entry: LogEntry) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("time", Timestamp.text(entry.at))
        writer.member("level", entry.level.rawValue)
        writer.member("msg", entry.message)
        for (key, value) in entry.metadata {
            writer.member(["time", "level", "msg"].contains(key) ? key + "_" : key, value)
        }
        writer.endObject()
        return writer.bytes + [UInt8(ascii: "\n")]
    }
}
