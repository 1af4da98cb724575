// Which internet addresses may be reached on behalf of a stranger.

/// Refuses every address that is not plainly public, except in networks that are allowed explicitly.
package struct AddressPolicy: Sendable, Hashable {
    /// Networks that may be reached although they are not public: `127.0.0.0/8` in the sandbox, or a
    /// company's own image store. Empty by default.
    package var allowedNetworks: [IPNetwork]

    package init(allowedNetworks: [IPNetwork] = []) { self.allowedNetworks = allowedNetworks }

    /// Why an address must not be reached; `nil` if it may.
    package func refusal(of address: IPAddress) -> String? {
        if allowedNetworks.contains(where: { $0.contains(address) }) { return nil }
        if let special = Self.special.first(where: { $0.network.contains(address) }) {
            return special.reason
        }
        // In IPv6 only 2000::/3 has been given out as public so far; all else is refused unseen.
        if case .v6 = address, !Self.globalUnicast.contains(address) {
            return "not a public IPv6 address"
        }
        return nil
    }

    private static let globalUnicast = IPNetwork(literal: "2000::/3")

    /// From the IANA special-purpose address registries (RFC 6890 and its successors), narrow before
    /// wide, with two well-known metadata services named for clearer messages.
    private static let special: [(network: IPNetwork, reason: String)] = [
        (IPNetwork(literal: "169.254.169.254"), "cloud metadata service"),
        (IPNetwork(literal: "168.63.129.16"), "cloud host agent"),
        (IPNetwork(literal: "0.0.0.0/8"), "unspecified"),
        (IPNetwork(literal: "10.0.0.0/8"), "private"),
        (IPNetwork(literal: "100.64.0.0/10"), "carrier-grade NAT"),
        (IPNetwork(literal: "127.0.0.0/8"), "loopback"),
        (IPNetwork(literal: "169.254.0.0/16"), "link-local"),
        (IPNetwork(literal: "172.16.0.0/12"), "private"),
        (IPNetwork(literal: "192.0.0.0/24"), "reserved for protocols"),
        (IPNetwork(literal: "192.0.2.0/24"), "documentation"),
        (IPNetwork(literal: "192.31.196.0/24"), "reserved for protocols"),
        (IPNetwork(literal: "192.52.193.0/24"), "reserved for protocols"),
        (IPNetwork(literal: "192.88.99.0/24"), "6to4 relay"),
        (IPNetwork(literal: "192.168.0.0/16"), "private"),
        (IPNetwork(literal: "192.175.48.0/24"), "reserved for protocols"),
        (IPNetwork(literal: "198.18.0.0/15"), "benchmarking"),
        (IPNetwork(literal: "198.51.100.0/24"), "documentation"),
        (IPNetwork(literal: "203.0.113.0/24"), "documentation"),
        (IPNetwork(literal: "224.0.0.0/4"), "multicast"),
        (IPNetwork(literal: "240.0.0.0/4"), "reserved or broadcast"),
        (IPNetwork(literal: "::/128"), "unspecified"),
        (IPNetwork(literal: "::1/128"), "loopback"),
        (IPNetwork(literal: "::/96"), "IPv4-compatible"),
        (IPNetwork(literal: "::ffff:0:0/96"), "IPv4-mapped"),
        (IPNetwork(literal: "64:ff9b::/96"), "NAT64"),
        (IPNetwork(literal: "64:ff9b:1::/48"), "NAT64"),
        (IPNetwork(literal: "100::/64"), "discard only"),
        (IPNetwork(literal: "2001::/32"), "Teredo"),
        (IPNetwork(literal: "2001::/23"), "reserved for protocols"),
        (IPNetwork(literal: "2001:db8::/32"), "documentation"),
        (IPNetwork(literal: "2002::/16"), "6to4"),
        (IPNetwork(literal: "3fff::/20"), "documentation"),
        (IPNetwork(literal: "fc00::/7"), "private (unique local)"),
        (IPNetwork(literal: "fe80::/10"), "link-local"),
        (IPNetwork(literal: "fec0::/10"), "private (site-local)"),
        (IPNetwork(literal: "ff00::/8"), "multicast"),
    ]
}
