// `jimeng replay`: failures back to the requests topic.

import ArgumentParser
import JSON
import Jimeng
import JobEngine
import Kafka
import WorkerRuntime

struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Send failed requests again, after showing what that would cost.",
        discussion: """
            Writes the request of each failure again, as it came, under the same id, to the partition that it \
            came from. An id that has succeeded since, is open, or waits to be taken in is left out, and so is \
            what may have been charged, unless --include-charged says otherwise: look at it with `jimeng \
            explain` first. Failures whose reason is the request itself (invalid_request, content_rejected, \
            cancelled, expired) are left out unless --kind or --id names them. On a terminal the plan is shown \
            and you are asked; elsewhere nothing is written without --yes.

            EXAMPLES
              jimeng replay --dry-run
              jimeng replay --kind upstream --since 2h
              jimeng replay --code 50511 --limit 10 --yes
              jimeng replay --id hello-3 --id hello-4

            Exit code 75 if there was something to replay and it was not confirmed.
            """)

    @OptionGroup var settings: ConnectionOptions
    @Option(help: "Only failures of this kind, such as upstream. May be repeated.")
    var kind: [String] = []
    @Option(help: "Only this code of the provider or the worker. May be repeated.")
    var code: [String] = []
    @Option(help: ArgumentHelp("Failed since then: 2h, a day, or a time.", valueName: "when"))
    var since: String?
    @Option(help: ArgumentHelp("Failed before then.", valueName: "when"))
    var until: String?
    @Option(help: "Only this id. May be repeated.")
    var id: [String] = []
    @Option(help: "Only this tenant. May be repeated.")
    var tenant: [String] = []
    @Option(help: ArgumentHelp("So many at most, the earliest first.", valueName: "number"))
    var limit: Int?
    @Flag(help: "Also what may have been charged, and so may be paid for twice.")
    var includeCharged = false
    @Flag(help: "Show the plan and write nothing.")
    var dryRun = false
    @Flag(help: "Write without asking.")
    var yes = false
    @Flag(help: "JSON lines: a line for each step, and the summary last.")
    var json = false

    func validate() throws {
        if dryRun, yes { throw ValidationError("--dry-run and --yes exclude each other") }
        if let limit, limit < 1 { throw ValidationError("--limit is \(limit); at least 1") }
        let known = Set(FailureKind.allCases.map(\.rawValue))
        if let wrong = kind.first(where: { !known.contains($0) }) {
            throw ValidationError(
                "--kind is '\(wrong)'; kinds are \(known.sorted().joined(separator: ", "))")
        }
        _ = try selection()
    }

    private func selection() throws -> ReplayPlan.Selection {
        var selection = ReplayPlan.Selection()
        selection.kinds = Set(kind)
        selection.codes = Set(code)
        selection.ids = Set(id.map { JobID($0) })
        selection.tenants = Set(tenant)
        selection.since = try since.map { try Moments.instant($0, option: "--since") }
        selection.until = try until.map { try Moments.instant($0, option: "--until") }
        selection.includesCharged = includeCharged
        return selection
    }

    func run() async throws {
        let session = try await LogSession(settings) {
            [$0.requests, $0.ledger, $0.results, $0.failures]
        }
        let topics = session.connection.topics
        var plan = ReplayPlan(
            try selection(), requests: topics.requests,
            intake: RequestIntake(
                catalogue: ModelCatalogue(defaultModel: session.connection.defaultModel)))
        try await session.read(topics.failures) { plan.takeFailure($0) }
        // The backlog after the ledger and results last: what moves on meanwhile is met further down its way.
        let view = try await session.ledger().view
        plan.take(view)
        try await session.read(topics.requests, try await session.backlog(view)) {
            plan.takeBacklog($0)
        }
        try await session.read(topics.results) { plan.takeResult($0) }
        await session.close()
        let (all, left) = plan.decide(at: Moments.now)
        let steps = Array(all.prefix(limit ?? .max))
        show(steps, left, beyond: all.count - steps.count)
        guard !steps.isEmpty, !dryRun else { return summarise(written: 0, steps, left) }
        guard yes || confirmed(steps) else {
            throw CommandFailure(
                .temporary, "nothing was written; to write without being asked: --yes")
        }
        let places = try await RequestWriter.write(steps.map(\.record), session.connection)
        summarise(written: places.count, steps, left)
    }

    // MARK: Talking

    private func show(
        _ steps: [ReplayPlan.Step], _ left: [(JobID, ReplayPlan.Obstacle)], beyond: Int
    ) {
        guard !json else {
            for step in steps { Output.line(line(step).serialized()) }
            return
        }
        let now = Moments.now
        var table = Table([
            .init("ID"), .init("KIND"), .init("CODE"), .init("FAILED"), .init("MODEL"),
            .init("TENANT"), .init("COST", isNumber: true), .init("CHARGED"),
        ])
        for step in steps {
            table.add([
                step.id.text, step.kind, step.code,
                step.failedAt.map { Moments.relative($0, at: now) },
                step.model, step.tenant, step.cost?.description ?? "?",
                step.mayHaveBeenCharged ? "perhaps" : "",
            ])
        }
        if !steps.isEmpty { for line in table.lines() { Output.line(line) } }
        if beyond > 0 { Output.note("\(beyond) more are beyond --limit") }
        for obstacle in ReplayPlan.Obstacle.allCases {
            let ids = left.filter { $0.1 == obstacle }.map(\.0.text)
            guard let first = ids.first else { continue }
            let more = ids.count > 1 ? " and \(ids.count - 1) more" : ""
            Output.note(Terminal.plain("left out: \(first)\(more): \(obstacle.rawValue)"))
        }
    }

    private func line(_ step: ReplayPlan.Step) -> JSON {
        var line: JSONObject = ["id": JSON(step.id.text), "kind": JSON(step.kind)]
        line["code"] = step.code.map { JSON($0) }
        line["failed_at"] = step.failedAt.map { JSON(Timestamp.text($0)) }
        line["model"] = step.model.map { JSON($0) }
        line["tenant"] = step.tenant.map { JSON($0) }
        line["cost"] = step.cost.map { JSON($0.amount) }
        line["may_have_been_charged"] = JSON(step.mayHaveBeenCharged)
        line["partition"] = step.record.partition.map { JSON($0) }
        return JSON(line)
    }

    private func cost(_ steps: [ReplayPlan.Step]) -> (sum: Cost, unknown: Int) {
        (
            steps.compactMap(\.cost).reduce(Cost(microYuan: 0), +),
            steps.filter { $0.cost == nil }.count
        )
    }

    private func confirmed(_ steps: [ReplayPlan.Step]) -> Bool {
        guard Terminal.isInput, Terminal.isError else { return false }
        let (sum, unknown) = cost(steps)
        let more = unknown > 0 ? " and \(unknown) of unknown price" : ""
        Output.noteText("send \(steps.count) requests again, for about \(sum)\(more)? [y/N] ")
        return ["y", "yes"].contains((readLine() ?? "").lowercased())
    }

    private func summarise(
        written: Int, _ steps: [ReplayPlan.Step], _ left: [(JobID, ReplayPlan.Obstacle)]
    ) {
        let (sum, unknown) = cost(steps)
        guard !json else {
            let line: JSON = [
                "planned": JSON(steps.count), "written": JSON(written),
                "left_out": JSON(left.count), "cost": JSON(sum.amount),
                "without_price": JSON(unknown), "currency": "CNY", "estimated": true,
            ]
            return Output.line(line.serialized())
        }
        let more = unknown > 0 ? " and \(unknown) of unknown price" : ""
        let verb = written > 0 ? "sent \(written) again" : "would send \(steps.count) again"
        Output.note("\(verb), for about \(sum)\(more) (estimated); \(left.count) left out")
    }
}
