// What does not fit about the topics is found and comes with its remedy.

import Kafka
import Testing
import WorkerRuntime

@Suite("Topics")
struct TopicSurveyTests {
    private let fitting = [
        "jimeng.requests": 6, "jimeng.ledger": 2, "jimeng.results": 3, "jimeng.failures": 3,
    ]

    private func findings(
        _ changed: [String: Int] = [:], without gone: String? = nil,
        configurations: [String: [String: String]] = [:], wanted: Int? = nil, slots: Int = 2
    ) -> [TopicFinding] {
        var partitions = fitting.merging(changed) { $1 }
        if let gone { partitions[gone] = nil }
        return TopicSurvey(Topics(), partitions: partitions, configurations: configurations)
            .findings(wanted: wanted, pool: ("account one", slots))
    }

    @Test("topics that fit give no findings")
    func fit() {
        #expect(findings().isEmpty)
        #expect(findings(configurations: ["jimeng.ledger": ["cleanup.policy": "compact"]]).isEmpty)
        #expect(findings(wanted: 2).isEmpty)
    }

    @Test(
        "a missing topic is named",
        arguments: ["jimeng.requests", "jimeng.ledger", "jimeng.failures"])
    func missing(topic: String) {
        let found = findings(without: topic)
        #expect(found.map(\.topic) == [topic])
        #expect(found.first?.remedy.contains("jimeng topics create") ?? false)
    }

    @Test("more lanes than request partitions, than slots, or than wanted, are errors")
    func partitions() {
        #expect(findings(["jimeng.requests": 1]).map(\.topic) == ["jimeng.requests"])
        #expect(findings(slots: 1).map(\.topic) == ["jimeng.ledger"])
        #expect(findings(wanted: 3).map(\.topic) == ["jimeng.ledger"])
        #expect(findings(wanted: 3).allSatisfy { $0.gravity == .error })
    }

    @Test(
        "a ledger that forgets is an error",
        arguments: ["delete", "compact,delete"])
    func forgetful(policy: String) {
        let found = findings(configurations: ["jimeng.ledger": ["cleanup.policy": policy]])
        #expect(found.first?.gravity == .error)
        #expect(found.first?.remedy.contains("cleanup.policy=compact") ?? false)
    }

    @Test("compacted results are a warning, compacted requests an error; errors come first")
    func compacted() {
        let compact = ["cleanup.policy": "compact"]
        let found = findings(configurations: [
            "jimeng.results": compact, "jimeng.requests": compact,
        ])
        #expect(found.map(\.gravity) == [.error, .warning])
        #expect(found.map(\.topic) == ["jimeng.requests", "jimeng.results"])
    }

    @Test("a plan makes a compacted ledger and passes its own survey")
    func plan() {
        var topics = Topics()
        topics.progress = "jimeng.progress"
        let plan = TopicPlan(topics, lanes: 4, requestPartitions: 8)
        #expect(plan.topics.map(\.name) == topics.all)
        let survey = TopicSurvey(
            topics,
            partitions: Dictionary(
                uniqueKeysWithValues: plan.topics.map { ($0.name, $0.topic.partitions) }),
            configurations: Dictionary(
                uniqueKeysWithValues: plan.topics.map { ($0.name, $0.topic.configuration) }))
        #expect(survey.findings(pool: ("account one", 4)).isEmpty)
        #expect(survey.lanes == 4)
    }
}
