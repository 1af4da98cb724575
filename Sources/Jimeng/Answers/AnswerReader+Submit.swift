// What the answer to a submit means.

extension AnswerReader {
    /// Whatever may have been accepted, and is not certainly, is `unknown`.
    ///
    /// - Parameter output: what the model makes; the pages of image models tell not to retry what those
    ///   of video models do.
    package func submit(_ answer: RawAnswer, output: Model.Output? = nil) -> SubmitMeaning {
        switch AnswerBody(answer.body) {
        case .service(let service): submit(answer, service, output)
        case .gateway(let gateway): submit(answer, gateway)
        case .unreadable(let reason): submit(answer, unreadable: reason)
        }
    }

    private func submit(
        _ answer: RawAnswer, _ service: ServiceAnswer, _ output: Model.Output?
    ) -> SubmitMeaning {
        if service.code == ServiceCode.success {
            return service.taskID.map { .accepted($0, requestID: service.requestID.map(name)) }
                ?? .unknown(evidence(.noTaskID, answer, service: service))
        }
        // No page has a task id beside another code (A). Should it come, it is no refusal.
        if service.taskID != nil {
            return .unknown(evidence(.contradictory, answer, service: service))
        }
        let remedy = remedy(for: service.code, answer, output)
        return .refused(refusal(remedy, answer, service: service))
    }

    /// By the table; a code that is not in it by the HTTP status (D): 429 and 5xx pass, others stay.
    private func remedy(
        for code: Int, _ answer: RawAnswer, _ output: Model.Output?
    ) -> Refusal.Remedy {
        switch ServiceCode.row(code)?.onSubmit {
        case .concurrencyLimit: .concurrencyLimit
        case .rateLimit: .rateLimit(retryAfter: answer.retryDelay)
        case .transient: output == .images ? .failed : .transient
        case .account: .account
        case .content: .content
        case .invalid: .invalid
        case .unsupported: .unsupported
        case nil where answer.status == 429: .rateLimit(retryAfter: answer.retryDelay)
        case nil where answer.status >= 500: .transient
        case nil: .invalid
        }
    }

    private func submit(_ answer: RawAnswer, _ gateway: GatewayAnswer) -> SubmitMeaning {
        let remedy: Refusal.Remedy
        switch GatewayCode.row(gateway)?.meaning {
        case .setup: remedy = .setup
        case .account: remedy = .account
        case .clock: remedy = .clock
        case .backOff: remedy = .rateLimit(retryAfter: answer.retryDelay)
        case .ambiguous: return .unknown(evidence(.gateway, answer, gateway: gateway))
        case nil:
            switch answer.status {
            case 401, 403: remedy = .account
            case 429: remedy = .rateLimit(retryAfter: answer.retryDelay)
            case 400..<500: remedy = .invalid
            default: return .unknown(evidence(.gateway, answer, gateway: gateway))
            }
        }
        return .refused(refusal(remedy, answer, gateway: gateway))
    }

    /// Status 429 is a refusal whatever its body says; of any other, only a body could tell.
    private func submit(
        _ answer: RawAnswer, unreadable reason: Evidence.Reason
    ) -> SubmitMeaning {
        let evidence = evidence(reason, answer)
        guard answer.status == 429 else { return .unknown(evidence) }
        return .refused(
            Refusal(
                remedy: .rateLimit(retryAfter: answer.retryDelay), code: "429",
                message: evidence.excerpt, requestID: nil, httpStatus: answer.status))
    }
}
