// What waits in the topics: requests that nobody has accepted, and a ledger that grows.

import Kafka

struct BacklogCheck: Sendable {
    let doctor: Doctor
    let reader: Reader
    let survey: TopicSurvey

    struct Backlog: Sendable {
        var requests: Int64 = 0
        var findings: [Finding] = []
    }

    /// A take-over reads a lane's part of the ledger as a whole; so many records take seconds.
    private static let manyEntries: Int64 = 500_000

    func look() async -> Backlog {
        var backlog = Backlog()
        do throws(KafkaError) {
            backlog.requests = try await requests()
            let waiting = backlog.requests
            backlog.findings.append(
                Finding(
                    .backlog, waiting > 10_000 ? .note : .fine,
                    "\(waiting) requests wait to be accepted",
                    why: waiting > 10_000 ? "more than the account makes in a day, perhaps" : ""))
            backlog.findings += try await ledger()
        } catch {
            backlog.findings.append(
                KafkaLook.refused(.backlog, error, "--operation Describe --topic …"))
        }
        return backlog
    }

    private func requests() async throws(KafkaError) -> Int64 {
        let partitions = partitions(of: doctor.topics.requests)
        let committed = try await reader.committedOffsets(of: Set(partitions), within: doctor.limit)
        var waiting: Int64 = 0
        for partition in partitions {
            let marks = try await reader.watermarks(of: partition, within: doctor.limit)
            let position = committed[partition].flatMap { $0 } ?? marks.low
            waiting += max(0, marks.high - max(position, marks.low))
        }
        return waiting
    }

    private func ledger() async throws(KafkaError) -> [Finding] {
        var most: (lane: Int32, records: Int64) = (0, 0)
        for partition in partitions(of: doctor.topics.ledger) {
            let marks = try await reader.watermarks(of: partition, within: doctor.limit)
            let records = marks.high - marks.low
            if records > most.records { most = (partition.partition, records) }
        }
        guard most.records > Self.manyEntries else {
            return [.fine(.backlog, "the longest lane of the ledger spans \(most.records) offsets")]
        }
        return [
            Finding(
                .backlog, .warning, "lane \(most.lane) of the ledger spans \(most.records) offsets",
                why: "if they are not compacted away, a take-over reads them all",
                remedy: "see that the broker's log cleaner runs, and kafka-configs --alter "
                    + "--entity-type topics --entity-name \(doctor.topics.ledger) "
                    + "--add-config min.cleanable.dirty.ratio=0.1,segment.ms=3600000")
        ]
    }

    private func partitions(of topic: String) -> [TopicPartition] {
        (0..<Int32(clamping: survey.partitions[topic] ?? 0)).map { TopicPartition(topic, $0) }
    }
}
