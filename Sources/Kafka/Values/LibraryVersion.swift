// Which librdkafka this process runs with.

internal import CRDKafka

package enum LibraryVersion {
    /// The version of the library that is loaded, such as `2.0.2`.
    package static var current: String { String(cString: rd_kafka_version_str()) }
}
