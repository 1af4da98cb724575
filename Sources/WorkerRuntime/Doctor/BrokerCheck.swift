// Reaches each bootstrap server by itself: name, connection, TLS and SASL.

import Kafka
import Synchronization

struct BrokerCheck: Sendable {
    let kafka: ClientConfiguration
    /// Any topic; whether it is there does not matter here.
    let topic: String
    let limit: Duration

    /// One finding a server, in their order.
    func findings() async -> [Finding] {
        let servers = kafka.bootstrapServers.split(separator: ",").map(String.init)
        let found = await withTaskGroup(of: (Int, Finding).self) { group in
            for (index, server) in servers.enumerated() {
                group.addTask { (index, await look(at: server)) }
            }
            var found: [Int: Finding] = [:]
            for await (index, finding) in group { found[index] = finding }
            return found
        }
        let all = servers.indices.compactMap { found[$0] }
        let isLoopback = servers.allSatisfy { $0.contains("127.0.0.1") || $0.contains("localhost") }
        guard servers.count == 1, !isLoopback else { return all }
        return all + [
            Finding(
                .brokers, .note, "only one bootstrap server is named",
                why: "a worker that starts while it is down reaches none",
                remedy: "KAFKA_BOOTSTRAP_SERVERS=broker-1:9092,broker-2:9092")
        ]
    }

    private func look(at server: String) async -> Finding {
        var alone = kafka
        alone.bootstrapServers = server
        let admin: Admin
        do throws(KafkaError) {
            admin = try Admin(alone)
        } catch {
            return Finding(.brokers, .error, "\(server): \(error)")
        }
        let trouble = Mutex<[KafkaError]>([])
        let listener = Task {
            for await diagnostic in admin.diagnostics {
                if case .error(let error) = diagnostic { trouble.withLock { $0.append(error) } }
            }
        }
        let result: Finding
        do throws(KafkaError) {
            _ = try await admin.cluster([topic], within: limit)
            result = .fine(.brokers, "\(server) answers")
        } catch {
            // The first trouble tells more than that the time ran out because of it.
            let all = trouble.withLock { $0 }
            let cause = all.first { $0.kind == .authentication } ?? all.first ?? error
            result = Self.finding(server, error.kind == .authorization ? error : cause)
        }
        await admin.close(within: .seconds(1))
        listener.cancel()
        return result
    }

    static func finding(_ server: String, _ error: KafkaError) -> Finding {
        switch error.kind {
        case .authentication:
            Finding(
                .brokers, .error, "\(server) refuses us: \(error.message)",
                why: "no worker gets past this",
                remedy: "check security.protocol, ssl.ca.location and sasl.* in KAFKA_PROPERTIES")
        case .authorization:
            Finding(
                .brokers, .fine, "\(server) answers, and knows who asks")
        default:
            Finding(
                .brokers, .unreachable, "\(server) does not answer: \(error.message)",
                why: "if it is not down, a firewall, a wrong port or TLS on one side only",
                remedy: "nc -vz \(server.replacing(":", with: " "))")
        }
    }
}
