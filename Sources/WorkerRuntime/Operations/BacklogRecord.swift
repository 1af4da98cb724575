// A request or cancel that no worker has taken in yet, as far as tools must know it.

import JSON
package import JobEngine
package import Kafka

package struct BacklogRecord: Sendable {
    /// Of the request, or of the job that a cancel names; the id by its place where it names none.
    package let id: JobID
    package let isCancel: Bool

    package init(_ record: Record) {
        let source = Source(
            topic: record.topic, partition: record.partition, offset: record.offset)
        let value = record.value.flatMap { try? JSON(parsing: $0) }
        isCancel = value?["cancel"]?.string != nil
        id =
            (value?["cancel"]?.string ?? value?["id"]?.string).map { JobID($0) }
            ?? RequestIntake.defaultID(source)
    }
}
