// Talks to the provider on behalf of one account.

import AsyncHTTPClient
import NIOCore

/// The meaning of an answer, with what else the answer taught.
package struct Answered<Meaning: Sendable>: Sendable {
    package let meaning: Meaning
    /// How far the provider's clock is ahead of ours, to about a second and half of the round trip;
    /// `nil` when there was no answer with a date.
    package let clockSkew: Duration?
    /// From the call to the meaning.
    package let elapsed: Duration
}

/// Submits and queries. Nothing is thrown: everything that can happen has a meaning.
///
/// Each call is signed with the time that it is given and is sent at most once. Queries share
/// connections that are kept alive. Each submit has a fresh one: a server may close an idle connection
/// at the very moment in which a request enters it, and to a submit that would look like a lost answer,
/// which costs a job; a handshake is cheap next to minutes of making.
package struct JimengClient: Sendable {
    package let settings: ClientSettings
    private let signer: RequestSigner
    private let reader: AnswerReader
    private let submits: Exchange
    private let queries: Exchange

    /// - Throws: `JimengError.setting` for a setting that is out of bounds.
    package init(
        credentials: Credentials, settings: ClientSettings = ClientSettings()
    ) throws(JimengError) {
        try settings.check()
        self.settings = settings
        signer = RequestSigner(
            credentials: credentials, region: settings.region, service: settings.service)
        reader = AnswerReader(hiding: credentials)
        // A connection that was made for a submit which then gave up must not wait for the next one.
        submits = Self.exchange(settings, usesPerConnection: 1, idle: .milliseconds(100))
        queries = Self.exchange(settings, usesPerConnection: nil, idle: settings.idleTimeout)
    }

    private static func exchange(
        _ settings: ClientSettings, usesPerConnection: Int?, idle: Duration
    ) -> Exchange {
        var configuration = HTTPClient.Configuration()
        configuration.httpVersion = .http1Only
        configuration.redirectConfiguration = .disallow
        configuration.timeout.connect = TimeAmount(settings.connectTimeout)
        configuration.timeout.read = TimeAmount(settings.answerTimeout)
        configuration.connectionPool.idleTimeout = TimeAmount(idle)
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit =
            settings.maximumConnections
        // Backing off is the caller's business, who knows what else there is to do.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.maximumUsesPerConnection = usesPerConnection
        return Exchange(
            client: HTTPClient(configuration: configuration),
            answerTimeout: settings.answerTimeout,
            maximumAnswerBytes: settings.maximumAnswerBytes)
    }

    /// The same client with other keys; both share the connections, and calls under way end with the old ones.
    package func renewed(with credentials: Credentials) -> JimengClient {
        JimengClient(self, credentials)
    }

    private init(_ other: JimengClient, _ credentials: Credentials) {
        settings = other.settings
        signer = RequestSigner(
            credentials: credentials, region: settings.region, service: settings.service)
        reader = AnswerReader(hiding: credentials)
        (submits, queries) = (other.submits, other.queries)
    }

    /// Closes all connections. A submit still under way becomes `unknown`: wait for those first.
    package func shutdown() async {
        // Fails only when called twice, which is no harm.
        try? await submits.client.shutdown()
        try? await queries.client.shutdown()
    }
}

extension JimengClient {
    /// Asks for one generation, which costs money when it is accepted.
    ///
    /// - Parameters:
    ///   - ratio: what a probe of the image chose, see `PreparedSubmission.body(ratio:seed:)`.
    ///   - seed: in place of the request's.
    ///   - time: now, for the signature.
    package func submit(
        _ submission: PreparedSubmission, ratio: AspectRatio? = nil, seed: Int128? = nil,
        at time: UTCTime
    ) async -> Answered<SubmitMeaning> {
        let output = submission.model?.output
        let body = submission.body(ratio: ratio, seed: seed)
        return await call("CVSync2AsyncSubmitTask", body: body, over: submits, at: time) { ending in
            switch ending {
            case .answered(let answer): reader.submit(answer, output: output)
            case .brokenOff(let answer, let fault): cutOff(answer, fault, output)
            case .tooLarge(let status): .unknown(Evidence(.tooLarge, httpStatus: status))
            case .failed(let fault, true): .unknown(Evidence(.transport(fault)))
            case .failed(let fault, false): .notSent(fault)
            }
        }
    }

    /// Asks how a task is. Free of charge, but limited per second.
    ///
    /// - Parameter time: now, for the signature.
    package func query(_ query: TaskQuery, at time: UTCTime) async -> Answered<QueryMeaning> {
        await call("CVSync2AsyncGetResult", body: query.body, over: queries, at: time) { ending in
            switch ending {
            case .answered(let answer): reader.query(answer, output: query.output)
            case .brokenOff(let answer, let fault): cutOff(answer, fault, query)
            case .tooLarge(let status):
                askAgain(.unreadable, Evidence(.tooLarge, httpStatus: status))
            case .failed(let fault, _): askAgain(.transport, Evidence(.transport(fault)))
            }
        }
    }

    /// No part of a JSON object is a JSON object, so one that can be read arrived whole and counts: only
    /// the end of the framing was lost.
    private func cutOff(
        _ answer: RawAnswer, _ fault: TransportFault, _ output: Model.Output?
    ) -> SubmitMeaning {
        let meaning = reader.submit(answer, output: output)
        guard case .unknown(let evidence) = meaning, evidence.code == nil else { return meaning }
        return .unknown(
            Evidence(
                .transport(fault), httpStatus: answer.status, excerpt: evidence.excerpt))
    }

    private func cutOff(
        _ answer: RawAnswer, _ fault: TransportFault, _ query: TaskQuery
    ) -> QueryMeaning {
        let meaning = reader.query(answer, output: query.output)
        guard case .askAgain(let again) = meaning, again.reason == .unreadable else {
            return meaning
        }
        return askAgain(
            .transport,
            Evidence(
                .transport(fault), httpStatus: answer.status, excerpt: again.evidence.excerpt))
    }

    private func askAgain(_ reason: AskAgain.Reason, _ evidence: Evidence) -> QueryMeaning {
        .askAgain(AskAgain(reason: reason, retryAfter: nil, evidence: evidence))
    }
}

extension JimengClient {
    private func call<Meaning: Sendable>(
        _ action: String, body: [UInt8], over exchange: Exchange, at time: UTCTime,
        meaning: (ExchangeResult.Ending) -> Meaning
    ) async -> Answered<Meaning> {
        let start = ContinuousClock.now
        var request = UnsignedRequest(host: settings.endpoint.hostHeader)
        request.query = [("Action", action), ("Version", settings.version)]
        request.headers = [("Content-Type", "application/json")]
        request.body = body
        let headers =
            signer.sign(request, at: time) + [
                ("User-Agent", settings.userAgent), ("Accept", "application/json"),
                // What comes must be readable as it is.
                ("Accept-Encoding", "identity"),
            ]
        let result = await exchange.post(
            "\(settings.endpoint)/?\(CanonicalRequest.query(request.query))", headers: headers,
            body: body)
        let elapsed = ContinuousClock.now - start
        let skew = result.serverTime.map {
            Duration.seconds($0.secondsSince1970 - time.secondsSince1970) - elapsed
        }
        return Answered(meaning: meaning(result.ending), clockSkew: skew, elapsed: elapsed)
    }
}
