// What a cluster has of the topics, and what does not fit.

package import Kafka

/// Something about the topics that does not fit, with its remedy.
package struct TopicFinding: Hashable, Sendable, CustomStringConvertible {
    package enum Gravity: String, Sendable {
        /// No worker should run so.
        case error
        /// It works, but not as well as it should.
        case warning
    }

    package let gravity: Gravity
    package let topic: String
    package let text: String
    package let remedy: String

    package var description: String { "\(topic): \(text). \(remedy)" }
}

/// A look at the topics. Nothing is created by looking.
package struct TopicSurvey: Sendable {
    package let topics: Topics
    /// Partitions by topic; topics that are missing are not in it.
    package private(set) var partitions: [String: Int] = [:]
    /// Configurations by topic, where the broker tells them.
    package private(set) var configurations: [String: [String: String]] = [:]
    /// Why configurations are not known, such as a broker without the Admin API.
    package private(set) var silence: KafkaError?

    /// - Throws: what kept it from looking: an unreachable broker, missing rights.
    package init(
        _ topics: Topics, _ admin: Admin, within limit: Duration = .seconds(10)
    ) async throws(KafkaError) {
        self.topics = topics
        for topic in topics.all {
            do throws(KafkaError) {
                partitions[topic] = try await admin.partitionCount(of: topic, within: limit)
            } catch {
                guard error.kind == .unknownTopic else { throw error }
            }
        }
        // A broker without the Admin API lets us wait for all of this time.
        await readConfigurations(admin, within: min(limit, .seconds(2)))
    }

    /// For tests and for brokers that tell no configurations.
    package init(
        _ topics: Topics, partitions: [String: Int],
        configurations: [String: [String: String]] = [:]
    ) {
        self.topics = topics
        self.partitions = partitions
        self.configurations = configurations
    }

    private mutating func readConfigurations(_ admin: Admin, within limit: Duration) async {
        do throws(KafkaError) {
            let results = try await admin.configurations(
                of: partitions.keys.sorted(), within: limit)
            for result in results {
                switch result.configuration {
                case .success(let values): configurations[result.topic] = values
                case .failure(let error): silence = error
                }
            }
        } catch {
            silence = error
        }
    }

    /// Topics that are not there.
    package var missing: [String] { topics.all.filter { partitions[$0] == nil } }

    /// The number of lanes: the ledger's partitions; nil while there is no ledger.
    package var lanes: Int? { partitions[topics.ledger] }

    /// Everything that does not fit, errors first.
    ///
    /// - Parameters:
    ///   - wanted: the number of lanes that the configuration asks for.
    ///   - pool: the smallest pool of slots, which bounds the lanes.
    package func findings(wanted: Int? = nil, pool: (name: String, slots: Int)? = nil)
        -> [TopicFinding]
    {
        let all =
            missing.map {
                TopicFinding(
                    gravity: .error, topic: $0, text: "there is no such topic",
                    remedy:
                        "Create it with `jimeng topics create`, or let `jimeng worker --create-topics` do it"
                )
            } + partitionFindings(wanted, pool) + configurationFindings()
        return all.filter { $0.gravity == .error } + all.filter { $0.gravity == .warning }
    }

    private func partitionFindings(_ wanted: Int?, _ pool: (name: String, slots: Int)?)
        -> [TopicFinding]
    {
        guard let lanes else { return [] }
        var findings: [TopicFinding] = []
        func find(_ topic: String, _ text: String, _ remedy: String) {
            findings.append(
                TopicFinding(gravity: .error, topic: topic, text: text, remedy: remedy))
        }
        if let wanted, wanted != lanes {
            find(
                topics.ledger, "it has \(lanes) partitions, but JIMENG_LANES asks for \(wanted)",
                "Leave JIMENG_LANES out, or set it to \(lanes); partitions of a ledger in use must "
                    + "not be added, as jobs would change their lane")
        }
        if let requests = partitions[topics.requests], requests < lanes {
            find(
                topics.requests,
                "it has \(requests) partitions, fewer than the \(lanes) lanes (partitions of \(topics.ledger))",
                "Add partitions (kafka-topics --alter --topic \(topics.requests) --partitions \(lanes)), "
                    + "or begin with a ledger of \(requests)")
        }
        if let pool, pool.slots < lanes {
            find(
                topics.ledger,
                "it has \(lanes) partitions, but \(pool.name) has \(pool.slots) slots: a lane without "
                    + "a slot would never submit",
                "Begin with a ledger of \(pool.slots) partitions under another name "
                    + "(JIMENG_LEDGER_TOPIC), or raise the concurrency if the provider grants more")
        }
        return findings
    }

    private func configurationFindings() -> [TopicFinding] {
        var findings: [TopicFinding] = []
        if let policy = configurations[topics.ledger]?["cleanup.policy"] {
            if policy.contains("delete") {
                findings.append(
                    TopicFinding(
                        gravity: .error, topic: topics.ledger,
                        text: "its cleanup.policy is \(policy): open jobs would be forgotten",
                        remedy: "Run kafka-configs --alter --entity-type topics --entity-name "
                            + "\(topics.ledger) --add-config cleanup.policy=compact"))
            }
        }
        for topic in topics.all where topic != topics.ledger {
            guard let policy = configurations[topic]?["cleanup.policy"], policy.contains("compact")
            else { continue }
            findings.append(
                TopicFinding(
                    gravity: topic == topics.requests ? .error : .warning, topic: topic,
                    text:
                        "its cleanup.policy is \(policy): records with the key of a later one vanish",
                    remedy: "Run kafka-configs --alter --entity-type topics --entity-name \(topic) "
                        + "--add-config cleanup.policy=delete"))
        }
        return findings
    }
}
