// What a worker does before it works: reaches the brokers, and sees that the topics fit.

package import Kafka
package import Logging

/// Why a worker cannot start.
package enum StartUpFailure: Error, Sendable, CustomStringConvertible {
    /// No broker answered in time.
    case unreachable(servers: String, after: Duration, KafkaError)
    /// The topics do not fit; errors only.
    case topics([TopicFinding])
    /// The configuration does not fit the number of lanes.
    case configuration(ConfigurationMistakes)
    /// The brokers answered, but said no.
    case refused(KafkaError)

    package var description: String {
        switch self {
        case .unreachable(let servers, let time, let error):
            "no broker of \(servers) could be reached within \(DurationText.text(time)): \(error)"
        case .topics(let findings):
            "the topics do not fit:\n" + findings.map { "  \($0)" }.joined(separator: "\n")
        case .configuration(let mistakes): "\(mistakes)"
        case .refused(let error): "\(error)"
        }
    }
}

package struct StartUp: Sendable {
    private let configuration: WorkerConfiguration
    private let createsTopics: Bool
    private let logger: Logger

    package init(_ configuration: WorkerConfiguration, createsTopics: Bool, logger: Logger) {
        self.configuration = configuration
        self.createsTopics = createsTopics
        self.logger = logger
    }

    /// Waits for the brokers, creates what is missing if that is allowed, checks the rest.
    ///
    /// - Returns: the number of lanes.
    package func lanes() async throws(StartUpFailure) -> Int {
        let admin: Admin
        do throws(KafkaError) {
            admin = try Admin(configuration.connection.kafka)
        } catch {
            throw .refused(error)
        }
        let result: Result<Int, StartUpFailure>
        do throws(StartUpFailure) {
            result = .success(try await lanes(admin))
        } catch {
            result = .failure(error)
        }
        await admin.close(within: .seconds(2))
        return try result.get()
    }

    private func lanes(_ admin: Admin) async throws(StartUpFailure) -> Int {
        var survey = try await look(admin)
        if createsTopics, !survey.missing.isEmpty {
            try await create(survey.missing, survey, admin)
            survey = try await look(admin)
        }
        if survey.silence != nil {
            logger.info("the broker does not tell the topics' configurations; they are not checked")
        }
        let findings = survey.findings(
            wanted: configuration.lanes, pool: configuration.smallestPool)
        for finding in findings where finding.gravity == .warning {
            logger.warning("\(finding)")
        }
        let errors = findings.filter { $0.gravity == .error }
        guard errors.isEmpty, let lanes = survey.lanes else { throw .topics(errors) }
        let mistakes = LaneFit.mistakes(
            configuration.policy, configuration.catalogue, lanes: lanes)
        if !mistakes.isEmpty { throw .configuration(ConfigurationMistakes(mistakes: mistakes)) }
        return lanes
    }

    /// Looks until a broker answers or the time for it is over.
    private func look(_ admin: Admin) async throws(StartUpFailure) -> TopicSurvey {
        let start = ContinuousClock.now
        var pause = Duration.seconds(1)
        while true {
            do throws(KafkaError) {
                return try await TopicSurvey(
                    configuration.connection.topics, admin, within: .seconds(5))
            } catch {
                let isPassing = error.kind == .unreachable || error.kind == .timedOut
                guard isPassing else { throw .refused(error) }
                let servers = configuration.connection.kafka.bootstrapServers
                guard ContinuousClock.now - start + pause < configuration.startTimeout else {
                    throw .unreachable(
                        servers: servers, after: configuration.startTimeout, error)
                }
                logger.warning(
                    "no broker answers; trying again",
                    metadata: ["servers": "\(servers)", "error": "\(error.message)"])
            }
            try? await Task.sleep(for: pause)
            pause = min(pause * 2, .seconds(10))
        }
    }

    private func create(_ missing: [String], _ survey: TopicSurvey, _ admin: Admin)
        async throws(StartUpFailure)
    {
        let slots = configuration.smallestPool?.slots ?? 1
        let lanes =
            survey.lanes ?? configuration.lanes
            ?? min(TopicPlan.lanes(slots: slots), survey.partitions[survey.topics.requests] ?? .max)
        let plan = TopicPlan(
            survey.topics, lanes: lanes, requestPartitions: max(lanes, 6))
        let wanted = plan.topics.filter { missing.contains($0.name) }.map(\.topic)
        let results: [TopicResult]
        do throws(KafkaError) {
            results = try await admin.create(wanted)
        } catch {
            throw .refused(error)
        }
        for result in results {
            switch result.outcome {
            case .created: logger.notice("topic created", metadata: ["topic": "\(result.topic)"])
            case .alreadyExists: break
            case .failed(let error): throw .refused(error)
            }
        }
        await settle(wanted.map(\.name), admin)
    }

    /// Waits, within bounds, until the cluster's metadata knows the new topics.
    private func settle(_ topics: [String], _ admin: Admin) async {
        for topic in topics {
            for _ in 0..<50 {
                if (try? await admin.partitionCount(of: topic, within: .seconds(2))) != nil {
                    break
                }
                try? await Task.sleep(for: .milliseconds(100))
            }
        }
    }
}
