// What a simulated provider is set up with.

/// The constants of a simulated provider. Faults are not here but on its `FaultDial`.
package struct ProviderOptions: Sendable, Equatable {
    /// When the life of a video link begins. Whether a later query returns a fresh link is not
    /// established (section 11), so both can be had.
    package enum LinkStart: Sendable, Equatable {
        /// When the task finished: a later query returns the same, older link (the FAQ reads like
        /// this).
        case finish
        /// At each query that returns it.
        case query
    }

    /// Who may call. Access keys must be unique among them.
    package var accounts: [SimulatedAccount]
    /// How long tasks take.
    package var times: GenerationTimes
    /// After this time from acceptance a task is `not_found`. Section 4: 12 hours.
    package var retention: Duration
    /// How long a video link works. Section 6: 1 hour.
    package var linkLife: Duration
    /// When that hour begins.
    package var linkStart: LinkStart
    /// How far `X-Date` may be from the provider's clock. The real window is not known (section
    /// 3a).
    package var allowedSkew: Duration
    /// The share of its time that a task is `in_queue` before it is `generating`, 0...1.
    package var queuedShare: Double
    /// What video and image links begin with, e.g. `http://sim:8080`. When nil, the `Host` header
    /// as the client addressed the server.
    package var publicBaseURL: String?
    /// Where all chance starts.
    package var seed: UInt64

    package init(
        accounts: [SimulatedAccount] = [.demo], times: GenerationTimes = GenerationTimes(),
        retention: Duration = .seconds(12 * 3600), linkLife: Duration = .seconds(3600),
        linkStart: LinkStart = .finish, allowedSkew: Duration = .seconds(15 * 60),
        queuedShare: Double = 0.1, publicBaseURL: String? = nil, seed: UInt64 = 1
    ) {
        (self.accounts, self.times, self.seed) = (accounts, times, seed)
        (self.retention, self.linkLife, self.linkStart) = (retention, linkLife, linkStart)
        (self.allowedSkew, self.queuedShare) = (allowedSkew, queuedShare)
        self.publicBaseURL = publicBaseURL
    }
}
