// How `jimeng generate` ends when there is no product: what happened, what was paid, and what to do.

import Jimeng
import WorkerRuntime

/// How a generation that did not succeed ends.
enum GenerateEnding {
    static func failure(_ failure: SingleGeneration.Failure, resume: (String) -> String)
        -> CommandFailure
    {
        switch failure {
        case .refused(let refusal):
            return refused(refusal)
        case .notSent(let reason):
            return CommandFailure(
                .unavailable,
                "the provider cannot be reached: \(reason). Nothing was submitted. "
                    + "Check the network and JIMENG_ENDPOINT")
        case .unknown(let evidence):
            return CommandFailure(
                .failure,
                "the answer to the submit was lost (\(evidence)): there may be a task that is paid for. "
                    + "It is not submitted again; look at the provider's console before you do")
        case .failed(let failure):
            let charged = failure.mayHaveBeenCharged ? " It may have been charged." : ""
            let again =
                failure.isRetryableByNewTask ? " A new try (with another seed) may succeed." : ""
            return CommandFailure(
                .failure, "the task failed: \(failure.code): \(failure.message).\(charged)\(again)")
        case .gone(let task):
            return CommandFailure(
                .failure,
                "the provider does not know task \(task) (any more): it keeps tasks for 12 hours, and "
                    + "asks for the same --model and keys as at the submit")
        case .withoutLink(let task):
            return CommandFailure(
                .failure,
                "task \(task) is done, but the provider gives no link. \(later(task, resume))")
        case .account(let task, let refusal):
            return CommandFailure(
                .configuration,
                "the provider refuses the account's queries: \(refusal.code): \(refusal.message). "
                    + later(task, resume))
        case .timedOut(let task):
            return CommandFailure(
                .temporary, "task \(task) has not finished in time. \(later(task, resume))")
        }
    }

    private static func later(_ task: TaskID, _ resume: (String) -> String) -> String {
        "To ask for it later: \(resume(task.text))"
    }

    private static func refused(_ refusal: Jimeng.Refusal) -> CommandFailure {
        let said =
            "\(refusal.code): \(refusal.message)"
            + (refusal.requestID.map { " (request id \($0))" } ?? "")
        switch refusal.remedy {
        case .account:
            return CommandFailure(
                .configuration,
                "the provider refuses the account: \(said). Check JIMENG_ACCESS_KEY and "
                    + "JIMENG_SECRET_KEY (as the console shows them), the service's activation, and the balance"
            )
        case .setup:
            return CommandFailure(
                .configuration,
                "the provider refuses the call: \(said). Check JIMENG_ENDPOINT and the model")
        case .clock:
            return CommandFailure(
                .configuration,
                "the provider refuses the signature's time: \(said). Set this machine's clock")
        case .concurrencyLimit, .rateLimit, .transient:
            return CommandFailure(
                .temporary,
                "the provider did not accept: \(said). Nothing was paid; try again later")
        case .failed, .content, .invalid, .unsupported:
            return CommandFailure(
                .failure, "the provider refuses the request: \(said). Nothing was paid")
        }
    }
}
