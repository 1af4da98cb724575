// `jimeng resolve`: an operator's word on a submit whose answer was lost.

import ArgumentParser
import JSON
import JobEngine
import Kafka
import WorkerRuntime

struct ResolveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resolve",
        abstract: "Tell the workers what a submit became whose answer was lost: a task, or none.",
        discussion: """
            Look into the provider's console for a task at the time and on the account of the submit (see \
            `jimeng explain`). What you have found is written as a note into the job's lane, as a worker does \
            that learns an answer too late. A note never overwrites an entry: the owner of the lane decides.

            --as-task: there is a task. It helps a job that is doubting, because its owner went away between \
            the intent and the answer of a submit: see `jimeng jobs --state doubting`. Until its grace is \
            over, the owner of its lane adopts a task id that turns up, polls the task, and the job ends as \
            if nothing had happened. A job that has ended as submission_unknown has its outcome and gets no \
            second one: its video is fetched with `jimeng generate --task TASK --model MODEL`.

            --as-lost: there is no task. It frees the slot that is on hold for the lost submit, of a job that \
            has ended (`jimeng jobs --state holding`) or of one that waits to be submitted again (policy \
            resubmit; `--state delayed`), which goes on at once. The outcome, the attempts and the money that \
            may have been spent stay as they were written. If there is a task after all, the provider refuses \
            a submit too many (50430), which costs nothing but a retry. To send the request of an ended job \
            again, free the slot first, then `jimeng replay --id ID --include-charged`.

            EXAMPLES
              jimeng explain hello-1
              jimeng resolve hello-1 --as-task 14310023210952769008
              jimeng resolve hello-1 --as-lost

            Exit code 75 if the job does not doubt, or has no such slot on hold (any more, or yet).
            """)

    @OptionGroup var settings: ConnectionOptions
    @Argument(help: "The id of the job.")
    var id: String
    @Option(
        help: ArgumentHelp(
            "The provider's id of the task that its submit became.", valueName: "task"))
    var asTask: String?
    @Flag(help: "Its submit became no task: free the slot that is on hold for it.")
    var asLost = false
    @Flag(help: "With --as-task: write even if the submit may still be on its way.")
    var force = false
    @Flag(help: "One JSON object.")
    var json = false

    func validate() throws {
        guard (asTask != nil) != asLost else {
            throw ValidationError("say either --as-task TASK or --as-lost")
        }
        if asLost && force { throw ValidationError("--force goes with --as-task only") }
        guard let asTask else { return }
        let isTask =
            (1...128).contains(asTask.utf8.count)
            && asTask.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0)) }
        guard isTask else { throw ValidationError("'\(asTask)' is no id of a task") }
    }

    func run() async throws {
        let session = try await LogSession(settings) { [$0.ledger] }
        let view = try await session.ledger().view
        await session.close()
        let (job, note) = try asTask.map { try found($0, view) } ?? lost(view)
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

    private func lost(_ view: LedgerView) throws -> (JobSnapshot, LateNote) {
        do throws(LossRefusal) {
            return try view.noteOfLoss(JobID(id), at: Moments.now)
        } catch {
            throw CommandFailure(.temporary, "\(Terminal.plain(id)) \(Terminal.plain("\(error)"))")
        }
    }

    private func found(_ task: String, _ view: LedgerView) throws -> (JobSnapshot, LateNote) {
        let job = try doubting(view)
        let note = try note(job, task)
        if let other = view.jobs.values.first(where: { $0.taskID == task && $0.id != job.id }) {
            throw CommandFailure(
                .usage, "task \(task) is that of \(Terminal.plain(other.id.text)) already")
        }
        return (job, note)
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

    private func note(_ job: JobSnapshot, _ task: String) throws -> LateNote {
        guard let source = job.source, let account = job.account, job.attempt > 0 else {
            throw CommandFailure(
                .internal, "the ledger entry of \(Terminal.plain(id)) is not whole")
        }
        return LateNote(
            job: job.id, source: source, attempt: job.attempt, news: .task(task, requestID: nil),
            account: account, model: job.model, notedAt: Moments.now)
    }

    private func report(_ job: JobSnapshot, _ place: WrittenRecord) {
        guard json else {
            let became = asTask.map { "is task \($0)" } ?? "became no task"
            Output.line(
                Terminal.plain(
                    "noted: attempt \(job.attempt) of \(job.id) \(became)  (\(place.partition)@\(place.offset))"
                ))
            let effect =
                asLost
                ? "frees the slot if it still holds it" : "adopts the task if it still doubts"
            return Output.note(Terminal.plain("its owner \(effect): jimeng explain \(id)"))
        }
        var line: JSONObject = ["id": JSON(id)]
        line["task_id"] = asTask.map { JSON($0) }
        line["lost"] = asLost ? true : nil
        line["attempt"] = JSON(job.attempt)
        line["lane"] = JSON(job.lane)
        line["offset"] = JSON(place.offset)
        Output.line(JSON(line).serialized())
    }
}
