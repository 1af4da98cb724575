// Known faults of librdkafka's releases that touch this worker, and what it does about each.

/// A fault that was mended in some release.
struct LibraryFault: Sendable {
    let mendedIn: LibraryRelease
    let what: String
    /// Why it does no harm here, or what to watch; nil if it may bite.
    let guardedBy: String?

    /// From librdkafka's CHANGELOG, and what was reproduced against Apache Kafka 3.9.0.
    static let known = [
        LibraryFault(
            mendedIn: LibraryRelease(2, 2, 0),
            what: "a TLS connection that the broker closes uncleanly counts as failed (#4294)",
            guardedBy: "it is opened again; log lines with SSL errors are harmless"),
        LibraryFault(
            mendedIn: LibraryRelease(2, 3, 0),
            what:
                "a transactional producer can become unusable after a batch of unknown fate (#4438)",
            guardedBy: "the worker then makes a new one and goes on"),
        LibraryFault(
            mendedIn: LibraryRelease(2, 10, 0),
            what: "cooperative-sticky rebalances can lose the whole assignment (#4059)",
            guardedBy: "the worker uses the eager range assignor"),
        LibraryFault(
            mendedIn: LibraryRelease(2, 6, 1),
            what: "SCRAM logins can fail, as the nonce is sent twice (#4895)",
            guardedBy: nil),
        LibraryFault(
            mendedIn: LibraryRelease(2, 10, 0),
            what: "a dead broker can hide a new coordinator until it is back",
            guardedBy: "name several bootstrap servers"),
        LibraryFault(
            mendedIn: LibraryRelease(2, 14, 2),
            what: "leaving the group can crash when its coordinator is gone (#5082)",
            guardedBy: "that is after the worker's last record"),
    ]
}

struct LibraryRelease: Hashable, Sendable, Comparable, CustomStringConvertible {
    let numbers: [Int]

    init(_ numbers: Int...) { self.numbers = numbers }

    /// Reads `2.0.2`, and the beginning of `2.3.0-RC1`.
    init?(_ text: String) {
        let parts = text.split(separator: ".").prefix(3).map { $0.prefix { $0.isNumber } }
        let numbers = parts.compactMap { Int($0) }
        guard numbers.count == 3 else { return nil }
        self.numbers = numbers
    }

    static func < (left: Self, right: Self) -> Bool {
        left.numbers.lexicographicallyPrecedes(right.numbers)
    }

    var description: String { numbers.map { "\($0)" }.joined(separator: ".") }
}

extension Finding {
    /// What is to be said of the library that is loaded.
    ///
    /// - Parameter usesSCRAM: whether brokers are logged in to by SCRAM.
    package static func library(_ version: String, usesSCRAM: Bool) -> [Finding] {
        guard let release = LibraryRelease(version) else {
            return [Finding(.library, .note, "librdkafka \(version), which is not in our table")]
        }
        guard release >= LibraryRelease(2, 0, 2) else {
            return [
                Finding(
                    .library, .error, "librdkafka \(version) is too old",
                    why: "the worker is made for 2.0.2 and later",
                    remedy: "apt-get install librdkafka1 of Debian 12 or newer")
            ]
        }
        let applying = LibraryFault.known.filter { release < $0.mendedIn }
        return [.fine(.library, "librdkafka \(version)")]
            + applying.map { fault in
                let bites = fault.guardedBy == nil && usesSCRAM
                return Finding(
                    .library, bites ? .warning : .note, fault.what,
                    why: fault.guardedBy ?? (bites ? "you use SCRAM" : "only with SCRAM"),
                    remedy: bites ? "use librdkafka \(fault.mendedIn) or newer" : nil)
            }
    }
}
