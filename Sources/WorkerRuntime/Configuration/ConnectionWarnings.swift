// What a configuration gives away on the network, said once at the start; never an error, never silent.

import Jimeng
import Kafka
import MediaAccess

extension ConnectionConfiguration {
    /// Sentences about connections to brokers that others can read or pose in; each ends with the way out.
    package var warnings: [String] { [certificates, hostNames, plainText].compactMap { $0 } }

    private func property(_ name: String) -> String? { kafka.properties[name]?.lowercased() }

    /// As librdkafka reads a flag.
    private static func isOff(_ value: String?) -> Bool {
        value.map { ["false", "f", "0"].contains($0) } ?? false
    }

    private var isEncrypted: Bool {
        property("security.protocol").map { ["ssl", "sasl_ssl"].contains($0) } ?? false
    }

    private var certificates: String? {
        guard Self.isOff(property("enable.ssl.certificate.verification")) else { return nil }
        return
            "BROKER CERTIFICATES ARE NOT CHECKED (enable.ssl.certificate.verification=false): whoever is on "
            + "the way can pose as a broker, take the password and change what jobs are paid for; give the "
            + "brokers' authority in ssl.ca.location instead"
    }

    private var hostNames: String? {
        guard property("ssl.endpoint.identification.algorithm") == "none" else { return nil }
        return
            "BROKER HOST NAMES ARE NOT CHECKED (ssl.endpoint.identification.algorithm=none): any holder of a "
            + "certificate of the same authority can pose as a broker; issue certificates with the brokers' names"
    }

    private var plainText: String? {
        let servers = kafka.bootstrapServers.split(separator: ",").map { String($0) }
        guard !isEncrypted, let server = servers.first(where: { !BrokerAddress.isHere($0) })
        else { return nil }
        let what =
            property("security.protocol") == "sasl_plaintext"
            ? "requests, results and what authenticates the worker" : "requests and results"
        return
            "connections to brokers such as \(server) are not encrypted: \(what) can be read and changed on "
            + "the way; set security.protocol=SSL or SASL_SSL in KAFKA_PROPERTIES, unless the network is yours"
    }
}

extension WorkerConfiguration {
    /// Those of the connections to brokers, to the provider and to the archive.
    package var warnings: [String] {
        connection.warnings + [openProvider, openArchive].compactMap { $0 }
    }

    private var openProvider: String? {
        let endpoint = provider.endpoint
        guard !endpoint.isEncrypted, !endpoint.isLoopback else { return nil }
        return
            "calls to \(endpoint) are not encrypted: keys' signatures, prompts and links can be read and changed "
            + "on the way; use https, unless it is a simulator in a network of yours"
    }

    private var openArchive: String? {
        guard case .bucket(let bucket)? = archive?.place, bucket.isOpen else { return nil }
        return
            "copies of products go to the archive without encryption: they can be read and changed on the way; "
            + "use https in \(WorkerFields.archiveEndpoint.name), unless the network is yours"
    }
}

/// One of the bootstrap servers, such as `SSL://broker-1:9092` or `[::1]:9092`.
private enum BrokerAddress {
    /// Whether only this machine can be meant.
    static func isHere(_ server: String) -> Bool {
        let plain = server.lowercased().filter { $0 != " " }
        let scheme = plain.firstRange(of: "://")
        let address = scheme.map { String(plain[$0.upperBound...]) } ?? plain
        if address.hasPrefix("[::1]") { return true }
        let host = address.split(separator: ":").first ?? ""
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        let isAddress = parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
        return host == "localhost" || (isAddress && parts[0] == "127")
    }
}
