// What is logged and how it looks.

package import Logging

/// The levels of swift-log, by their names.
package typealias LogLevel = Logger.Level

package enum LogFormat: String, CaseIterable, Sendable {
    /// One line for people: time, level, message, `key=value`.
    case human
    /// One JSON object a line.
    case json
}

package struct LogSettings: Equatable, Sendable {
    package var level = LogLevel.info
    /// Nil: for people on a terminal, else JSON.
    package var format: LogFormat?

    package init() {}
}
