// One POST and its answer over a pool of connections.

import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// How an exchange ended.
struct ExchangeResult: Sendable {
    enum Ending: Sendable {
        /// The answer is whole.
        case answered(RawAnswer)
        /// The head came, but not the whole body; what came of it is kept.
        case brokenOff(RawAnswer, TransportFault)
        /// The body is larger than the bound; none of it is kept.
        case tooLarge(status: Int)
        /// No head of an answer came.
        case failed(TransportFault, mayHaveBeenSent: Bool)
    }

    let ending: Ending
    /// The header `Date` of the answer.
    var serverTime: UTCTime?
}

/// Sends requests at most once each.
///
/// The client below repeats nothing once it has begun to send: in async-http-client 1.37 the word
/// retry stands for the making of connections alone (switched off here), and redirects, which would
/// send a POST again, are not followed. `ClientTransportTests` count at the server.
struct Exchange: Sendable {
    let client: HTTPClient
    let answerTimeout: Duration
    let maximumAnswerBytes: Int

    func post(
        _ url: String, headers: [(name: String, value: String)], body: [UInt8]
    ) async -> ExchangeResult {
        guard !Task.isCancelled else {
            return ExchangeResult(
                ending: .failed(TransportFault(.cancelled), mayHaveBeenSent: false))
        }
        let deadline = ContinuousClock.now + answerTimeout
        let witness = BodyWitness()
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers = HTTPHeaders(headers)
        request.body = .bytes(WitnessedBody(bytes: body, witness: witness))
        let response: HTTPClientResponse
        do {
            response = try await client.execute(
                request, deadline: .now() + TimeAmount(answerTimeout))
        } catch {
            let mayHaveBeenSent = Self.mayHaveBeenSent(error, witness)
            let fault = TransportFault(error, whileConnecting: !mayHaveBeenSent)
            return ExchangeResult(ending: .failed(fault, mayHaveBeenSent: mayHaveBeenSent))
        }
        return await ExchangeResult(
            ending: read(response, until: deadline),
            serverTime: response.headers.first(name: "Date").flatMap(UTCTime.init(httpDate:)))
    }

    /// Our own giving up, by deadline or by cancellation, can fall between head and body, where the
    /// witness has not been asked yet: that is not certain enough.
    private static func mayHaveBeenSent(_ error: any Error, _ witness: BodyWitness) -> Bool {
        witness.wasAsked || error is CancellationError
            || (error as? HTTPClientError) == .deadlineExceeded
    }

    /// Reads the body within bounds; a body that trickles in is given up after the deadline, at the
    /// next piece or at the client's own read timeout, whichever is first.
    private func read(
        _ response: HTTPClientResponse, until deadline: ContinuousClock.Instant
    ) async -> ExchangeResult.Ending {
        let status = Int(response.status.code)
        let retryAfter = response.headers.first(name: "Retry-After")
        var body: [UInt8] = []
        func answer() -> RawAnswer {
            RawAnswer(status: status, retryAfter: retryAfter, body: body)
        }
        do {
            for try await piece in response.body {
                guard body.count + piece.readableBytes <= maximumAnswerBytes else {
                    return .tooLarge(status: status)
                }
                body.append(contentsOf: piece.readableBytesView)
                guard ContinuousClock.now < deadline else {
                    return .brokenOff(answer(), TransportFault(.answerTimeout))
                }
            }
        } catch {
            return .brokenOff(answer(), TransportFault(error, whileConnecting: false))
        }
        return .answered(answer())
    }
}
