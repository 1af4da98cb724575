// Asks for the metadata of a cluster and the members of a group.

internal import CRDKafka

extension Client {
    /// Brokers and the topics' partitions. Topics that are missing are left out; looking creates none.
    func cluster(_ topics: [String], within limit: Duration) throws(KafkaError) -> ClusterView {
        var view = ClusterView(brokers: [:], topics: [:], isEmbedded: isEmbedded)
        for topic in topics {
            do throws(KafkaError) {
                try look(at: topic, within: limit, &view)
            } catch {
                guard error.kind == .unknownTopic else { throw error }
            }
        }
        return view
    }

    /// The embedded broker names itself so.
    private var isEmbedded: Bool {
        guard let id = rd_kafka_clusterid(raw, 2000) else { return false }
        defer { rd_kafka_mem_free(raw, id) }
        return String(cString: id).hasPrefix("mockCluster")
    }

    private func look(at topic: String, within limit: Duration, _ view: inout ClusterView)
        throws(KafkaError)
    {
        let operation = "ask for the metadata of \(topic)"
        guard let handle = rd_kafka_topic_new(raw, topic, nil) else {
            throw KafkaError(rd_kafka_last_error(), operation) ?? KafkaError(operation: operation)
        }
        defer { rd_kafka_topic_destroy(handle) }
        var answer: UnsafePointer<rd_kafka_metadata>?
        let code = rd_kafka_metadata(raw, 0, handle, &answer, limit.milliseconds)
        defer { if let answer { rd_kafka_metadata_destroy(answer) } }
        if let error = KafkaError(code, operation) { throw error }
        guard let found = answer?.pointee else { throw KafkaError(operation: operation) }
        for index in 0..<Int(found.broker_cnt) {
            let broker = found.brokers[index]
            view.brokers[broker.id] = "\(String(cString: broker.host)):\(broker.port)"
        }
        guard found.topic_cnt == 1, let topic = found.topics?.pointee else { return }
        if let error = KafkaError(topic.err, operation) { throw error }
        view.topics[String(cString: topic.topic)] = (0..<Int(topic.partition_cnt)).map { index in
            let partition = topic.partitions[index]
            return ClusterView.Partition(
                leader: partition.leader < 0 ? nil : partition.leader,
                replicas: Int(partition.replica_cnt), inSync: Int(partition.isr_cnt))
        }
    }

    /// Nil if no broker knows the group. Not to be asked of the embedded broker, which cannot tell.
    func group(_ name: String, within limit: Duration) throws(KafkaError) -> GroupView? {
        let operation = "describe the group \(name)"
        var answer: UnsafePointer<rd_kafka_group_list>?
        let code = rd_kafka_list_groups(raw, name, &answer, limit.milliseconds)
        defer { if let answer { rd_kafka_group_list_destroy(answer) } }
        // With a part of the brokers silent there may be an answer all the same.
        if code != RD_KAFKA_RESP_ERR__PARTIAL, let error = KafkaError(code, operation) {
            throw error
        }
        guard let list = answer?.pointee, list.group_cnt > 0 else { return nil }
        let group = list.groups[0]
        if let error = KafkaError(group.err, operation) { throw error }
        let members = (0..<Int(group.member_cnt)).map { index in
            Self.copy(group.members[index])
        }
        return GroupView(state: String(cString: group.state), members: members)
    }

    private static func copy(_ member: rd_kafka_group_member_info) -> GroupView.Member {
        let bytes = UnsafeRawBufferPointer(
            start: member.member_assignment, count: Int(max(0, member.member_assignment_size)))
        return GroupView.Member(
            clientID: String(cString: member.client_id), host: String(cString: member.client_host),
            partitions: bytes.isEmpty ? nil : GroupView.partitions(assignment: Array(bytes)))
    }
}

extension GroupView {
    /// Reads the consumer protocol's assignment: version, topics with their partitions, user data; all big-endian. What
    /// is cut off or contradicts itself is left out.
    package static func partitions(assignment bytes: [UInt8]) -> [TopicPartition] {
        var rest = bytes[...]
        func integer(_ width: Int) -> Int? {
            guard rest.count >= width else { return nil }
            defer { rest = rest.dropFirst(width) }
            return rest.prefix(width).reduce(0) { $0 << 8 | Int($1) }
        }
        var partitions: [TopicPartition] = []
        guard integer(2) != nil, let topics = integer(4), topics <= bytes.count else { return [] }
        for _ in 0..<topics {
            guard let length = integer(2), rest.count >= length else { return partitions }
            let topic = String(decoding: rest.prefix(length), as: UTF8.self)
            rest = rest.dropFirst(length)
            guard let count = integer(4), count <= rest.count / 4 else { return partitions }
            for _ in 0..<count {
                guard let number = integer(4) else { return partitions }
                partitions.append(TopicPartition(topic, Int32(truncatingIfNeeded: number)))
            }
        }
        return partitions
    }
}
