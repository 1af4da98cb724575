// Why an image could not be measured or a file not be fetched, in one closed list.

/// What can go wrong between a URL that a stranger wrote and the bytes behind it.
///
/// Descriptions are plain sentences that name host and cause; they never contain the path or query of
/// a URL, which may carry a signature.
package enum MediaError: Error, Sendable, Hashable {
    /// The text is no URL that may be fetched at all.
    case invalidURL(reason: String)
    /// A port outside of the configured list.
    case forbiddenPort(host: String, port: Int)
    /// The host is, or resolves to, an address that must not be reached from here.
    case forbiddenAddress(host: String, address: IPAddress, reason: String)
    /// The host's name has no address.
    case unresolvable(host: String, reason: String)
    /// No connection or no answer from any address of the host.
    case unreachable(host: String, reason: String)
    /// More redirects in a row than allowed.
    case tooManyRedirects(maximum: Int)
    /// The server answered with a status other than success.
    case status(host: String, code: Int)
    /// The server compresses although it was asked not to; nothing is ever unpacked.
    case encoded(host: String, encoding: String)
    /// The answer broke off, or contradicts itself.
    case brokenAnswer(host: String, reason: String)
    /// The time for the whole fetch ran out.
    case tooSlow(limit: Duration)
    /// More bytes than allowed.
    case tooLarge(limit: Int)
    /// The bytes are no image that can be measured.
    case notMeasurable(reason: String)
    /// The file could not be written.
    case file(reason: String)
    /// The archive's storage said no, or nothing; `isFinal` if another try will hardly help.
    case store(operation: String, reason: String, isFinal: Bool)
    /// A setting of the archive that cannot be; a clause such as `must be …`.
    case archiveSetting(reason: String)
    /// A product was not archived after all tries.
    case archiveGivenUp(tries: Int, reason: String)
    /// The task was cancelled.
    case cancelled
}

extension MediaError {
    /// Whether the same thing will hardly work later.
    var isFinal: Bool {
        switch self {
        case .invalidURL, .forbiddenPort, .forbiddenAddress, .tooManyRedirects, .encoded, .tooLarge,
            .notMeasurable, .archiveSetting, .archiveGivenUp:
            true
        case .status(_, let code): [400, 401, 403, 404, 410].contains(code)
        case .store(_, _, let isFinal): isFinal
        case .unresolvable, .unreachable, .brokenAnswer, .tooSlow, .file, .cancelled: false
        }
    }
}

extension MediaError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .invalidURL(let reason):
            "The URL cannot be fetched: \(reason)."
        case .forbiddenPort(let host, let port):
            "The URL of \(host) names port \(port), which is not in the list of allowed ports."
        case .forbiddenAddress(let host, let address, let reason):
            "The host \(host) has the address \(address), which must not be reached (\(reason)); "
                + "allow its network explicitly if it is meant to be."
        case .unresolvable(let host, let reason):
            "The host \(host) has no address: \(reason)."
        case .unreachable(let host, let reason):
            "The host \(host) did not answer: \(reason)."
        case .tooManyRedirects(let maximum):
            "The URL was redirected more than \(maximum) times."
        case .status(let host, let code):
            "The host \(host) answered with HTTP status \(code)."
        case .encoded(let host, let encoding):
            "The host \(host) sent the content encoded as \(encoding) although it was asked not to."
        case .brokenAnswer(let host, let reason):
            "The answer of \(host) is broken: \(reason)."
        case .tooSlow(let limit):
            "Fetching took longer than \(limit)."
        case .tooLarge(let limit):
            "There are more than \(limit) bytes to fetch."
        case .notMeasurable(let reason):
            "The picture's size is unknown: \(reason)."
        case .file(let reason):
            "The file could not be written: \(reason)."
        case .store(let operation, let reason, _):
            "The archive's storage failed to \(operation): \(reason)."
        case .archiveSetting(let reason):
            reason
        case .archiveGivenUp(let tries, let reason):
            "Given up after \(tries == 1 ? "one try" : "\(tries) tries"): \(reason)"
        case .cancelled:
            "Fetching was cancelled."
        }
    }
}
