// `jimeng jobs`: what is going on, out of the ledger.

import ArgumentParser
import JSON
import JobEngine
import Kafka
import WorkerRuntime

struct JobsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jobs",
        abstract: "List jobs: where they stand, who has them, what comes next.",
        discussion: """
            Reads the ledger to its end; nothing is asked of the workers. OWNER is the worker that wrote the \
            last entry. When a running task is looked at next is planned in its owner's memory and stands \
            nowhere. Requests that no worker has accepted yet are not jobs: see the lag in `jimeng lanes`.

            STATES
              queued      waits for a slot           delayed   waits for a time
              submitting  a submit is on its way     doubting  its submit was not answered
              running     the provider works on it   holding   ended, but its slot stays taken
              succeeded, failed                      as long as their ids are remembered

            EXAMPLES
              jimeng jobs                            open jobs, the oldest first
              jimeng jobs --watch                    a table that follows the ledger
              jimeng jobs --state running --older-than 10m
              jimeng jobs --failed --json | jq -r .id
            """)

    @OptionGroup var settings: ConnectionOptions
    @Option(help: ArgumentHelp("Only this state. May be repeated.", valueName: "state"))
    var state: [JobSnapshot.Stage] = []
    @Option(help: ArgumentHelp("Only this lane. May be repeated.", valueName: "number"))
    var lane: [Int] = []
    @Option(help: "Only this tenant. May be repeated.")
    var tenant: [String] = []
    @Option(help: "Only this model. May be repeated.")
    var model: [String] = []
    @Option(help: "Only this account. May be repeated.")
    var account: [String] = []
    @Option(help: ArgumentHelp("Only jobs requested so long ago, such as 10m.", valueName: "time"))
    var olderThan: String?
    @Flag(help: "Jobs that failed, as long as their ids are remembered.")
    var failed = false
    @Flag(help: "Finished jobs too, as long as their ids are remembered.")
    var all = false
    @Option(help: ArgumentHelp("Show so many at most.", valueName: "number"))
    var limit: Int?
    @Flag(help: "Show the table again as the ledger grows, until Ctrl-C.")
    var watch = false
    @Flag(help: "JSON lines.")
    var json = false

    func validate() throws {
        if failed, all { throw ValidationError("--failed and --all exclude each other") }
        if let limit, limit < 1 { throw ValidationError("--limit is \(limit); at least 1") }
        if watch, json { throw ValidationError("--watch shows a table; --json cannot go with it") }
        if watch, !Terminal.isError { throw ValidationError("--watch needs a terminal") }
        _ = try filter()
    }

    private func filter() throws -> JobFilter {
        var filter = JobFilter()
        filter.scope = all ? .all : failed ? .failed : .open
        filter.stages = Set(state)
        filter.lanes = Set(lane)
        filter.tenants = Set(tenant)
        filter.models = Set(model)
        filter.accounts = Set(account)
        filter.olderThan = try olderThan.map { try Moments.span($0, option: "--older-than") }
        return filter
    }

    func run() async throws {
        let filter = try filter()
        let session = try await LogSession(settings) { [$0.ledger] }
        let (view, ends) = try await session.ledger()
        if watch {
            try await follow(session, view, ends, filter)
        } else {
            show(view, filter)
        }
        await session.close()
    }

    // MARK: Showing

    /// The oldest first; of those that ended, the latest last.
    private func chosen(_ view: LedgerView, _ filter: JobFilter, at now: Instant) -> [JobSnapshot] {
        view.jobs.values.filter { filter.fits($0, at: now) }.sorted {
            ($0.instant("accepted_at") ?? now, $0.lane, $0.offset)
                < ($1.instant("accepted_at") ?? now, $1.lane, $1.offset)
        }
    }

    private func show(_ view: LedgerView, _ filter: JobFilter) {
        let now = Moments.now
        let jobs = chosen(view, filter, at: now)
        let shown = jobs.prefix(limit ?? .max)
        if json {
            for job in shown { Output.line(JobLine.json(job, at: now).serialized()) }
            return
        }
        if jobs.isEmpty {
            Output.note("jimeng: no such job among the \(view.jobs.count) in the ledger")
            return
        }
        for line in JobLine.table(Array(shown), at: now).lines() { Output.line(line) }
        Output.note(summary(view, jobs, shown: shown.count, at: now))
    }

    private func summary(
        _ view: LedgerView, _ jobs: [JobSnapshot], shown: Int, at now: Instant
    ) -> String {
        let counts = Dictionary(grouping: jobs) { $0.stage(at: now) }.mapValues(\.count)
        let parts = JobSnapshot.Stage.allCases.compactMap { stage in
            counts[stage].map { "\($0) \(stage.rawValue)" }
        }
        let cut = shown < jobs.count ? "\(shown) of \(jobs.count) shown: " : ""
        let records = view.others == 1 ? "1 record" : "\(view.others) records"
        let odd = view.others > 0 ? "; \(records) of the ledger cannot be read" : ""
        return cut + parts.joined(separator: ", ") + odd
    }

    private func follow(
        _ session: LogSession, _ start: LedgerView, _ ends: [TopicPartition: Range<Int64>],
        _ filter: JobFilter
    ) async throws {
        var view = start
        var lines = LiveLines()
        func draw() {
            let now = Moments.now
            let jobs = chosen(view, filter, at: now)
            let room = max(1, min(limit ?? .max, Terminal.size.rows - 4))
            let shown = jobs.suffix(room)
            let table = JobLine.table(Array(shown), at: now).lines(isStyled: false)
            lines.draw(
                live: table + [summary(view, jobs, shown: shown.count, at: now)])
        }
        draw()
        do throws(KafkaError) {
            try await session.reader.follow(ends.mapValues(\.upperBound)) { news in
                switch news {
                case .records(let records): for record in records { view.take(record) }
                case .tick: draw()
                }
                return true
            }
        } catch {
            throw Brokers.failure(error, session.connection.kafka)
        }
    }
}

extension JobSnapshot.Stage: ExpressibleByArgument {}
