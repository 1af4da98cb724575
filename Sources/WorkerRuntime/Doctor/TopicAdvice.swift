// What a cluster's topics should be like, beyond what a worker insists on.

package import Kafka

extension Finding {
    /// All that is to be said about the topics.
    package static func topics(
        _ survey: TopicSurvey, _ cluster: ClusterView, wanted: Int?,
        pool: (name: String, slots: Int)?
    ) -> [Finding] {
        let fits = survey.findings(wanted: wanted, pool: pool).map { found in
            Finding(
                .topics, found.gravity == .error ? .error : .warning,
                "\(found.topic): \(found.text)",
                why: found.gravity == .error
                    ? "no worker starts like this" : "records may vanish unread",
                remedy: found.remedy)
        }
        let advice = survey.topics.all.filter { survey.partitions[$0] != nil }.flatMap { topic in
            TopicAdvice(topic, survey, cluster).findings
        }
        var all = fits + advice
        if survey.silence != nil {
            all.append(
                Finding(
                    .topics, .note, "the broker does not tell the topics' configurations",
                    why: "cleanup policies and retention are not checked",
                    remedy: cluster.isEmbedded
                        ? nil : "allow DescribeConfigs on the topics (only for this check)"))
        }
        if !all.contains(where: { $0.severity > .note }), let lanes = survey.lanes {
            all.insert(
                .fine(.topics, "\(survey.topics.all.count) topics fit; \(lanes) lanes"), at: 0)
        }
        return all
    }
}

/// Advice about one topic.
private struct TopicAdvice {
    let topic: String
    let survey: TopicSurvey
    let cluster: ClusterView
    private let values: [String: String]
    private let partitions: [ClusterView.Partition]

    init(_ topic: String, _ survey: TopicSurvey, _ cluster: ClusterView) {
        self.topic = topic
        self.survey = survey
        self.cluster = cluster
        values = survey.configurations[topic] ?? [:]
        partitions = cluster.topics[topic] ?? []
    }

    var findings: [Finding] {
        [health, replication, inSync, retention, leadership, size].flatMap { $0 }
    }

    private func find(
        _ severity: Finding.Severity, _ what: String, _ why: String, _ remedy: String?
    ) -> [Finding] {
        [Finding(.topics, severity, "\(topic): \(what)", why: why, remedy: remedy)]
    }

    private func alter(_ setting: String) -> String {
        "kafka-configs --alter --entity-type topics --entity-name \(topic) --add-config \(setting)"
    }

    private var health: [Finding] {
        let leaderless = partitions.filter { $0.leader == nil }.count
        if leaderless > 0 {
            return find(
                .error, "\(leaderless) of its partitions have no leader",
                "they can neither be read nor written", "bring the brokers that hold them back")
        }
        let behind = partitions.filter { $0.inSync < $0.replicas }.count
        guard behind > 0 else { return [] }
        return find(
            .warning, "\(behind) of its partitions have replicas that are behind",
            "a further loss may stop or lose them", "look at the brokers' logs")
    }

    /// Embedded and single brokers are for trying things out.
    private var replication: [Finding] {
        guard let least = partitions.map(\.replicas).min(), cluster.brokers.count > 1 else {
            return []
        }
        let wanted = min(3, cluster.brokers.count)
        guard least < wanted else { return [] }
        let why =
            topic == survey.topics.ledger
            ? "with a lost disk goes the knowledge of which tasks were paid for"
            : "with a lost disk go its records"
        return find(
            .warning, "it has \(least) replica\(least == 1 ? "" : "s") only, of \(wanted) possible",
            why,
            "kafka-reassign-partitions with \(wanted) replicas each, or create it anew with "
                + "`jimeng topics create --replication-factor \(wanted)`")
    }

    private var inSync: [Finding] {
        guard let least = values["min.insync.replicas"].flatMap({ Int($0) }),
            let replicas = partitions.map(\.replicas).min(), replicas > 1
        else { return [] }
        if least > replicas {
            return find(
                .error, "min.insync.replicas is \(least), but there are \(replicas) replicas",
                "nothing can be written", alter("min.insync.replicas=\(replicas - 1)"))
        }
        if least == replicas {
            return find(
                .warning, "min.insync.replicas is \(least), as many as there are replicas",
                "each broker that restarts stops all work",
                alter("min.insync.replicas=\(replicas - 1)"))
        }
        guard least < 2, replicas >= 3 else { return [] }
        return find(
            .warning, "min.insync.replicas is 1",
            "a write may be confirmed by one broker and lost with it",
            alter("min.insync.replicas=2"))
    }

    private var retention: [Finding] {
        guard topic != survey.topics.ledger, topic != survey.topics.progress,
            let kept = values["retention.ms"].flatMap({ Int64($0) }), kept >= 0
        else { return [] }
        let isRequests = topic == survey.topics.requests
        guard kept < (isRequests ? 86_400_000 : 3_600_000) else { return [] }
        return find(
            .warning, "records are kept for \(kept / 60_000) minutes only",
            isRequests
                ? "a backlog that waits longer is deleted unseen" : "outcomes vanish unread",
            alter("retention.ms=604800000"))
    }

    private var leadership: [Finding] {
        guard values["unclean.leader.election.enable"] == "true" else { return [] }
        return find(
            .warning, "unclean.leader.election.enable is true",
            "after an outage written records can be gone, with paid tasks among them",
            alter("unclean.leader.election.enable=false"))
    }

    /// The ledger's entry holds the request and more.
    private var size: [Finding] {
        guard topic == survey.topics.ledger,
            let own = values["max.message.bytes"].flatMap({ Int($0) }),
            let request = survey.configurations[survey.topics.requests]?["max.message.bytes"]
                .flatMap({ Int($0) }), own < request
        else { return [] }
        return find(
            .warning,
            "max.message.bytes is \(own), less than that of \(survey.topics.requests) (\(request))",
            "a request that fits there but not here is refused as too large",
            alter("max.message.bytes=\(request)"))
    }
}
