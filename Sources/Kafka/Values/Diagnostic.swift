// What a client has to say beside its work: log lines, statistics, errors that pass.

package enum Diagnostic: Sendable {
    case log(LogLine)
    /// Trouble that the client works on by itself, such as a broken connection.
    case error(KafkaError)
    /// librdkafka's statistics as JSON, every `statistics.interval.ms`.
    case statistics([UInt8])
}

/// A line that librdkafka would have written to standard error.
package struct LogLine: Hashable, Sendable, CustomStringConvertible {
    /// As in syslog: 0 emergency … 3 error, 4 warning, 5 notice, 6 information, 7 debug.
    package let severity: Int
    /// librdkafka's short tag, such as `FAIL` or `CONFWARN`.
    package let facility: String
    package let message: String

    package var description: String { "\(facility) \(message)" }
}
