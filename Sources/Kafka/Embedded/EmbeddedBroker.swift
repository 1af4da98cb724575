// A Kafka cluster inside this process: librdkafka's mock cluster, for tests and demonstrations.

internal import CRDKafka
internal import Synchronization

/// Real listeners on 127.0.0.1, so other processes can connect. Kept in memory, at most 5 MiB per
/// partition. It does not isolate transactions, keeps no transactional offsets, fences nothing and has
/// no Admin API: claims about those need a real broker.
///
/// Its calls wait for the cluster's own thread only, well below a millisecond.
package final class EmbeddedBroker: Sendable {
    /// For `ClientConfiguration.bootstrapServers`.
    package let bootstrapServers: String

    /// The cluster's handles; `nil` after `stop`. They are used under the lock only.
    private let cluster: Mutex<Cluster?>

    /// Starts a cluster whose brokers are numbered from 1.
    package init(brokers: Int = 1) throws(KafkaError) {
        let operation = "start the embedded broker"
        let configuration = ConfigurationObject()
        // The owning client talks to nobody; its log lines would go to standard error.
        _ = configuration.set("log_level", "0")
        _ = configuration.set("client.id", "embedded-broker")
        let client: OpaquePointer
        switch configuration.makeClient(RD_KAFKA_PRODUCER) {
        case .success(let made): client = made
        case .failure(let refused):
            throw KafkaError(operation: operation, message: refused.message)
        }
        guard let raw = rd_kafka_mock_cluster_new(client, Int32(clamping: brokers)) else {
            rd_kafka_destroy(client)
            throw KafkaError(operation: operation, message: "no listeners on 127.0.0.1")
        }
        bootstrapServers = String(cString: rd_kafka_mock_cluster_bootstraps(raw))
        cluster = Mutex(Cluster(client: client, raw: raw))
    }

    deinit {
        guard let cluster = cluster.withLock({ $0 }) else { return }
        DedicatedThread.start("kafka-embedded") { cluster.destroy() }
    }

    /// Stops all brokers and frees everything, on a thread of its own.
    package func stop() async {
        let gone = Gate<Void>()
        DedicatedThread.start("kafka-embedded") {
            self.cluster.withLock {
                $0?.destroy()
                $0 = nil
            }
            gone.open(())
        }
        await gone.value()
    }

    /// Runs a call of the mock API that returns a code.
    func use(
        _ operation: String, _ body: (OpaquePointer) -> rd_kafka_resp_err_t
    ) throws(KafkaError) {
        let code = cluster.withLock { $0.map { body($0.raw) } }
        guard let code else { throw .closed(operation) }
        if let error = KafkaError(code, operation) { throw error }
    }

    private struct Cluster: @unchecked Sendable {
        // librdkafka's mock API hands each call to the cluster's own thread and waits for it.
        let client: OpaquePointer
        let raw: OpaquePointer

        func destroy() {
            rd_kafka_mock_cluster_destroy(raw)
            rd_kafka_destroy(client)
        }
    }
}
