// What the doctor says of what it sees, without a cluster or a provider.

import Kafka
import Testing
import WorkerRuntime

@Suite("Findings")
struct FindingTests {
    private let topics = Topics()

    private func cluster(
        brokers: Int = 3, replicas: Int = 3, inSync: Int? = nil, leader: Int32? = 1
    ) -> ClusterView {
        let partition = ClusterView.Partition(
            leader: leader, replicas: replicas, inSync: inSync ?? replicas)
        return ClusterView(
            brokers: Dictionary(
                uniqueKeysWithValues: (1...brokers).map { (Int32($0), "broker-\($0):9092") }),
            topics: Dictionary(
                uniqueKeysWithValues: topics.all.map { ($0, [partition, partition]) }))
    }

    private func survey(_ changes: [String: [String: String]] = [:]) -> TopicSurvey {
        var values = Dictionary(
            uniqueKeysWithValues: topics.all.map {
                (
                    $0,
                    [
                        "cleanup.policy": $0 == topics.ledger ? "compact" : "delete",
                        "retention.ms": "604800000", "min.insync.replicas": "2",
                        "max.message.bytes": "1048588",
                    ]
                )
            })
        for (topic, change) in changes { values[topic]?.merge(change) { $1 } }
        return TopicSurvey(
            topics, partitions: Dictionary(uniqueKeysWithValues: topics.all.map { ($0, 2) }),
            configurations: values)
    }

    private func bad(_ findings: [Finding]) -> [Finding] { findings.filter { $0.severity > .note } }

    @Test("topics as they should be are one line")
    func fine() {
        let findings = Finding.topics(survey(), cluster(), wanted: nil, pool: ("account", 2))
        #expect(findings.map(\.severity) == [.fine])
    }

    @Test(
        "each way in which topics can be bad is named, with the command that mends it",
        arguments: [
            (
                "jimeng.ledger", ["cleanup.policy": "delete"], "cleanup.policy",
                Finding.Severity.error
            ),
            ("jimeng.ledger", ["min.insync.replicas": "1"], "min.insync.replicas=2", .warning),
            ("jimeng.ledger", ["min.insync.replicas": "3"], "min.insync.replicas=2", .warning),
            ("jimeng.ledger", ["min.insync.replicas": "4"], "min.insync.replicas=2", .error),
            ("jimeng.requests", ["retention.ms": "3600000"], "retention.ms=604800000", .warning),
            (
                "jimeng.ledger", ["unclean.leader.election.enable": "true"],
                "unclean.leader.election.enable=false", .warning
            ),
            ("jimeng.ledger", ["max.message.bytes": "1000"], "max.message.bytes=1048588", .warning),
        ])
    func topic(
        topic: String, change: [String: String], words: String, severity: Finding.Severity
    ) throws {
        let findings = bad(
            Finding.topics(survey([topic: change]), cluster(), wanted: nil, pool: nil))
        #expect(findings.count == 1)
        let finding = try #require(findings.first)
        #expect(finding.severity == severity)
        #expect(finding.remedy?.contains(words) == true && finding.what.hasPrefix(topic))
    }

    @Test("a missing topic is named, with the command that makes it")
    func missing() {
        let partitions = [topics.requests: 2, topics.ledger: 2, topics.failures: 2]
        let found = bad(
            Finding.topics(
                TopicSurvey(topics, partitions: partitions), cluster(), wanted: nil, pool: nil))
        #expect(found.count == 1 && found[0].severity == .error)
        #expect(found[0].what.hasPrefix(topics.results))
        #expect(found[0].remedy?.contains("jimeng topics create") == true)
    }

    @Test("replicas that are too few, behind or without a leader are named for every topic")
    func replicas() {
        let few = bad(Finding.topics(survey(), cluster(replicas: 1), wanted: nil, pool: nil))
        #expect(few.count == topics.all.count)
        #expect(few.allSatisfy { $0.severity == .warning })
        let behind = bad(Finding.topics(survey(), cluster(inSync: 2), wanted: nil, pool: nil))
        #expect(behind.count == topics.all.count)
        let dead = bad(Finding.topics(survey(), cluster(leader: nil), wanted: nil, pool: nil))
        #expect(dead.allSatisfy { $0.severity == .error } && !dead.isEmpty)
        // One broker is for trying things out; its size is told elsewhere.
        let single = cluster(brokers: 1, replicas: 1)
        #expect(bad(Finding.topics(survey(), single, wanted: nil, pool: nil)).isEmpty)
    }

    private func member(_ id: String, _ lanes: [Int32], topic: String = "jimeng.ledger")
        -> GroupView.Member
    {
        GroupView.Member(
            clientID: id, host: "/10.0.0.1", partitions: lanes.map { TopicPartition(topic, $0) })
    }

    private func group(_ members: [GroupView.Member]?, state: String = "Stable", backlog: Int64 = 0)
        -> [Finding]
    {
        Finding.group(
            members.map { GroupView(state: state, members: $0) }, name: "jimeng-workers",
            ledger: "jimeng.ledger", lanes: 3, backlog: backlog)
    }

    @Test("lanes without an owner are an error, standbys are good to know")
    func lanes() {
        #expect(group([member("a", [0, 1]), member("b", [2])]).map(\.severity) == [.fine])
        let orphan = group([member("a", [0, 1])])
        #expect(orphan.map(\.severity) == [.error] && orphan[0].what.contains("lanes 2"))
        let standby = group([member("a", [0, 1, 2]), member("b", [])])
        #expect(standby.map(\.severity) == [.fine, .note])
        #expect(group([member("a", [])], state: "PreparingRebalance").map(\.severity) == [.note])
        let stranger = group([member("a", [0, 1, 2]), member("x", [0], topic: "jimeng.requests")])
        #expect(stranger.contains { $0.severity == .error && $0.what.hasPrefix("x consumes") })
    }

    @Test("a broker that does not tell who owns what is no alarm")
    func untold() {
        let silent = GroupView.Member(clientID: "a", host: "/10.0.0.1", partitions: nil)
        #expect(group([silent]).map(\.severity) == [.note])
    }

    @Test("no worker at all is worse when requests wait")
    func nobody() {
        #expect(group(nil).map(\.severity) == [.note])
        #expect(group([], backlog: 7).map(\.severity) == [.warning])
    }

    @Test("assignments of the consumer protocol are read, cut ones as far as they go")
    func assignment() {
        let bytes: [UInt8] =
            [0, 1, 0, 0, 0, 1, 0, 1] + Array("t".utf8) + [0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 5]
            + [0xFF, 0xFF, 0xFF, 0xFF]
        let both = [TopicPartition("t", 0), TopicPartition("t", 5)]
        #expect(GroupView.partitions(assignment: bytes) == both)
        for count in bytes.indices {
            let cut = GroupView.partitions(assignment: Array(bytes[..<count]))
            #expect(both.starts(with: cut))
        }
        #expect(GroupView.partitions(assignment: [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]).isEmpty)
    }

    @Test("known faults of the library are told by release")
    func library() {
        let old = Finding.library("2.0.2", usesSCRAM: false)
        #expect(old[0].severity == .fine && old.dropFirst().allSatisfy { $0.severity == .note })
        #expect(Finding.library("2.0.2", usesSCRAM: true).contains { $0.severity == .warning })
        #expect(Finding.library("2.16.0", usesSCRAM: true).map(\.severity) == [.fine])
        #expect(Finding.library("1.9.2", usesSCRAM: false).map(\.severity) == [.error])
        #expect(Finding.library("2.3.0-RC1", usesSCRAM: false).count < old.count)
    }

    @Test("limits of the process are compared with what it may need")
    func machine() {
        let good = MachineLimits(openFiles: 4096, memory: 1 << 30)
        #expect(
            Finding.machine(good, brokers: 3, need: 1 << 29).allSatisfy { $0.severity == .fine })
        let tight = MachineLimits(openFiles: 64, memory: 1 << 28)
        #expect(
            Finding.machine(tight, brokers: 3, need: 1 << 29).map(\.severity)
                == [.warning, .warning])
    }
}
