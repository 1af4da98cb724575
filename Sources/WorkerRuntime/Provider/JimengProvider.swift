// The provider's end of a worker: accounts, the catalogue, and image probing.

import JSON
import Jimeng
import JobEngine
package import Logging
package import MediaAccess

/// Executes the engine's orders against Jimeng.
package struct JimengProvider: Sendable {
    private let clients: AccountClients
    private let intake: RequestIntake
    private let prober: ImageProbe
    private let archiver: Archiver?
    private let clock: SteadyClock
    private let logger: Logger

    /// - Parameter archiver: nil if nothing is to be archived.
    package init(
        clients: AccountClients, intake: RequestIntake, prober: ImageProbe,
        archiver: Archiver? = nil, clock: SteadyClock, logger: Logger
    ) {
        self.clients = clients
        self.intake = intake
        self.prober = prober
        self.archiver = archiver
        self.clock = clock
        self.logger = logger
    }

    package var ends: ProviderEnds {
        ProviderEnds(
            submit: submit, query: query, probe: probe,
            archive: archive, shutdown: shutdown)
    }

    @Sendable private func shutdown() async {
        await archiver?.shutdown()
        for client in clients.all { await client.shutdown() }
    }

    @Sendable private func archive(_ order: ArchiveOrder) async -> ArchiveAnswer {
        guard let archiver else { return .failed(reason: "archiving is not configured") }
        return await ProductArchive(archiver: archiver, clock: clock, logger: logger).store(order)
    }

    /// Now by the wall clock: signatures are checked against it.
    private var wallTime: UTCTime {
        UTCTime(secondsSince1970: SteadyClock.wallMilliseconds / 1000)
    }

    @Sendable private func submit(_ order: SubmitOrder) async -> SubmitAnswer {
        guard let client = clients[order.account] else {
            return .notSent(reason: "account \(order.account) is not configured on this worker")
        }
        guard let checked = intake.again(order.request.payload) else {
            return .refused(
                Refusal(
                    .final,
                    cause: FailureCause(
                        .invalidRequest, code: "invalid_field",
                        message:
                            "the request was accepted by another release and is invalid to this one"
                    )))
        }
        // The last look at the clock before money can be spent.
        guard clock.now < order.sendBy else {
            return .notSent(reason: "send-by passed before the submit could be sent")
        }
        let ratio = order.aspectRatio.flatMap { Jimeng.AspectRatio($0) }
        let answered = await client.submit(
            checked.submission, ratio: ratio, seed: seed(of: order, checked), at: wallTime)
        return AnswerTranslation.submit(answered.meaning)
    }

    private func seed(of order: SubmitOrder, _ checked: RequestIntake.Checked) -> Int128? {
        guard order.renewals > 0, let seed = checked.fields.exactSeed
        else { return nil }
        return SubmissionSeed.seed(requested: seed, renewals: order.renewals)
    }

    @Sendable private func query(_ order: QueryOrder) async -> QueryAnswer {
        guard let client = clients[order.account] else {
            return .askAgain(
                reason: "account \(order.account) is not configured on this worker",
                retryAfter: .seconds(60), isRateLimit: false)
        }
        guard let taskID = TaskID(order.taskID) else {
            return .gone(
                FailureCause(.internal, message: "task id \(order.taskID) cannot be asked for"))
        }
        let model = intake.catalogue.model(order.model)
        let sentAt = clock.now
        let answered = await client.query(
            TaskQuery(modelKey: order.model, taskID: taskID, model: model), at: wallTime)
        if case .account(let refusal) = answered.meaning {
            logger.error(
                "the provider refuses the account's queries",
                metadata: [
                    "account": "\(order.account)", "code": "\(refusal.code)",
                    "message": "\(refusal.message)",
                ])
        }
        return AnswerTranslation.query(
            answered.meaning, expiresAt: sentAt + (model?.linkLifetime ?? .seconds(3600)))
    }

    @Sendable private func probe(_ order: ProbeOrder) async -> String? {
        guard let checked = intake.again(order.request.payload),
            case .url(let url)? = checked.submission.images.first
        else { return nil }
        do {
            let finding = try await prober.measure(url)
            let ratios = checked.submission.candidateRatios.compactMap {
                MediaAccess.AspectRatio($0.description)
            }
            return MediaAccess.AspectRatio.nearest(to: finding.size, among: ratios)?.description
        } catch {
            logger.warning(
                "the image could not be measured; the model's default ratio is used",
                metadata: ["job": "\(order.request.id)", "error": "\(error)"])
            return nil
        }
    }
}
