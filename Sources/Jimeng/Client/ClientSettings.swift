// How the client talks to the provider.

/// Every setting has a default that suits the live API.
package struct ClientSettings: Sendable, Equatable {
    package var endpoint = Endpoint.live
    package var region = "cn-north-1"
    package var service = "cv"
    /// The API's version; it selects the shape of the answers.
    package var version = "2022-08-31"
    /// Until a connection is ready: waiting for a free one, DNS, TCP and TLS. 100 ms to 60 s.
    ///
    /// A submit that has no connection by then is never sent, so that none leaves later than this
    /// after its call.
    package var connectTimeout: Duration = .seconds(5)
    /// From the call to the head of the answer, and again for a body that trickles in. More than
    /// `connectTimeout`, at most 10 minutes.
    package var answerTimeout: Duration = .seconds(30)
    /// How long a connection that queries share is kept unused. Shorter than servers keep theirs, or
    /// a query meets a closing one. 100 ms to 10 minutes.
    package var idleTimeout: Duration = .seconds(20)
    /// How many queries, and how many submits, may be under way at once; more wait. 1 to 10,000.
    package var maximumConnections = 64
    /// The largest body of an answer, in bytes. 1 KiB to 256 MiB.
    package var maximumAnswerBytes = 8 << 20
    /// The header `User-Agent`.
    package var userAgent = "jimeng-worker"

    package init() {}
}

extension ClientSettings {
    /// - Throws: `JimengError.setting` for the first value that is out of bounds.
    func check() throws(JimengError) {
        try check("connect timeout", connectTimeout, .milliseconds(100)...(.seconds(60)))
        try check("answer timeout", answerTimeout, .milliseconds(200)...(.seconds(600)))
        try check("idle timeout", idleTimeout, .milliseconds(100)...(.seconds(600)))
        try check("maximum connections", maximumConnections, 1...10_000)
        try check("maximum answer bytes", maximumAnswerBytes, 1_024...(256 << 20))
        guard connectTimeout < answerTimeout else {
            throw .setting(
                name: "connect timeout", reason: "it must be shorter than the answer timeout")
        }
        for (name, text) in [
            ("user agent", userAgent), ("region", region), ("service", service),
            ("version", version),
        ] {
            let isPlain = text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
            guard !text.isEmpty, isPlain, text.first != " ", text.last != " " else {
                throw .setting(name: name, reason: "it must be plain ASCII text")
            }
        }
    }

    private func check<Value: Comparable>(
        _ name: String, _ value: Value, _ bounds: ClosedRange<Value>
    ) throws(JimengError) {
        guard bounds.contains(value) else {
            throw .setting(
                name: name,
                reason: "\(value) is not within \(bounds.lowerBound) and \(bounds.upperBound)")
        }
    }
}
