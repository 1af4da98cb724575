// From the engine's archive orders to copies in the archive.

import JobEngine
import Logging
import MediaAccess

/// Carries out archive orders.
struct ProductArchive: Sendable {
    let archiver: Archiver
    let clock: SteadyClock
    let logger: Logger

    /// One answer a link. A product that could not be stored is a matter of the log and the result, not of the job.
    func store(_ order: ArchiveOrder) async -> ArchiveAnswer {
        let label = ArchiveLabel(
            id: order.request.id.text, taskID: order.task.id, model: order.request.model,
            account: order.task.account, tenant: order.request.tenant ?? "",
            submittedAt: order.task.submittedAt.milliseconds / 1000)
        var copies: [ArchiveAnswer.Copy] = []
        for (index, link) in order.product.links.enumerated() {
            copies.append(await store(link, index, label, order))
        }
        return ArchiveAnswer(copies: copies)
    }

    private func store(_ link: String, _ index: Int, _ label: ArchiveLabel, _ order: ArchiveOrder)
        async -> ArchiveAnswer.Copy
    {
        do throws(MediaError) {
            let copy = try await archiver.store(
                link, of: label, index: index, expiry: clock.moment(order.product.expiresAt))
            logger.info(
                "archived",
                metadata: [
                    "job": "\(order.request.id)", "task": "\(order.task.id)", "url": "\(copy.url)",
                    "bytes": "\(copy.bytes)",
                ])
            return .stored(url: copy.url, bytes: copy.bytes, sha256: copy.sha256)
        } catch {
            logger.error(
                "a product was not archived; its link lives a while longer",
                metadata: [
                    "job": "\(order.request.id)", "task": "\(order.task.id)", "error": "\(error)",
                ])
            return .failed(reason: error.description)
        }
    }
}
