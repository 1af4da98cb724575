// `jimeng topics`: make the topics, or see whether they fit.

import ArgumentParser
import Kafka
import WorkerRuntime

struct TopicsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "topics",
        abstract: "Create the topics, or check that they fit.",
        subcommands: [CreateTopicsCommand.self, CheckTopicsCommand.self])
}

struct CreateTopicsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Create the topics that are missing; those that are there stay as they are.",
        discussion: """
            The ledger has one partition for each lane, the unit in which workers share the work; choose it \
            well, as it cannot grow later. Lanes are at most the slots of the smallest account (without \
            --lanes: as many), and at most the partitions of the requests topic.

            EXAMPLES
              jimeng topics create --dry-run
              jimeng topics create --lanes 4 --request-partitions 12 --replication-factor 3
            """)

    @OptionGroup var settings: ConnectionOptions
    @Option(help: "Partitions of the ledger (JIMENG_LANES).")
    var lanes: Int?
    @Option(help: "Partitions of the requests topic; without it twice the lanes, at least 6.")
    var requestPartitions: Int?
    @Option(help: "Partitions of results, failures and progress.")
    var outcomePartitions = 6
    @Option(help: "Replicas of each partition; without it the broker's default.")
    var replicationFactor: Int?
    @Option(help: "How long requests and outcomes are kept.")
    var retention = "7d"
    @Flag(help: "Show what would be created, and create nothing.")
    var dryRun = false

    func validate() throws {
        let bounded: [(String, Int?)] = [
            ("--lanes", lanes), ("--request-partitions", requestPartitions),
            ("--outcome-partitions", outcomePartitions),
            ("--replication-factor", replicationFactor),
        ]
        for (name, value) in bounded {
            if let value, !(1...10_000).contains(value) {
                throw ValidationError("\(name) is \(value); allowed are 1 to 10000")
            }
        }
        if let lanes, let requestPartitions, requestPartitions < lanes {
            throw ValidationError(
                "--request-partitions is \(requestPartitions): a lane without request partitions would idle; give at least --lanes (\(lanes))"
            )
        }
        guard let time = DurationText.duration(retention), time >= .seconds(3600) else {
            throw ValidationError(
                "--retention takes a time of at least 1h, such as 7d; got '\(retention)'")
        }
    }

    func run() async throws {
        let sizing = try settings.configured([("JIMENG_LANES", "--lanes", lanes.map { "\($0)" })]) {
            (sources) throws(ConfigurationMistakes) in try SizingConfiguration(sources)
        }
        let plan = plan(sizing)
        if dryRun { return show(plan) }
        let kafka = sizing.connection.kafka
        let admin = try Brokers.made("the admin client") { () throws(KafkaError) in try Admin(kafka)
        }
        let results: [TopicResult]
        do throws(KafkaError) {
            // A first look tells an unreachable broker from one without the Admin API.
            _ = try await TopicSurvey(sizing.connection.topics, admin)
            results = try await admin.create(plan.topics.map(\.topic))
        } catch {
            throw Self.failure(error, kafka)
        }
        await admin.close(within: .seconds(2))
        try report(results, plan)
    }

    private func plan(_ sizing: SizingConfiguration) -> TopicPlan {
        let lanes =
            lanes ?? sizing.lanes
            ?? min(TopicPlan.lanes(slots: sizing.slots), requestPartitions ?? .max)
        return TopicPlan(
            sizing.connection.topics, lanes: lanes,
            requestPartitions: requestPartitions ?? max(6, 2 * lanes),
            outcomePartitions: outcomePartitions, replication: replicationFactor,
            retention: DurationText.duration(retention) ?? .seconds(7 * 86_400))
    }

    private func show(_ plan: TopicPlan) {
        for planned in plan.topics {
            let topic = planned.topic
            let replicas = topic.replicationFactor.map { "\($0)" } ?? "default"
            Output.line(
                "\(topic.name.padded(to: 20)) partitions \(topic.partitions), replicas \(replicas)")
            for (key, value) in topic.configuration.sorted(by: { $0.key < $1.key }) {
                Output.line("    \(key)=\(value)")
            }
        }
    }

    private static func failure(_ error: KafkaError, _ kafka: ClientConfiguration) -> CommandFailure
    {
        guard error.kind == .unsupportedByBroker else { return Brokers.failure(error, kafka) }
        return CommandFailure(
            .unavailable,
            "this broker cannot create topics for us (it has no Admin API; the embedded broker of "
                + "`jimeng sandbox` makes its topics itself): create them with its own tools; --dry-run shows which"
        )
    }

    private func report(_ results: [TopicResult], _ plan: TopicPlan) throws {
        var failures: [String] = []
        for result in results {
            switch result.outcome {
            case .created:
                let partitions =
                    plan.topics.first { $0.name == result.topic }?.topic.partitions ?? 0
                Output.line("created  \(result.topic) (\(partitions) partitions)")
            case .alreadyExists:
                Output.line("is there \(result.topic)")
            case .failed(let error):
                failures.append("\(result.topic): \(error)")
            }
        }
        guard failures.isEmpty else {
            throw CommandFailure(
                .unavailable, "not created:\n" + failures.map { "  \($0)" }.joined(separator: "\n"))
        }
    }
}

struct CheckTopicsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "See whether the topics fit; exit code 78 if they do not.",
        discussion: """
            Looks at existence, partition counts (lanes, requests, slots) and cleanup policies; changes nothing.

            EXAMPLES
              jimeng topics check
              jimeng topics check --set JIMENG_CONCURRENCY=4
            """)

    @OptionGroup var settings: ConnectionOptions

    func run() async throws {
        let sizing = try settings.configured { (sources) throws(ConfigurationMistakes) in
            try SizingConfiguration(sources)
        }
        let kafka = sizing.connection.kafka
        let admin = try Brokers.made("the admin client") { () throws(KafkaError) in try Admin(kafka)
        }
        let survey: TopicSurvey
        do throws(KafkaError) {
            survey = try await TopicSurvey(sizing.connection.topics, admin)
        } catch {
            throw Brokers.failure(error, kafka)
        }
        await admin.close(within: .seconds(1))
        show(survey)
        let findings = survey.findings(
            wanted: sizing.lanes, pool: ("the smallest account", sizing.slots))
        for finding in findings { Output.line("\(finding.gravity.rawValue)  \(finding)") }
        guard findings.contains(where: { $0.gravity == .error }) else {
            return Output.line("the topics fit")
        }
        throw ExitCode(ExitStatus.configuration.rawValue)
    }

    private func show(_ survey: TopicSurvey) {
        for topic in survey.topics.all {
            guard let partitions = survey.partitions[topic] else { continue }
            let policy = survey.configurations[topic]?["cleanup.policy"].map { ", \($0)" } ?? ""
            Output.line("\(topic.padded(to: 20)) \(partitions) partitions\(policy)")
        }
        if survey.silence != nil {
            Output.line("the broker does not tell the topics' configurations; they are not checked")
        }
    }
}
