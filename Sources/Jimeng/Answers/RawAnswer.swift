// An answer of the provider as it came over the wire.

/// Status, the one header that matters and the bytes of the body.
package struct RawAnswer: Sendable, Equatable {
    package let status: Int
    /// The header `Retry-After` as it came. No page of the provider mentions it.
    package let retryAfter: String?
    package let body: [UInt8]

    package init(status: Int, retryAfter: String? = nil, body: [UInt8]) {
        self.status = status
        self.retryAfter = retryAfter
        self.body = body
    }

    /// `Retry-After` in whole seconds, bounded to an hour; the form with a date is not read.
    var retryDelay: Duration? {
        guard let retryAfter, (1...9).contains(retryAfter.utf8.count),
            retryAfter.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let seconds = Int64(retryAfter)
        else { return nil }
        return .seconds(min(seconds, 3_600))
    }
}
