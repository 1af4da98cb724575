// `jimeng cancel`: give jobs up, if they are not done.

import ArgumentParser
import JSON
import JobEngine
import Kafka
import WorkerRuntime

struct CancelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel",
        abstract: "Give up jobs that are not done.",
        discussion: """
            Writes a cancel to the partition of the job's request, which the ledger names; where the ledger \
            does not know the id, to the partition of the id as key. A waiting job ends as failed: cancelled. \
            A task that runs cannot be stopped at the provider: it is given up when its owner next looks, \
            holds its slot until it ends, and may be charged.

            EXAMPLES
              jimeng cancel hello-1
              jimeng cancel hello-1 hello-2 --wait --timeout 2m
              jimeng jobs --tenant studio-north --json | jq -r .id | xargs jimeng cancel

            Exit code 0 if every cancel was written (with --wait: if every job has its outcome, whatever it \
            is), 75 if the time for waiting ran out.
            """)

    @OptionGroup var settings: ConnectionOptions
    @Argument(help: "The ids of the jobs.")
    var ids: [String]
    @Flag(help: "Wait for the outcomes.")
    var wait = false
    @Option(
        help: ArgumentHelp("How long to wait, such as 2m; for ever without it.", valueName: "time"))
    var timeout: String?
    @Flag(help: "JSON lines.")
    var json = false

    func validate() throws {
        _ = try timeout.map { try Moments.span($0, option: "--timeout") }
        if timeout != nil, !wait { throw ValidationError("--timeout goes with --wait") }
        let wrong = ids.filter { !(1...280).contains($0.utf8.count) }
        if let first = wrong.first { throw ValidationError("'\(first)' is no id of a job") }
    }

    func run() async throws {
        let session = try await LogSession(settings) {
            [$0.requests, $0.ledger] + (wait ? [$0.results, $0.failures] : [])
        }
        let view = try await session.ledger().view
        await session.close()
        let cancels = Set(ids).sorted().map {
            Cancel(id: JobID($0), view, requests: session.connection.topics.requests)
        }
        let open = cancels.filter { !$0.isOver }
        for cancel in cancels where cancel.isOver {
            Output.note(
                "jimeng: \(cancel.id) has ended already: \(cancel.state); nothing to cancel")
        }
        guard !open.isEmpty else { return }
        let write = { try await RequestWriter.write(open.map(\.record), session.connection) }
        if wait {
            try await waitFor(open, session.connection, write)
        } else {
            report(open, try await write())
        }
    }

    private func report(_ cancels: [Cancel], _ places: [WrittenRecord]) {
        for (cancel, place) in zip(cancels, places) {
            guard json else {
                Output.line(
                    Terminal.plain(
                        "cancel of \(cancel.id)  (\(place.partition)@\(place.offset))  \(cancel.state)"
                    ))
                continue
            }
            let line: JSON = [
                "id": JSON(cancel.id.text), "state": JSON(cancel.state),
                "topic": JSON(place.partition.topic), "partition": JSON(place.partition.partition),
                "offset": JSON(place.offset),
            ]
            Output.line(line.serialized())
        }
    }

    private func waitFor(
        _ cancels: [Cancel], _ connection: ConnectionConfiguration,
        _ write: () async throws -> [WrittenRecord]
    ) async throws {
        let topics = connection.topics
        let reader = try Brokers.made("the reader") { () throws(KafkaError) in
            try OutcomeReader(connection.kafka, topics: [topics.results, topics.failures])
        }
        let events: AsyncStream<OutcomeReader.Event>
        do {
            // Before anything is written: an outcome may be quicker than we are.
            events = try await reader.start(.now)
        } catch {
            throw Brokers.failure(error, connection.kafka)
        }
        let board = WaitBoard(
            cancels.map(\.id.text), isJSON: json, isLive: Terminal.isError && !json,
            limit: timeout.flatMap(DurationText.duration))
        _ = try await write()
        let end = await board.follow(events)
        await reader.close()
        switch end {
        case .allSucceeded, .someFailed: return
        case .timedOut(let open):
            throw CommandFailure(
                .temporary,
                "\(open.count) of \(cancels.count) have no outcome within \(timeout ?? ""): "
                    + "the cancels are written and stay; see jimeng explain \(open.first ?? "")")
        case .broken(let error): throw CommandFailure(.internal, "\(error)")
        }
    }
}

/// One cancel: where it goes, and what it will meet.
private struct Cancel {
    let id: JobID
    let record: OutgoingRecord
    /// What the ledger says of the job.
    let state: String
    let isOver: Bool

    init(id: JobID, _ view: LedgerView, requests: String) {
        let jobs = view.jobs(id)
        let job = jobs.first { !$0.isFinished } ?? jobs.last
        self.id = id
        isOver = job?.isFinished ?? false
        state = job.map { JobLine.state($0, at: Moments.now) } ?? "not in the ledger (yet)"
        let source = job?.source.flatMap { $0.partition.topic == requests ? $0 : nil }
        let value: JSON = ["cancel": JSON(id.text)]
        record = OutgoingRecord(
            topic: requests, partition: source?.partition.partition, key: Array(id.utf8),
            value: value.serialized())
    }
}
