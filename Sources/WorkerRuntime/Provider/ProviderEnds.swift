// The worker's ends towards the provider and the web, as closures: what they stand for is the caller's choice.

package import JobEngine

/// Calls that take time. None of them throws: everything that can happen has a meaning.
package struct ProviderEnds: Sendable {
    /// Submits once, before `sendBy` or not at all.
    package var submit: @Sendable (SubmitOrder) async -> SubmitAnswer
    package var query: @Sendable (QueryOrder) async -> QueryAnswer
    /// The nearest of the model's ratios, or nil.
    package var probe: @Sendable (ProbeOrder) async -> String?
    package var archive: @Sendable (ArchiveOrder) async -> ArchiveAnswer
    /// Closes connections.
    package var shutdown: @Sendable () async -> Void

    package init(
        submit: @escaping @Sendable (SubmitOrder) async -> SubmitAnswer,
        query: @escaping @Sendable (QueryOrder) async -> QueryAnswer,
        probe: @escaping @Sendable (ProbeOrder) async -> String?,
        archive: @escaping @Sendable (ArchiveOrder) async -> ArchiveAnswer,
        shutdown: @escaping @Sendable () async -> Void
    ) {
        self.submit = submit
        self.query = query
        self.probe = probe
        self.archive = archive
        self.shutdown = shutdown
    }
}
