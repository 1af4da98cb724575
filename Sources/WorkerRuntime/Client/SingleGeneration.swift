// One generation without Kafka: submitted once, then asked about until it ends.

package import Jimeng
package import JobEngine
package import MediaAccess

/// The way of one request to its product. What happens on the way is told to `report`.
///
/// A submit is repeated only after an answer, or a fault, that says for certain that there is no task.
package struct SingleGeneration: Sendable {
    package enum Event: Sendable {
        case measured(PixelSize, ratio: String)
        case notMeasured(reason: String, ratio: String)
        case submitting(attempt: Int)
        /// The provider certainly did not accept; it is tried again after the pause.
        case refused(reason: String, pause: Duration, left: Int)
        case accepted(TaskID)
        case looked(status: String, age: Duration, queries: Int)
        /// An answer that says nothing about the task.
        case unclear(reason: String)
    }

    package enum Failure: Error, Sendable {
        case refused(Jimeng.Refusal)
        case notSent(String)
        /// There may be a task that is paid for.
        case unknown(Jimeng.Evidence)
        case failed(TaskFailure)
        case gone(TaskID)
        case withoutLink(TaskID)
        /// The account's queries are refused; the task goes on.
        case account(TaskID, Jimeng.Refusal)
        case timedOut(TaskID)
    }

    package struct Product: Sendable {
        package let taskID: TaskID
        package let links: [String]
        /// Counted from the query that brought the links: not later than the true end.
        package let expiresAt: Instant
        package let queries: Int
        package let elapsed: Duration
    }

    package var client: JimengClient
    package var prober: ImageProbe
    /// How often a certain refusal that passes is answered by another try.
    package var retries = 3
    package var polling = patient
    /// How long the task is waited for.
    package var timeout: Duration = .seconds(1800)
    private let clock: SteadyClock
    private let report: @Sendable (Event) async -> Void

    package init(
        client: JimengClient, prober: ImageProbe, clock: SteadyClock,
        report: @escaping @Sendable (Event) async -> Void
    ) {
        self.client = client
        self.prober = prober
        self.clock = clock
        self.report = report
    }

    private var wallTime: UTCTime {
        UTCTime(secondsSince1970: SteadyClock.wallMilliseconds / 1000)
    }

    // MARK: Ratio

    /// The ratio nearest to the first image's, where the request leaves it open.
    package func ratio(for submission: PreparedSubmission) async -> Jimeng.AspectRatio? {
        guard submission.wantsProbe, case .url(let url)? = submission.images.first else {
            return nil
        }
        let standard = submission.defaultRatio?.description ?? "the model's own"
        do throws(MediaError) {
            let finding = try await prober.measure(url)
            let candidates = submission.candidateRatios.compactMap {
                MediaAccess.AspectRatio($0.description)
            }
            let nearest = MediaAccess.AspectRatio.nearest(to: finding.size, among: candidates)
            let ratio = nearest.flatMap { Jimeng.AspectRatio($0.description) }
            await report(.measured(finding.size, ratio: ratio?.description ?? standard))
            return ratio
        } catch {
            await report(.notMeasured(reason: error.description, ratio: standard))
            return nil
        }
    }

    // MARK: Submit

    package func submit(_ submission: PreparedSubmission, ratio: Jimeng.AspectRatio?)
        async throws(Failure) -> TaskID
    {
        var attempt = 1
        while true {
            await report(.submitting(attempt: attempt))
            let answered = await client.submit(submission, ratio: ratio, at: wallTime)
            let failure: Failure
            let reason: String
            var pause = Duration.seconds(1 << min(attempt - 1, 5))
            switch answered.meaning {
            case .accepted(let task, _):
                await report(.accepted(task))
                return task
            case .unknown(let evidence):
                throw .unknown(evidence)
            case .notSent(let fault):
                (failure, reason) = (.notSent(fault.description), fault.description)
            case .refused(let refusal):
                guard Self.passes(refusal) else { throw .refused(refusal) }
                (failure, reason) = (.refused(refusal), "\(refusal.code): \(refusal.message)")
                if case .rateLimit(let wanted?) = refusal.remedy { pause = max(pause, wanted) }
            }
            guard attempt <= retries else { throw failure }
            await report(.refused(reason: reason, pause: pause, left: retries - attempt + 1))
            try? await Task.sleep(for: pause)
            attempt += 1
        }
    }

    private static func passes(_ refusal: Jimeng.Refusal) -> Bool {
        switch refusal.remedy {
        case .concurrencyLimit, .rateLimit, .transient, .clock: true
        case .failed, .account, .setup, .content, .invalid, .unsupported: false
        }
    }

    // MARK: Follow

    /// Without a history: by the age of the task alone, at a pace that a person at a terminal bears.
    private static var patient: PollPlan {
        var plan = PollPlan()
        plan.shortest = .seconds(1)
        plan.longest = .seconds(15)
        return plan
    }

    /// Times in a row that a doubtful answer is asked about before it is believed.
    private static let doubts = 5

    /// Looks at the task until it has ended.
    package func follow(_ task: TaskID, model key: String, _ model: Model?)
        async throws(Failure) -> Product
    {
        let start = clock.now
        var queries = 0
        var doubts = 0
        while clock.now - start < timeout {
            let next = polling.nextLook(submittedAt: start, now: clock.now)
            try? await Task.sleep(until: clock.moment(next), clock: .continuous)
            queries += 1
            let sentAt = clock.now
            let answered = await client.query(
                TaskQuery(modelKey: key, taskID: task, model: model), at: wallTime)
            let last = doubts >= Self.doubts
            doubts += 1
            switch answered.meaning {
            case .inProgress(let status):
                doubts = 0
                await report(
                    .looked(status: Self.word(status), age: clock.now - start, queries: queries))
            case .done(let delivery):
                let links = delivery.videoURL.map { [$0] } ?? delivery.imageURLs
                guard links.isEmpty else {
                    return Product(
                        taskID: task, links: links,
                        expiresAt: sentAt + (model?.linkLifetime ?? .seconds(3600)),
                        queries: queries, elapsed: clock.now - start)
                }
                if last { throw .withoutLink(task) }
            case .doneWithoutURL:
                if last { throw .withoutLink(task) }
            case .failed(let failure):
                throw .failed(failure)
            case .suspect(let failure):
                if last { throw .failed(failure) }
            case .gone:
                if last { throw .gone(task) }
            case .account(let refusal):
                throw .account(task, refusal)
            case .askAgain(let again):
                doubts = 0
                await report(.unclear(reason: again.evidence.description))
                if let wait = again.retryAfter { try? await Task.sleep(for: wait) }
            }
        }
        throw .timedOut(task)
    }

    private static func word(_ status: TaskStatus) -> String {
        switch status {
        case .inQueue: "in queue"
        case .generating: "generating"
        case .processing: "processing"
        case .other(let word): word.isEmpty ? "no status" : word
        }
    }
}
