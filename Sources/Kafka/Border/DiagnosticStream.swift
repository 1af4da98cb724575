// The stream of what a client says beside its work. Nobody needs to listen: old lines fall out.

struct DiagnosticStream: Sendable {
    let stream: AsyncStream<Diagnostic>
    private let continuation: AsyncStream<Diagnostic>.Continuation

    init() {
        (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(512))
    }

    /// Takes what belongs here; returns everything else.
    func take(_ event: ClientEvent) -> ClientEvent? {
        switch event {
        case .log(let line): continuation.yield(.log(line))
        case .statistics(let json): continuation.yield(.statistics(json))
        case .other: break
        case .record, .deliveries, .assignment, .revocation, .partition, .error, .topicsCreated,
            .configurationsDescribed:
            return event
        }
        return nil
    }

    func report(_ error: KafkaError) { continuation.yield(.error(error)) }

    /// Takes a client's last words, which are in its queue already, and ends.
    func finish(_ client: Client) {
        for _ in 0..<512 {
            guard let event = client.poll(milliseconds: 0) else { break }
            if case .error(let error)? = take(event) { report(error) }
        }
        continuation.finish()
    }
}
