// The gate through which every fetch passes: which URLs, ports and addresses are allowed.

/// Decides, without any I/O, what may be fetched for a stranger.
///
/// The sequence it makes safe: a URL is admitted, its host is looked up **once**, every address found
/// is admitted, and the connection goes to one of exactly these addresses. A name that changes its
/// address between look-up and connection (DNS rebinding) gains nothing, because there is no second
/// look-up; a redirect starts the sequence again.
package struct FetchGuard: Sendable, Hashable {
    /// Ports that may be connected to; 80 and 443 by default.
    package var ports: Set<Int>

    package var addresses: AddressPolicy

    /// How many redirects are followed in a row; 3 by default.
    package var maximumRedirects: Int

    package init(
        ports: Set<Int> = [80, 443], allowedNetworks: [IPNetwork] = [], maximumRedirects: Int = 3
    ) {
        self.ports = ports
        self.addresses = AddressPolicy(allowedNetworks: allowedNetworks)
        self.maximumRedirects = maximumRedirects
    }

    /// Admits a URL as written; addresses in it are checked here, names when they are looked up.
    package func admit(_ url: String) throws(MediaError) -> WebTarget {
        try admit(WebTarget(url))
    }

    package func admit(_ target: WebTarget) throws(MediaError) -> WebTarget {
        guard ports.contains(target.port) else {
            throw .forbiddenPort(host: target.host.description, port: target.port)
        }
        if case .address(let address) = target.host { try admit([address], of: target) }
        return target
    }

    /// Admits the addresses of a name: one bad address spoils all, since an honest host has none.
    package func admit(_ found: [IPAddress], of target: WebTarget) throws(MediaError) {
        let host = target.host.description
        if found.isEmpty { throw .unresolvable(host: host, reason: "the look-up found nothing") }
        for address in found {
            if let reason = addresses.refusal(of: address) {
                throw .forbiddenAddress(host: host, address: address, reason: reason)
            }
        }
    }
}
