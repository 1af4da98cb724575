// Examines everything that a worker needs, one bounded check after the other; none stops the next.

import Jimeng
import JobEngine
import Kafka
import MediaAccess

/// The examination of one installation from one machine. Nothing is changed, created or paid for.
package struct Doctor: Sendable {
    let configuration: WorkerConfiguration
    /// The time that one check gets.
    let limit: Duration
    /// Whether writing is rehearsed too, in transactions that are aborted.
    let writes: Bool

    package init(_ configuration: WorkerConfiguration, limit: Duration, writes: Bool) {
        self.configuration = configuration
        self.limit = limit
        self.writes = writes
    }

    var kafka: ClientConfiguration { configuration.connection.kafka }
    var topics: Topics { configuration.connection.topics }
    var group: String { configuration.connection.group }

    /// Reports findings as they come, area by area.
    package func examine(_ report: @Sendable (Finding) -> Void) async {
        for finding in library { report(finding) }
        let brokers = BrokerCheck(kafka: kafka, topic: topics.ledger, limit: limit)
        let reached = await bounded(.brokers, "reaching the brokers") { await brokers.findings() }
        for finding in reached { report(finding) }
        if reached.contains(where: { $0.severity <= .note }) {
            await examineKafka(report)
        } else {
            for finding in machine(brokers: 1) { report(finding) }
            report(
                Finding(
                    .topics, .note, "topics, rights and group were not looked at",
                    why: "no broker answers"))
        }
        for finding in await bounded(.provider, "asking the provider", { await provider() }) {
            report(finding)
        }
        for finding in await bounded(.archive, "trying the archive", { await archive() }) {
            report(finding)
        }
    }

    private func examineKafka(_ report: @Sendable (Finding) -> Void) async {
        let look = KafkaLook(self)
        for finding in await bounded(.topics, "looking at the topics", { await look.topics() }) {
            report(finding)
        }
        for finding in machine(brokers: look.cluster?.brokers.count ?? 1) { report(finding) }
        for finding in await bounded(.rights, "trying what workers do", { await look.rights() }) {
            report(finding)
        }
        for finding in await bounded(.group, "looking at the group", { await look.group() }) {
            report(finding)
        }
        await look.close()
    }

    private var library: [Finding] {
        let mechanism = kafka.properties["sasl.mechanisms"] ?? kafka.properties["sasl.mechanism"]
        return Finding.library(
            LibraryVersion.current, usesSCRAM: mechanism?.hasPrefix("SCRAM") ?? false)
    }

    private func machine(brokers: Int) -> [Finding] {
        // What a client of librdkafka reads ahead by default here is small next to the windows.
        let lanes = configuration.lanes ?? configuration.smallestPool?.slots ?? 1
        var need = (128 << 20) + lanes * configuration.policy.windowBytes
        if let archive = configuration.archive, case .bucket(let bucket) = archive.place {
            need += 2 * bucket.partSize * archive.settings.concurrency
        }
        return Finding.machine(.current, brokers: brokers, need: need)
    }

    // MARK: Provider and archive

    private func provider() async -> [Finding] {
        let endpoint = configuration.provider.endpoint
        var findings = Finding.endpoint(endpoint)
        for account in configuration.provider.accounts {
            do throws(JimengError) {
                let client = try JimengClient(
                    credentials: account.credentials,
                    settings: configuration.provider.clientSettings)
                findings += await ask(client, account.limits.name, "\(endpoint)")
                await client.shutdown()
            } catch {
                findings.append(
                    Finding(.provider, .error, "account \(account.limits.name): \(error)"))
            }
        }
        return findings
    }

    /// Asking for a task that does not exist is free, and shows keys, rights and clock (jimeng-api.md sections 3 and 4).
    private func ask(_ client: JimengClient, _ account: String, _ endpoint: String) async
        -> [Finding]
    {
        guard let task = TaskID("1") else { return [] }
        let key = configuration.connection.defaultModel
        let query = TaskQuery(modelKey: key, taskID: task, model: ModelCatalogue().model(key))
        let now = UTCTime(secondsSince1970: SteadyClock.wallMilliseconds / 1000)
        return Finding.provider(
            account: account, endpoint: endpoint, await client.query(query, at: now))
    }

    private func archive() async -> [Finding] {
        guard let archive = configuration.archive else {
            return [
                Finding(
                    .archive, .note, "nothing is archived",
                    why: "videos vanish from the provider an hour after they are made",
                    remedy: "JIMENG_ARCHIVE=file:///directory or s3://bucket/prefix")
            ]
        }
        let archiver = archive.archiver(gate: configuration.gate)
        let result: Finding
        do throws(MediaError) {
            result = .fine(.archive, "\(try await archiver.check()) can be written to")
        } catch {
            result = Finding(
                .archive, .error, "the archive cannot be written to: \(error)",
                why: "results will come with archive.error, and videos vanish after an hour",
                remedy: "check JIMENG_ARCHIVE, its keys and their rights")
        }
        await archiver.shutdown()
        return [result]
    }
}
