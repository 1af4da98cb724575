// Keeps copies of products: tries until the link dies, a bounded number at a time.

import Synchronization

/// The archive of a worker. Whoever makes one must shut it down.
package final class Archiver: Sendable {
    package struct Settings: Sendable {
        package var template: ArchiveKeyTemplate
        /// How products are fetched: the guard says from where.
        package var fetch = GuardedFetch(silence: .seconds(60))
        /// Products under way at once.
        package var concurrency = 4
        /// The most bytes of one product.
        package var largest = 4 << 30
        /// After which a product is given up even if its link still lives.
        package var patience: Duration = .seconds(1800)
        /// The time of one try.
        package var timeOfTry: Duration = .seconds(900)
        /// Pauses between tries begin with the first and double up to the second.
        package var pauses = (shortest: Duration.seconds(1), longest: Duration.seconds(60))

        package init(template: ArchiveKeyTemplate) { self.template = template }
    }

    package let settings: Settings
    let place: ArchivePlace
    private let permits: Permits
    private let running = Mutex(Running())

    private struct Running {
        var isShutDown = false
        var next = 0
        var tasks: [Int: Task<Result<ArchivedCopy, MediaError>, Never>] = [:]
    }

    /// - Parameter s3: needed for a bucket, and only then.
    package convenience init(directory: String, _ settings: Settings) {
        self.init(.directory(DirectoryStore(root: directory)), settings)
    }

    /// - Parameter time: wall-clock seconds since 1970, for signatures.
    package convenience init(
        bucket: S3Settings, _ settings: Settings, time: @escaping @Sendable () -> Int64
    ) {
        self.init(.bucket(S3Store(bucket, time: time)), settings)
    }

    private init(_ place: ArchivePlace, _ settings: Settings) {
        self.place = place
        self.settings = settings
        permits = Permits(settings.concurrency)
    }

    /// New keys of the storage, also for what is under way; a directory has none.
    package func renew(_ credentials: S3Credentials) { place.renew(credentials) }

    /// Ends what is under way and leaves nothing half-made: the job's next owner begins again.
    package func shutdown() async {
        let tasks = running.withLock { running in
            running.isShutDown = true
            return Array(running.tasks.values)
        }
        for task in tasks { task.cancel() }
        for task in tasks { _ = await task.value }
        await place.shutdown()
    }

    /// Stores the product behind a link, or says why it could not.
    ///
    /// The same product of the same task gets the same name: a copy that is there already, complete, is the answer.
    ///
    /// - Parameters:
    ///   - index: counts the products of one task from 0.
    ///   - expiry: when the link dies.
    package func store(
        _ link: String, of label: ArchiveLabel, index: Int = 0,
        expiry: ContinuousClock.Instant
    ) async throws(MediaError) -> ArchivedCopy {
        let deadline = min(expiry, .now + settings.patience)
        let task = Task { () -> Result<ArchivedCopy, MediaError> in
            do throws(MediaError) {
                return .success(try await self.persist(link, label, index, until: deadline))
            } catch {
                return .failure(error)
            }
        }
        let number = running.withLock { running in
            if running.isShutDown { task.cancel() }
            running.next += 1
            running.tasks[running.next] = task
            return running.next
        }
        let result = await task.value
        running.withLock { _ = $0.tasks.removeValue(forKey: number) }
        return try result.get()
    }

    /// Refusals that look final are believed when they have been said so often: keys and buckets do get mended.
    private static let refusals = 3

    private func persist(
        _ link: String, _ label: ArchiveLabel, _ index: Int, until deadline: ContinuousClock.Instant
    ) async throws(MediaError) -> ArchivedCopy {
        var pause = settings.pauses.shortest
        var tries = 0
        var refusals = 0
        while true {
            let failure: MediaError
            do throws(MediaError) {
                let attempt = ArchiveAttempt(archiver: self, link: link, label: label, index: index)
                return try await permits.hold { () async throws(MediaError) in
                    try await attempt.run()
                }
            } catch {
                failure = error
            }
            tries += 1
            refusals += failure.isFinal ? 1 : 0
            if failure == .cancelled { throw failure }
            if refusals == Self.refusals || .now + pause >= deadline {
                throw .archiveGivenUp(tries: tries, reason: failure.description)
            }
            do { try await Task.sleep(for: pause) } catch { throw .cancelled }
            pause = min(pause * 2, settings.pauses.longest)
        }
    }
}
