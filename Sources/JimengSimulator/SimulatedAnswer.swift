// An answer of the simulated provider, with what the transport does to it on its way.

/// How an answer fails to arrive.
package enum TransportFault: Sendable, Equatable {
    /// The connection is closed before anything was done: nothing was accepted.
    case dropBeforeHandling
    /// The call was carried out, then the connection is closed without an answer.
    case dropAfterHandling
    /// The head announces the whole body, but the connection is closed after that many bytes of it.
    case truncate(afterBytes: Int)
}

/// What the client learns from an answer, so that whoever sends it can report that it did not.
package enum Receipt: Sendable, Equatable {
    /// The submission with that number on the invoice was accepted.
    case acceptance(Int)
    /// The video of the submission with that number was handed out.
    case delivery(Int)
}

/// One HTTP answer.
package struct SimulatedAnswer: Sendable, Equatable {
    /// The HTTP status.
    package var status: Int
    /// Without `Content-Length`, which is that of `body`.
    package var headers: [HeaderField]
    /// The whole body. Under a `truncate` fault only the beginning of it is sent.
    package var body: [UInt8]
    /// How long the answer is held back. State changes at once, not after the delay.
    package var delay: Duration
    /// What the transport does to it.
    package var fault: TransportFault?
    /// What the client learns from it; nil when a fault keeps it from learning.
    package var receipt: Receipt?

    package init(
        status: Int, headers: [HeaderField] = [], body: [UInt8] = [], delay: Duration = .zero,
        fault: TransportFault? = nil, receipt: Receipt? = nil
    ) {
        (self.status, self.headers, self.body) = (status, headers, body)
        (self.delay, self.fault, self.receipt) = (delay, fault, receipt)
    }

    /// A JSON answer.
    static func json(_ status: Int, _ text: JSONText) -> Self {
        json(status, bytes: Array(text.written.utf8))
    }

    /// A JSON answer of bytes that are JSON already.
    package static func json(_ status: Int, bytes: [UInt8]) -> Self {
        Self(
            status: status, headers: [HeaderField("Content-Type", "application/json")],
            body: bytes)
    }

    /// A plain text answer.
    static func text(_ status: Int, _ text: String) -> Self {
        Self(
            status: status, headers: [HeaderField("Content-Type", "text/plain; charset=utf-8")],
            body: Array(text.utf8))
    }

    /// The page that a load balancer puts in front of a provider in trouble (section 3d).
    static func page(_ status: Int) -> Self {
        let titles = [
            500: "Internal Server Error", 502: "Bad Gateway",
            503: "Service Temporarily Unavailable",
            504: "Gateway Time-out",
        ]
        let title = "\(status) \(titles[status] ?? "Error")"
        let html =
            "<html>\r\n<head><title>\(title)</title></head>\r\n<body>\r\n"
            + "<center><h1>\(title)</h1></center>\r\n</body>\r\n</html>\r\n"
        return Self(
            status: status, headers: [HeaderField("Content-Type", "text/html")],
            body: Array(html.utf8))
    }
}
