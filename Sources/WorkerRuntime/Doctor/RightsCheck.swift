// Does, harmlessly, what a worker does, and names the right that is missing.

import Kafka

struct RightsCheck: Sendable {
    let doctor: Doctor
    let reader: Reader
    let survey: TopicSurvey

    // MARK: Reading

    func reading() async -> [Finding] {
        var findings: [Finding] = []
        let first = TopicPartition(doctor.topics.requests, 0)
        if survey.partitions[first.topic] != nil {
            do throws(KafkaError) {
                _ = try await reader.committedOffsets(of: [first], within: doctor.limit)
                findings.append(.fine(.rights, "may use the group \(doctor.group)"))
            } catch {
                findings.append(
                    KafkaLook.refused(
                        .rights, error, "--operation Read --group \(doctor.group)"))
            }
        }
        for topic in [doctor.topics.requests, doctor.topics.ledger]
        where survey.partitions[topic] != nil {
            findings.append(await read(topic))
        }
        return findings
    }

    /// Reads from the end on: the answer is that there is nothing, or that it is not allowed.
    private func read(_ topic: String) async -> Finding {
        let partition = TopicPartition(topic, 0)
        let right = "--operation Read --operation Describe --topic \(topic)"
        do throws(KafkaError) {
            let marks = try await reader.watermarks(of: partition, within: doctor.limit)
            _ = try await reader.start(partition, from: .offset(marks.high))
        } catch {
            return KafkaLook.refused(.rights, error, right)
        }
        reader.demand(1, of: partition)
        let finding = await answer(partition, right)
        // Fetches that wait for records would hold up what is asked on the same connection.
        try? await reader.stop(partition)
        return finding
    }

    private func answer(_ partition: TopicPartition, _ right: String) async -> Finding {
        let topic = partition.topic
        let alarm = Task { [reader, limit = doctor.limit] in
            try? await Task.sleep(for: limit)
            // An answer that we make ourselves: what has not come by now does not come.
            if !Task.isCancelled { await reader.close(within: .seconds(1)) }
        }
        defer { alarm.cancel() }
        for await event in reader.events {
            switch event {
            case .records(let batch) where batch.partition == partition:
                return .fine(.rights, "may read \(topic)")
            case .endOfPartition(partition, _, _):
                return .fine(.rights, "may read \(topic)")
            case .partitionError(partition, _, let error), .fatal(let error):
                return KafkaLook.refused(.rights, error, right)
            case .records, .endOfPartition, .partitionError, .outOfRange, .error: continue
            case .closed: break
            }
        }
        return Finding(.rights, .unreachable, "\(topic) cannot be read: no answer")
    }

    // MARK: Writing

    func writing(isEmbedded: Bool) async -> [Finding] {
        // A name like a worker's, so that the same prefixed rights apply, and never a worker's own.
        let name =
            "\(doctor.kafka.clientID)-doctor-\(String(UInt64.random(in: 0 ... .max), radix: 36))"
        let producer: TransactionalProducer
        do throws(KafkaError) {
            producer = try TransactionalProducer(
                doctor.kafka, transactionalID: name,
                transactionTimeout: doctor.configuration.transactionTimeout)
            try await producer.initialize(within: doctor.limit)
        } catch {
            let right =
                "--operation Write --operation Describe --transactional-id \(doctor.kafka.clientID) "
                + "--resource-pattern-type prefixed"
            return [KafkaLook.refused(.rights, error, right)]
        }
        var findings = [Finding.fine(.rights, "may use transactional ids such as \(name)")]
        if doctor.writes, !isEmbedded {
            for topic in doctor.topics.all
            where topic != doctor.topics.requests && survey.partitions[topic] != nil {
                findings.append(await rehearse(topic, producer))
            }
        } else {
            findings.append(
                Finding(
                    .rights, .note, "writing to the topics was not tried",
                    why: isEmbedded
                        ? "the embedded broker would show aborted records to everybody"
                        : "aborted records use up offsets, and readers that do not read committed see them",
                    remedy: isEmbedded ? nil : "jimeng doctor --write"))
        }
        await producer.close(within: .seconds(2))
        return findings
    }

    private func rehearse(_ topic: String, _ producer: TransactionalProducer) async -> Finding {
        let record = OutgoingRecord(
            topic: topic, partition: 0, key: Array("doctor".utf8), value: nil)
        do throws(KafkaError) {
            try await producer.rehearse([record], within: doctor.limit)
            return .fine(.rights, "may write to \(topic)")
        } catch {
            return KafkaLook.refused(
                .rights, error, "--operation Write --operation Describe --topic \(topic)")
        }
    }
}
