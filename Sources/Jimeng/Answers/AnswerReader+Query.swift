// What the answer to a query means.

import JSON

extension AnswerReader {
    /// An answer that is not a verdict stays none: the task has been paid for.
    ///
    /// - Parameter output: what the model makes, as for a submit.
    package func query(_ answer: RawAnswer, output: Model.Output? = nil) -> QueryMeaning {
        switch AnswerBody(answer.body) {
        case .service(let service) where service.code == ServiceCode.success:
            status(service)
        case .service(let service): query(answer, service, output)
        case .gateway(let gateway): query(answer, gateway)
        case .unreadable(let reason):
            askAgain(
                answer.status == 429 ? .rateLimit : .unreadable, answer, evidence(reason, answer))
        }
    }

    private func askAgain(
        _ reason: AskAgain.Reason, _ answer: RawAnswer, _ evidence: Evidence
    ) -> QueryMeaning {
        .askAgain(
            AskAgain(reason: reason, retryAfter: answer.retryDelay, evidence: evidence))
    }
}

// MARK: - Success

extension AnswerReader {
    private func status(_ service: ServiceAnswer) -> QueryMeaning {
        let word = service.data?["status"]?.string ?? ""
        switch word {
        case "in_queue": return .inProgress(.inQueue)
        case "generating": return .inProgress(.generating)
        case "processing": return .inProgress(.processing)
        case "done": return delivered(service)
        case "not_found": return .gone(.notFound, requestID: service.requestID.map(name))
        case "expired": return .gone(.expired, requestID: service.requestID.map(name))
        case "failed": return .failed(failedStatus(service))
        default:
            // A link speaks for itself, whatever word stands beside it.
            if case .done(let delivery) = delivered(service) { return .done(delivery) }
            return .inProgress(.other(name(word)))
        }
    }

    private func delivered(_ service: ServiceAnswer) -> QueryMeaning {
        let data = service.data
        let delivery = Delivery(
            videoURL: Self.link(data?["video_url"]),
            imageURLs: (data?["image_urls"]?.array ?? []).compactMap { Self.link($0) },
            inlineImages: (data?["binary_data_base64"]?.array ?? []).compactMap {
                $0.string.flatMap { $0.isEmpty ? nil : $0 }
            },
            aigcMetaTagged: data?["aigc_meta_tagged"]?.bool, requestID: service.requestID.map(name))
        let isEmpty =
            delivery.videoURL == nil && delivery.imageURLs.isEmpty && delivery.inlineImages.isEmpty
        return isEmpty ? .doneWithoutURL(requestID: service.requestID.map(name)) : .done(delivery)
    }

    /// What is not ready is `""`, `null` or missing. No more is asked of a link than that it be one:
    /// it leads to what has been paid for.
    private static func link(_ value: JSON?) -> String? {
        guard let text = value?.string else { return nil }
        let start = text.prefix(8).lowercased()
        let isLink = start.hasPrefix("http://") || start.hasPrefix("https://")
        return isLink && text.utf8.allSatisfy { $0 > 0x20 } ? text : nil
    }

    /// In no page, but the original script waits for it, so that it may have been seen.
    private func failedStatus(_ service: ServiceAnswer) -> TaskFailure {
        let words = service.data?["error"]?.string ?? service.message
        return TaskFailure(
            kind: .generation, code: "failed", message: message(words),
            requestID: service.requestID.map(name), httpStatus: 200, isRetryableByNewTask: true,
            mayHaveBeenCharged: false)
    }
}

// MARK: - Errors

extension AnswerReader {
    private func query(
        _ answer: RawAnswer, _ service: ServiceAnswer, _ output: Model.Output?
    ) -> QueryMeaning {
        switch ServiceCode.row(service.code)?.onQuery {
        case .askAgain:
            return askAgain(
                .rateLimit, answer, evidence(.serviceError, answer, service: service))
        case .suspect(let kind):
            let isRetryable = kind == .generation && output != .images
            return .suspect(failure(kind, answer, service, newTask: isRetryable))
        case .account: return .account(refusal(.account, answer, service: service))
        case .failed(let kind, let newTask, let charged):
            return .failed(
                failure(kind, answer, service, newTask: newTask, charged: charged))
        case nil: return unlisted(answer, service)
        }
    }

    /// A code that no page knows is never a verdict at first sight.
    private func unlisted(_ answer: RawAnswer, _ service: ServiceAnswer) -> QueryMeaning {
        switch service.data?["status"]?.string {
        case "not_found": return .gone(.notFound, requestID: service.requestID.map(name))
        case "expired": return .gone(.expired, requestID: service.requestID.map(name))
        default: break
        }
        let evidence = evidence(.serviceError, answer, service: service)
        if answer.status == 429 { return askAgain(.rateLimit, answer, evidence) }
        if answer.status >= 500 { return askAgain(.upstream, answer, evidence) }
        return .suspect(failure(.unknown, answer, service, newTask: false, charged: true))
    }

    private func failure(
        _ kind: TaskFailure.Kind, _ answer: RawAnswer, _ service: ServiceAnswer, newTask: Bool,
        charged: Bool = false
    ) -> TaskFailure {
        TaskFailure(
            kind: kind, code: String(service.code), message: message(service.message),
            requestID: service.requestID.map(name), httpStatus: answer.status,
            isRetryableByNewTask: newTask,
            mayHaveBeenCharged: charged)
    }

    private func query(_ answer: RawAnswer, _ gateway: GatewayAnswer) -> QueryMeaning {
        let evidence = evidence(.gateway, answer, gateway: gateway)
        switch GatewayCode.row(gateway)?.meaning {
        case .setup: return .account(refusal(.setup, answer, gateway: gateway))
        case .account: return .account(refusal(.account, answer, gateway: gateway))
        case .clock: return askAgain(.clock, answer, evidence)
        case .backOff: return askAgain(.rateLimit, answer, evidence)
        case .ambiguous: return askAgain(.upstream, answer, evidence)
        case nil:
            switch answer.status {
            case 401, 403: return .account(refusal(.account, answer, gateway: gateway))
            case 429: return askAgain(.rateLimit, answer, evidence)
            default: return askAgain(.upstream, answer, evidence)
            }
        }
    }
}
