// From what the provider's client understood to what the engine decides by.

import Jimeng
import JobEngine

enum AnswerTranslation {
    // MARK: Submit

    static func submit(_ meaning: SubmitMeaning) -> SubmitAnswer {
        switch meaning {
        case .accepted(let taskID, let requestID):
            .accepted(taskID: taskID.text, requestID: requestID)
        case .refused(let refusal):
            .refused(translate(refusal))
        case .notSent(let fault):
            .notSent(reason: fault.description)
        case .unknown(let evidence):
            .unknown(lost(evidence))
        }
    }

    private static func translate(_ refusal: Jimeng.Refusal) -> JobEngine.Refusal {
        switch refusal.remedy {
        case .concurrencyLimit:
            JobEngine.Refusal(
                .concurrencyLimit, cause: cause(.upstream, refusal, isRetryable: true))
        case .rateLimit(let retryAfter):
            JobEngine.Refusal(
                .rateLimit, cause: cause(.upstream, refusal, isRetryable: true),
                retryAfter: retryAfter)
        case .transient, .clock:
            JobEngine.Refusal(.transient, cause: cause(.upstream, refusal, isRetryable: true))
        case .account, .setup:
            JobEngine.Refusal(.account, cause: cause(.account, refusal, isRetryable: true))
        case .failed:
            JobEngine.Refusal(.final, cause: cause(.upstream, refusal, isRetryable: true))
        case .content:
            JobEngine.Refusal(.final, cause: cause(.contentRejected, refusal))
        case .invalid, .unsupported:
            JobEngine.Refusal(.final, cause: cause(.invalidRequest, refusal))
        }
    }

    private static func cause(
        _ kind: FailureKind, _ refusal: Jimeng.Refusal, isRetryable: Bool = false
    ) -> FailureCause {
        FailureCause(
            kind, code: refusal.code, message: refusal.message, requestID: refusal.requestID,
            isRetryable: isRetryable)
    }

    private static func lost(_ evidence: Jimeng.Evidence) -> LostAnswer {
        let happened: LostAnswer.Happening
        switch evidence.reason {
        case .transport(let fault):
            happened = fault.kind == .answerTimeout ? .timedOut : .connectionLost
        case .empty, .html, .notJSON, .wrongShape, .tooLarge, .noTaskID, .contradictory,
            .serviceError, .gateway:
            happened = .unreadableAnswer
        }
        return LostAnswer(
            happened, httpStatus: evidence.httpStatus, detail: evidence.description)
    }

    // MARK: Query

    static func query(_ meaning: QueryMeaning, expiresAt: Instant) -> QueryAnswer {
        switch meaning {
        case .inProgress(let status):
            .inProgress(status: word(status))
        case .done(let delivery):
            done(delivery, expiresAt: expiresAt)
        case .doneWithoutURL:
            .doneWithoutLink
        case .failed(let failure):
            .failed(cause(failure), newTaskMayHelp: failure.isRetryableByNewTask)
        case .gone(let absence, let requestID):
            .gone(cause(absence, requestID))
        case .askAgain(let again):
            .askAgain(
                reason: again.evidence.description, retryAfter: again.retryAfter,
                isRateLimit: again.reason == .rateLimit)
        case .suspect(let failure):
            .suspect(cause(failure))
        case .account(let refusal):
            .askAgain(
                reason: "\(refusal.code): \(refusal.message)", retryAfter: .seconds(15),
                isRateLimit: false)
        }
    }

    private static func word(_ status: TaskStatus) -> String {
        switch status {
        case .inQueue: "in_queue"
        case .generating: "generating"
        case .processing: "processing"
        case .other(let word): word
        }
    }

    private static func done(_ delivery: Delivery, expiresAt: Instant) -> QueryAnswer {
        let links = delivery.videoURL.map { [$0] } ?? delivery.imageURLs
        guard !links.isEmpty else { return .doneWithoutLink }
        return .done(
            Product(links: links, expiresAt: expiresAt, requestID: delivery.requestID))
    }

    private static func cause(_ failure: TaskFailure) -> FailureCause {
        let kind: FailureKind
        switch failure.kind {
        case .content: kind = .contentRejected
        case .invalid: kind = .invalidRequest
        case .review, .generation, .unknown: kind = .generationFailed
        }
        return FailureCause(
            kind, code: failure.code, message: failure.message, requestID: failure.requestID,
            isRetryable: failure.isRetryableByNewTask,
            mayHaveBeenCharged: failure.mayHaveBeenCharged)
    }

    private static func cause(_ absence: QueryMeaning.Absence, _ requestID: String?)
        -> FailureCause
    {
        switch absence {
        case .notFound:
            FailureCause(
                .generationFailed, code: "not_found",
                message:
                    "the provider does not know the task (any more); it keeps tasks for 12 hours",
                requestID: requestID, isRetryable: true, mayHaveBeenCharged: true)
        case .expired:
            FailureCause(
                .generationFailed, code: "expired",
                message: "the provider let the task expire", requestID: requestID,
                isRetryable: true, mayHaveBeenCharged: true)
        }
    }
}
