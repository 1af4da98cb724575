// The doctor's look at a cluster that answers: topics, rights, group and backlog.

import Kafka
import Synchronization

/// Clients for the time of an examination, and what they have seen so far.
final class KafkaLook: Sendable {
    private struct Seen {
        var cluster: ClusterView?
        var survey: TopicSurvey?
    }

    private let doctor: Doctor
    private let admin: Admin?
    private let reader: Reader?
    private let seen = Mutex(Seen())

    init(_ doctor: Doctor) {
        self.doctor = doctor
        admin = try? Admin(doctor.kafka)
        reader = try? Reader(doctor.kafka, group: doctor.group)
    }

    func close() async {
        await admin?.close(within: .seconds(1))
        await reader?.close(within: .seconds(1))
    }

    var cluster: ClusterView? { seen.withLock { $0.cluster } }
    private var survey: TopicSurvey? { seen.withLock { $0.survey } }

    private static let noClient = [Finding(.topics, .error, "a Kafka client could not be made")]

    // MARK: Topics

    func topics() async -> [Finding] {
        guard let admin else { return Self.noClient }
        do throws(KafkaError) {
            let cluster = try await admin.cluster(doctor.topics.all, within: doctor.limit)
            let survey = try await TopicSurvey(doctor.topics, admin, within: doctor.limit)
            seen.withLock { $0 = Seen(cluster: cluster, survey: survey) }
            return Self.size(cluster)
                + Finding.topics(
                    survey, cluster, wanted: doctor.configuration.lanes,
                    pool: doctor.configuration.smallestPool)
        } catch {
            return [Self.refused(.topics, error, "--operation Describe --topic '*'")]
        }
    }

    private static func size(_ cluster: ClusterView) -> [Finding] {
        let count = cluster.brokers.count
        if cluster.isEmbedded {
            return [
                Finding(
                    .brokers, .note, "this is the embedded broker",
                    why: "for trying things out: it keeps nothing and isolates no transactions")
            ]
        }
        guard count < 3 else { return [.fine(.brokers, "the cluster has \(count) brokers")] }
        return [
            Finding(
                .brokers, .note, "the cluster has \(count) broker\(count == 1 ? "" : "s")",
                why: "with three, one may fail and nothing is lost")
        ]
    }

    // MARK: Rights

    func rights() async -> [Finding] {
        guard let reader, let survey else { return [] }
        var findings = await RightsCheck(doctor: doctor, reader: reader, survey: survey).reading()
        findings += await RightsCheck(doctor: doctor, reader: reader, survey: survey).writing(
            isEmbedded: cluster?.isEmbedded ?? false)
        return findings
    }

    /// A refusal with the command that mends it.
    static func refused(_ area: Finding.Area, _ error: KafkaError, _ right: String) -> Finding {
        switch error.kind {
        case .authorization:
            Finding(
                area, .error, "\(error.operation): not allowed (\(error.name))",
                why: "a worker needs this",
                remedy: "kafka-acls --add --allow-principal User:… \(right)")
        case .unreachable, .timedOut:
            Finding(
                area, .unreachable, "\(error.operation): no answer: \(error.message)",
                why: "a broker that holds this is down or slow")
        default:
            Finding(area, .error, "\(error)", why: "a worker needs this")
        }
    }

    // MARK: Group

    func group() async -> [Finding] {
        guard let admin, let reader, let survey, let lanes = survey.lanes else { return [] }
        let backlog = await BacklogCheck(doctor: doctor, reader: reader, survey: survey).look()
        if cluster?.isEmbedded == true { return backlog.findings }
        do throws(KafkaError) {
            let group = try await admin.group(doctor.group, within: doctor.limit)
            return Finding.group(
                group, name: doctor.group, ledger: doctor.topics.ledger, lanes: lanes,
                backlog: backlog.requests) + backlog.findings
        } catch {
            let right = "--operation Describe --group \(doctor.group)"
            let finding =
                error.kind == .unsupportedByBroker
                ? Finding(.group, .note, "the broker does not tell who is in the group")
                : Self.refused(.group, error, right)
            return [finding] + backlog.findings
        }
    }
}
