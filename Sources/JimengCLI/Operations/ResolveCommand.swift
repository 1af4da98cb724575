// `jimeng resolve`: an operator's word on a submit whose answer was lost.

import ArgumentParser
import JSON
import JobEngine
import Kafka
import WorkerRuntime

struct ResolveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resolve",
        abstract: "Tell a doubting job which task the provider made of its lost submit.",
        discussion: """
            A job is doubting when its owner went away between the intent and the answer of a submit: see \
            `jimeng jobs --state doubting`. Until its grace is over, the owner of its lane adopts a task id \
            that turns up, polls the task, and the job ends as if nothing had happened. This command writes \
            that news as a note into the job's lane, as a worker does that learns an answer too late; a note \
            never overwrites an entry. Find the task in the provider's console by its time and account.

            A job that has ended as submission_unknown has its outcome and gets no second one: its video \
            is fetched with `jimeng generate --task TASK --model MODEL`. One that was certainly not accepted \
            is sent again with `jimeng replay --id ID --include-charged`.

            EXAMPLES
              jimeng explain hello-1
              jimeng resolve hello-1 --as-task 14310023210952769008

            Exit code 75 if the job does not doubt (any more).
            """)

    @OptionGroup var settings: ConnectionOptions
    @Argument(help: "The id of the job.")
    var id: String
    @Option(
        help: ArgumentHelp(
            "The provider's id of the task that its submit became.", valueName: "task"))
    var asTask: String
    @Flag(help: "Write even if the submit may still be on its way.")
    var force = false
    @Flag(help: "One JSON object.")
    var json = false

    func validate() throws {
        let isTask =
            (1...128).contains(asTask.utf8.count)
            && asTask.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0)) }
        guard isTask else { throw ValidationError("'\(asTask)' is no id of a task") }
    }

    func run() async throws {
        let session = try await LogSession(settings) { [$0.ledger] }
        let view = try await session.ledger().view
        await session.close()
        let job = try doubting(view)
        let note = try note(job)
        if let other = view.jobs.values.first(where: { $0.taskID == asTask && $0.id != job.id }) {
            throw CommandFailure(
                .usage, "task \(asTask) is that of \(Terminal.plain(other.id.text)) already")
        }
        let connection = session.connection
        let places = try await RequestWriter.write(
            [
                OutgoingRecord(
                    topic: connection.topics.ledger, partition: Int32(job.lane),
                    key: LedgerKey.lateNote(job.id).bytes,
                    value: LedgerCodec(worker: connection.kafka.clientID).bytes(note))
            ], connection)
        report(job, places[0])
    }

    private func doubting(_ view: LedgerView) throws -> JobSnapshot {
        let now = Moments.now
        let jobs = view.jobs(JobID(id))
        guard let job = jobs.first(where: { $0.state == "intent" }) else {
            let states = jobs.map { JobLine.state($0, at: now) }.joined(separator: " and ")
            throw CommandFailure(
                .temporary,
                "\(Terminal.plain(id)) does not doubt: "
                    + (states.isEmpty ? "the ledger does not know it" : "it is \(states)")
                    + "; see jimeng explain, and jimeng resolve --help for what else can be done")
        }
        guard force || job.stage(at: now) == .doubting else {
            throw CommandFailure(
                .temporary,
                "the submit of \(Terminal.plain(id)) may still be on its way until "
                    + "\(job.instant("send_by").map(Timestamp.text) ?? "?"): try again then, or --force"
            )
        }
        return job
    }

    private func note(_ job: JobSnapshot) throws -> LateNote {
        guard let source = job.source, let account = job.account, job.attempt > 0 else {
            throw CommandFailure(
                .internal, "the ledger entry of \(Terminal.plain(id)) is not whole")
        }
        return LateNote(
            job: job.id, source: source, attempt: job.attempt, taskID: asTask, account: account,
            model: job.model, requestID: nil, notedAt: Moments.now)
    }

    private func report(_ job: JobSnapshot, _ place: WrittenRecord) {
        guard json else {
            Output.line(
                Terminal.plain(
                    "noted: attempt \(job.attempt) of \(job.id) is task \(asTask)  (\(place.partition)@\(place.offset))"
                ))
            return Output.note("its owner adopts the task if it still doubts: jimeng explain \(id)")
        }
        let line: JSON = [
            "id": JSON(id), "task_id": JSON(asTask), "attempt": JSON(job.attempt),
            "lane": JSON(job.lane), "offset": JSON(place.offset),
        ]
        Output.line(line.serialized())
    }
}
