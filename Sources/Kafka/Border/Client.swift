// Owns one librdkafka client and its one event queue.

internal import CRDKafka
internal import Synchronization

/// librdkafka's client and queue are safe to use from any thread until they are destroyed. Whoever
/// uses them is counted: the client's own thread, and each call that blocks elsewhere. The last one
/// to leave destroys, on its own thread, so that nothing is used after it is gone and nobody on the
/// cooperative pool ever waits for it.
final class Client: Sendable {
    // Proof of the two `unsafe`: the counting above, and the library's thread safety.
    nonisolated(unsafe) let raw: OpaquePointer
    nonisolated(unsafe) let queue: OpaquePointer

    /// Opens when the client has been destroyed.
    let gone = Gate<CloseOutcome>()

    private struct Users {
        /// The client's own thread is the first one.
        var count = 1
        var isOpen = true
        var outcome = CloseOutcome.clean
    }
    private let users = Mutex(Users())

    init(_ configuration: ClientConfiguration, _ role: ClientRole) throws(KafkaError) {
        var configuration = configuration
        // Its threads may log in before anything else can be said to the client.
        if let credentials = configuration.login?.credentials {
            configuration.properties["sasl.username"] = credentials.user
            configuration.properties["sasl.password"] = credentials.password
        }
        let object = try ConfigurationObject.build(configuration, role)
        object.enableEvents(ClientEvent.all)
        switch object.makeClient(role.type) {
        case .success(let client): raw = client
        case .failure(let refused):
            throw KafkaError(
                .configuration([
                    ConfigurationProblem(
                        property: "properties together",
                        message: configuration.redacted(refused.message))
                ]), code: .localInvalidArgument, operation: "make the \(role.name)")
        }
        switch role {
        case .groupMember, .reader:
            rd_kafka_poll_set_consumer(raw)
            queue = rd_kafka_queue_get_consumer(raw)
        case .transactionalProducer, .producer, .admin:
            queue = rd_kafka_queue_get_main(raw)
        }
        rd_kafka_set_log_queue(raw, queue)
        if configuration.usesOAuth {
            // Tokens are fetched on a thread of librdkafka's.
            let error = rd_kafka_sasl_background_callbacks_enable(raw)
            if let error { rd_kafka_error_destroy(error) }
        }
        do throws(KafkaError) {
            try configuration.login?.enrol(self)
        } catch {
            close(.clean)
            throw error
        }
    }

    /// The next event, or `nil` if none came in time or somebody called `wake`.
    func poll(milliseconds: Int32) -> ClientEvent? {
        poll(queue, milliseconds: milliseconds)
    }

    /// The same for another queue of this client.
    func poll(_ queue: OpaquePointer, milliseconds: Int32) -> ClientEvent? {
        guard let event = rd_kafka_queue_poll(queue, milliseconds) else { return nil }
        defer { rd_kafka_event_destroy(event) }
        return ClientEvent(copying: event, of: raw)
    }

    /// Ends a `poll` that waits, or the next one: the wish is not lost in between.
    func wake() {
        users.withLock { if $0.isOpen { rd_kafka_queue_yield(queue) } }
    }

    /// Counts one more user; `false` if the client is closing.
    func enter() -> Bool {
        users.withLock {
            guard $0.isOpen else { return false }
            $0.count += 1
            return true
        }
    }

    /// Counts one user less; the last one destroys the client.
    func leave() {
        let outcome = users.withLock { users -> CloseOutcome? in
            users.count -= 1
            return users.count == 0 ? users.outcome : nil
        }
        guard let outcome else { return }
        rd_kafka_queue_destroy(queue)
        rd_kafka_destroy_flags(raw, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE)
        gone.open(outcome)
    }

    /// The own thread's last act: nobody may enter any more.
    func close(_ outcome: CloseOutcome) {
        users.withLock {
            $0.isOpen = false
            $0.outcome = outcome
        }
        leave()
    }
}

/// How closing a client went.
package enum CloseOutcome: Hashable, Sendable {
    /// Everything was said goodbye to and freed.
    case clean
    /// Freed, but without a proper goodbye: the group waits for the session to time out, or records
    /// were still on their way.
    case hasty
    /// librdkafka did not let go in time; its threads stay behind. Exit the process.
    case abandoned
}
