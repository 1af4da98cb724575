// The provider's ends, watched: every call is counted, timed, and known while it is under way.

import JobEngine
import Observability
import Tracing

extension ProviderEnds {
    /// The same calls with the same answers.
    func observed(by observation: Observation) -> ProviderEnds {
        var ends = self
        let (submit, query, probe, archive) = (submit, query, probe, archive)
        ends.submit = { order in
            let answer = await observation.call(.submit, order.reference, order.request) {
                await submit(order)
            }
            observation.submitted(order, answer)
            return answer
        }
        ends.query = { order in
            let answer = await observation.call(.query, order.reference, order.request) {
                await query(order)
            }
            observation.meters.count(
                MetricCatalogue.queries, ("account", order.account), ("meaning", answer.meaning))
            return answer
        }
        ends.probe = { order in
            await observation.call(.probe, order.reference, order.request) { await probe(order) }
        }
        ends.archive = { order in
            await observation.call(.archive, order.reference, order.request) {
                await archive(order)
            }
        }
        return ends
    }
}

extension Observation {
    func call<Answer: Sendable>(
        _ kind: CallKind, _ reference: JobReference, _ request: Request?,
        _ body: @Sendable () async -> Answer
    ) async -> Answer {
        let began = clock.now
        let call = calls.begin(kind, at: began)
        let span = spans.call(kind, reference, request, at: began)
        let answer = await body()
        calls.end(call)
        span?.end()
        meters.observe(
            MetricCatalogue.callDuration, clock.now - began, ("call", kind.rawValue))
        return answer
    }

    func submitted(_ order: SubmitOrder, _ answer: SubmitAnswer) {
        let account = ("account", order.account)
        meters.count(MetricCatalogue.submits, account, ("meaning", answer.meaning))
        switch answer {
        case .unknown:
            meters.count(MetricCatalogue.unknownSubmits, account)
        case .accepted:
            accountAnswered(order.account, refusal: nil)
        case .refused(let refusal) where refusal.way == .account:
            accountAnswered(order.account, refusal: refusal.cause)
        case .refused, .notSent:
            break
        }
    }

    /// Only an accepted submit shows that an account is well again.
    private func accountAnswered(_ account: String, refusal: FailureCause?) {
        meters.set(
            MetricCatalogue.accountRefused, to: refusal == nil ? 0 : 1, ("account", account))
        health.update { state in
            state.refusedAccounts[account] = refusal.map {
                "\($0.code.map { "\($0) " } ?? "")\($0.message)"
            }
        }
    }
}

extension SubmitAnswer {
    /// In a word, as a label.
    var meaning: String {
        switch self {
        case .accepted: "accepted"
        case .notSent: "not_sent"
        case .unknown: "unknown"
        case .refused(let refusal):
            switch refusal.way {
            case .concurrencyLimit: "concurrency_limit"
            case .rateLimit: "rate_limit"
            case .transient: "transient"
            case .account: "account"
            case .final: "refused"
            }
        }
    }
}

extension QueryAnswer {
    /// In a word, as a label.
    var meaning: String {
        switch self {
        case .inProgress: "in_progress"
        case .done: "done"
        case .doneWithoutLink: "done_without_link"
        case .failed: "failed"
        case .gone: "gone"
        case .askAgain(_, _, let isRateLimit): isRateLimit ? "rate_limit" : "ask_again"
        case .suspect: "suspect"
        }
    }
}
