// From the bytes of an answer to its meaning; pure, and the same for live and recorded answers.

import JSON

/// Reads the answers to the calls of one account (jimeng-api.md sections 3 to 5).
///
/// The body is read at every HTTP status: the code of the service decides, then the gateway's error,
/// then the status.
package struct AnswerReader: Sendable {
    let redactor: Redactor

    /// - Parameter credentials: what must not show in messages; `nil` when there is nothing to hide.
    package init(hiding credentials: Credentials? = nil) { redactor = Redactor(credentials) }
}

extension AnswerReader {
    /// Bounds for what is kept of an answer's own words, in characters.
    private static let (excerptBound, messageBound, nameBound) = (200, 500, 100)

    /// The provider's message without secrets; the cut comes last, lest it leave half of one.
    func message(_ text: String) -> String {
        BoundedText.cut(redactor(text), to: Self.messageBound)
    }

    /// A code or a request id without secrets.
    func name(_ text: String) -> String { BoundedText.cut(redactor(text), to: Self.nameBound) }

    /// What there is to see of an answer that could not be read.
    func evidence(_ reason: Evidence.Reason, _ answer: RawAnswer) -> Evidence {
        let start = String(decoding: answer.body.prefix(4_096), as: UTF8.self)
        return Evidence(
            reason, httpStatus: answer.status,
            excerpt: BoundedText.cut(redactor(start), to: Self.excerptBound))
    }

    func evidence(
        _ reason: Evidence.Reason, _ answer: RawAnswer, service: ServiceAnswer
    ) -> Evidence {
        Evidence(
            reason, httpStatus: answer.status, code: String(service.code),
            requestID: service.requestID.map(name), excerpt: message(service.message))
    }

    func evidence(
        _ reason: Evidence.Reason, _ answer: RawAnswer, gateway: GatewayAnswer
    ) -> Evidence {
        Evidence(
            reason, httpStatus: answer.status, code: name(gateway.code),
            requestID: gateway.requestID.map(name), excerpt: message(gateway.message))
    }

    func refusal(
        _ remedy: Refusal.Remedy, _ answer: RawAnswer, service: ServiceAnswer
    ) -> Refusal {
        Refusal(
            remedy: remedy, code: String(service.code), message: message(service.message),
            requestID: service.requestID.map(name), httpStatus: answer.status)
    }

    func refusal(
        _ remedy: Refusal.Remedy, _ answer: RawAnswer, gateway: GatewayAnswer
    ) -> Refusal {
        Refusal(
            remedy: remedy, code: name(gateway.code), message: message(gateway.message),
            requestID: gateway.requestID.map(name), httpStatus: answer.status)
    }
}

extension GatewayAnswer {
    /// The name, which says more than the number.
    var code: String { name.isEmpty ? number.map(String.init) ?? "" : name }
}
