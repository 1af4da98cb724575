// What conversations are about: a small account, plain requests, the usual answers.

import JobEngine

enum Samples {
    /// Some Sunday; far enough from zero that nothing underflows.
    static let start = Instant(milliseconds: 1_800_000_000_000)

    static func at(_ seconds: Double) -> Instant {
        start + .milliseconds(Int64((seconds * 1000).rounded()))
    }

    static func partition(_ number: Int32) -> SourcePartition {
        SourcePartition(topic: "requests", partition: number)
    }

    /// One lane, one account `main` with two slots and generous rates.
    static func policy(_ change: (inout Policy) -> Void = { _ in }) -> Policy {
        var policy = Policy()
        policy.accounts = [account()]
        policy.windowJobs = 100
        policy.polling = intervals
        change(&policy)
        return policy
    }

    /// Looks that depend on the task's age alone; what is learned has tests of its own.
    static var intervals: PollPlan {
        var plan = PollPlan()
        plan.rule = .growing
        plan.shortest = .seconds(1)
        plan.longest = .seconds(15)
        return plan
    }

    static func account(
        _ name: String = "main", slots: Int = 2, models: [String: Int] = [:], submits: Double = 10,
        queries: Double = 10
    ) -> AccountLimits {
        AccountLimits(
            name: name, concurrency: slots, modelConcurrency: models, submitsPerSecond: submits,
            queriesPerSecond: queries)
    }

    static func request(_ id: JobID, offset: Int64, partition: Int32 = 0) -> Request {
        Request(
            id: id, source: Source(partition: Samples.partition(partition), offset: offset),
            requestedAt: start, model: "model")
    }

    /// An entry as a predecessor left it; accepted at the start from offset 0.
    static func entry(
        _ id: JobID, _ phase: Entry.Phase, attempt: Int = 1,
        _ change: (inout Entry) -> Void = { _ in }
    ) -> Entry {
        var entry = Entry(request: request(id, offset: 0), acceptedAt: start)
        entry.phase = phase
        entry.attempt = attempt
        if case .finished = phase { entry.request = nil }
        change(&entry)
        return entry
    }

    static func intent(mintedAt seconds: Double = 0) -> Entry.Phase {
        .intent(
            Entry.Intent(
                account: "main", sendBy: at(seconds + 10), mintedAt: at(seconds)))
    }

    static func task(_ id: String = "t1", submittedAt seconds: Double = 0) -> Entry.Phase {
        .submitted(Entry.Task(id: id, account: "main", submittedAt: at(seconds)))
    }

    static func ending(_ failure: FailureKind? = nil, at seconds: Double = 0) -> Entry.Phase {
        .finished(Entry.Ending(failure: failure, at: at(seconds)))
    }

    static func note(_ job: JobID, attempt: Int = 1, task: String = "t1", offset: Int64 = 0)
        -> LateNote
    {
        note(job, .task(task, requestID: nil), attempt: attempt, offset: offset)
    }

    /// What an operator says who has found no task.
    static func noteOfLoss(_ job: JobID, attempt: Int = 1, offset: Int64 = 0) -> LateNote {
        note(job, .lost, attempt: attempt, offset: offset)
    }

    private static func note(
        _ job: JobID, _ news: LateNote.News, attempt: Int, offset: Int64
    ) -> LateNote {
        LateNote(
            job: job, source: Source(partition: partition(0), offset: offset), attempt: attempt,
            news: news, account: "main", model: "model", notedAt: start)
    }

    static let product = Product(links: ["https://videos.example/1.mp4"], expiresAt: at(3600))
}

extension SubmitAnswer {
    static func accepted(_ task: String) -> SubmitAnswer { .accepted(taskID: task, requestID: nil) }

    static func refused(
        _ way: Refusal.Way, _ kind: FailureKind = .upstream, retryAfter: Duration? = nil
    ) -> SubmitAnswer {
        .refused(
            Refusal(way, cause: FailureCause(kind, message: "refused"), retryAfter: retryAfter))
    }

    static let lost = SubmitAnswer.unknown(LostAnswer(.timedOut, detail: "no answer in 60 s"))
    static let notSent = SubmitAnswer.notSent(reason: "no connection")
}

extension QueryAnswer {
    static let running = QueryAnswer.inProgress(status: "generating")
    static let done = QueryAnswer.done(Samples.product)
    static let failed = QueryAnswer.failed(
        FailureCause(.generationFailed, message: "output refused"), newTaskMayHelp: false)
    static let failedUnpaid = QueryAnswer.failed(
        FailureCause(.generationFailed, message: "output refused"), newTaskMayHelp: true)
    static let gone = QueryAnswer.gone(FailureCause(.upstream, message: "not_found"))
    static let suspect = QueryAnswer.suspect(
        FailureCause(.upstream, message: "50500", mayHaveBeenCharged: true))
    static let busy = QueryAnswer.askAgain(reason: "503", retryAfter: nil, isRateLimit: false)
    static let tooManyQueries = QueryAnswer.askAgain(
        reason: "50429", retryAfter: nil, isRateLimit: true)
}

extension ArchiveAnswer {
    static let stored = ArchiveAnswer.stored(url: "s3://x/1.mp4", bytes: 1, sha256: "00")
}
