// A range of internet addresses that share a prefix.

/// A network such as `10.0.0.0/8` or `fc00::/7`.
package struct IPNetwork: Sendable, Hashable, CustomStringConvertible {
    package let address: IPAddress

    /// How many leading bits count: 0 to 32 or 0 to 128.
    package let prefixLength: Int

    /// Reads `address/length`, or an address alone for itself only. Bits behind the prefix must be
    /// zero, so that a mistyped length is noticed.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let address = IPAddress(String(parts[0])) else {
            return nil
        }
        let width = address.width
        guard let length = parts.count == 1 ? width : Int(parts[1]), (0...width).contains(length),
            length == width || address.bits << (128 - width + length) == 0
        else { return nil }
        self.address = address
        prefixLength = length
    }

    /// For networks that are written in the source.
    init(literal: String) {
        guard let network = IPNetwork(literal) else {
            preconditionFailure("\(literal) is not a network")
        }
        self = network
    }

    package func contains(_ other: IPAddress) -> Bool {
        guard address.width == other.width else { return false }
        let rest = address.width - prefixLength
        // Shifting by the whole width of the type gives zero, so a prefix of 0 holds everything.
        return address.bits >> rest == other.bits >> rest
    }

    package var description: String { "\(address)/\(prefixLength)" }
}

extension IPAddress {
    fileprivate var width: Int {
        switch self {
        case .v4: 32
        case .v6: 128
        }
    }

    fileprivate var bits: UInt128 {
        switch self {
        case .v4(let value): UInt128(value)
        case .v6(let value): value
        }
    }
}
