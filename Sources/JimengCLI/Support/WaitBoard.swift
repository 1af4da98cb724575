// Jobs that somebody waits for: a bar each on a terminal, lines elsewhere.

import JSON
import Kafka
import WorkerRuntime

/// Follows outcomes and progress until every job has its end.
actor WaitBoard {
    enum End: Sendable {
        case allSucceeded, someFailed
        case timedOut(open: [String])
        case broken(KafkaError)
    }

    private struct Job {
        var stage = "handed in"
        let start = ContinuousClock.now
        var submitted: ContinuousClock.Instant?
    }

    /// Of a video; the bar is two thirds full then.
    private static let typical = Duration.seconds(100)

    private var open: [String: Job]
    private let order: [String]
    private let isJSON: Bool
    private let isLive: Bool
    private let limit: Duration?
    private var failed = 0
    private var lines = LiveLines()
    private var ending: End?

    init(_ ids: [String], isJSON: Bool, isLive: Bool, limit: Duration?) {
        order = ids
        open = Dictionary(ids.map { ($0, Job()) }) { first, _ in first }
        self.isJSON = isJSON
        self.isLive = isLive
        self.limit = limit
    }

    func follow(_ events: AsyncStream<OutcomeReader.Event>) async -> End {
        draw()
        let start = ContinuousClock.now
        let clock = Task {
            while !Task.isCancelled {
                try? await Task.sleep(for: .milliseconds(500))
                if let limit, ContinuousClock.now - start > limit { return giveUp() }
                draw()
            }
        }
        let reading = Task { await read(events) }
        await done()
        clock.cancel()
        reading.cancel()
        draw()
        return ending ?? .allSucceeded
    }

    private var waiter: CheckedContinuation<Void, Never>?

    private func done() async {
        if ending != nil { return }
        await withCheckedContinuation { waiter = $0 }
    }

    private func end(_ end: End) {
        guard ending == nil else { return }
        ending = end
        waiter?.resume()
    }

    private func giveUp() { end(.timedOut(open: order.filter { open[$0] != nil })) }

    private func read(_ events: AsyncStream<OutcomeReader.Event>) async {
        for await event in events {
            switch event {
            case .records(let records): for record in records { take(record) }
            case .caughtUp: break
            case .trouble(let error):
                draw(final: ["jimeng: \(error.message); trying again"])
            case .fatal(let error): end(.broken(error))
            }
        }
    }

    private func take(_ record: Record) {
        guard let value = record.value, let view = OutcomeView(value), open[view.id] != nil else {
            return
        }
        guard view.status != nil else { return take(progress: view) }
        open[view.id] = nil
        if view.isFailure { failed += 1 }
        if isLive { lines.draw(live: []) }
        OutcomePrinter(isJSON: isJSON).show(record)
        draw()
        if open.isEmpty { end(failed == 0 ? .allSucceeded : .someFailed) }
    }

    private func take(progress view: OutcomeView) {
        guard let stage = view.stage, open[view.id]?.stage != stage else { return }
        open[view.id]?.stage = stage.replacing("_", with: " ")
        if view.record["task_id"] != nil, open[view.id]?.submitted == nil {
            open[view.id]?.submitted = .now
        }
        if !isLive, !isJSON { Output.note("\(view.id)  \(stage)") }
        draw()
    }

    // MARK: Drawing

    private static let mostLines = 12

    private func draw(final: [String] = []) {
        guard isLive else {
            for line in final { Output.note(line) }
            return
        }
        let jobs = order.compactMap { id in open[id].map { (id, $0) } }
        var live = jobs.prefix(Self.mostLines).map { line($0.0, $0.1) }
        if order.count > 1, !jobs.isEmpty {
            live.append("\(order.count - jobs.count) of \(order.count) finished, \(failed) failed")
        }
        lines.draw(final: final, live: live)
    }

    private func line(_ id: String, _ job: Job) -> String {
        let bar =
            job.submitted.map {
                ProgressBar.text(elapsed: ContinuousClock.now - $0, typical: Self.typical)
            } ?? ProgressBar.text(elapsed: .zero, typical: Self.typical)
        let time = ProgressBar.time(ContinuousClock.now - job.start)
        return "\(id.padded(to: 26))  \(bar)  \(time.padded(to: 6)) \(job.stage)"
    }
}
