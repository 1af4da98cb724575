// How a demonstration looks: a live table on a terminal, plain lines elsewhere, JSON on request.

import JSON
import Sandbox

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Shows a demonstration. One event at a time.
actor DemoView {
    private let json: Bool
    private let isLive: Bool
    private var drawnLines = 0
    private let start = ContinuousClock.now
    private var generation: Duration = .seconds(3)

    init(json: Bool) {
        self.json = json
        isLive = !json && isatty(STDOUT_FILENO) == 1
    }

    func show(_ event: Demo.Event) {
        switch event {
        case .started(let brokers, let simulator, let generation):
            self.generation = generation
            guard !json else { return }
            say("embedded broker at \(brokers), simulated provider at \(simulator)")
            say("workers join the group; the embedded broker takes three seconds for that")
        case .news(.outcome(let row, let record), let board):
            if json {
                say(String(decoding: record, as: UTF8.self))
            } else if !isLive {
                say(line(row, of: board))
            } else {
                draw(board)
            }
        case .news(.stage(let row), let board):
            if isLive {
                draw(board)
            } else if !json {
                say(line(row, of: board))
            }
        case .tick(let board):
            if isLive { draw(board) }
        case .workerFailed(let text):
            fail("a worker failed: \(text)")
        }
    }

    func fail(_ text: String) {
        let bytes = Array("jimeng demo: \(text)\n".utf8)
        _ = bytes.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }

    private func say(_ text: String) {
        var bytes = Array(text.utf8)
        bytes.append(UInt8(ascii: "\n"))
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                write(STDOUT_FILENO, $0.baseAddress, $0.count)
            }
            if count <= 0 { return }
            sent += count
        }
    }

    // MARK: Lines

    private func line(_ row: DemoBoard.Row, of board: DemoBoard) -> String {
        let seconds =
            Double((ContinuousClock.now - start).components.seconds)
            + Double((ContinuousClock.now - start).components.attoseconds) / 1e18
        let time = String(Double(Int(seconds * 10)) / 10)
        return pad(time + "s", 7) + " " + pad(row.id, 10) + " " + pad(row.stage, 18) + " "
            + pad(row.worker, 9) + " " + row.detail
    }

    private func pad(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    // MARK: Table

    private func draw(_ board: DemoBoard) {
        var lines: [String] = []
        let open = board.rows.filter { !$0.isFinished }
        for row in open.prefix(16) {
            lines.append(
                pad(row.id, 10) + " " + pad(row.stage, 12) + " " + bar(row) + " "
                    + pad(row.worker, 9) + " " + String(row.detail.prefix(30)))
        }
        if open.count > 16 { lines.append("… and \(open.count - 16) more") }
        let failed = board.failedByKind.values.reduce(0, +)
        lines.append(
            "\(board.finished) of \(board.rows.count) done: \(board.succeeded) succeeded, \(failed) failed"
        )
        var text = drawnLines > 0 ? "\u{1B}[\(drawnLines)A" : ""
        for line in lines { text += "\u{1B}[2K" + line + "\n" }
        for _ in lines.count..<max(lines.count, drawnLines) { text += "\u{1B}[2K\n" }
        let extra = max(0, drawnLines - lines.count)
        if extra > 0 { text += "\u{1B}[\(extra)A" }
        drawnLines = lines.count
        let bytes = Array(text.utf8)
        _ = bytes.withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
    }

    /// Time-based: the provider reports no progress.
    private func bar(_ row: DemoBoard.Row) -> String {
        guard let since = row.submittedAt else { return "[" + pad("", 20) + "]" }
        let share = min(0.95, (ContinuousClock.now - since) / (generation * 1.5))
        return "[" + pad(String(repeating: "=", count: Int(share * 20)), 20) + "]"
    }

    // MARK: Summary

    func summary(_ audit: DemoAudit) {
        if json {
            say(String(decoding: summaryJSON(audit).serialized(), as: UTF8.self))
            return
        }
        let failed = audit.failedByKind.sorted { $0.key < $1.key }
            .map { "\($0.value) \($0.key)" }.joined(separator: ", ")
        say("")
        say("requests             \(audit.requests)")
        say("results              \(audit.succeeded)")
        say(
            "failures             \(audit.failedByKind.values.reduce(0, +))\(failed.isEmpty ? "" : " (\(failed))")"
        )
        say(
            "submissions accepted \(audit.submissionsAccepted), charged \(audit.submissionsCharged), refused \(audit.refusedSubmits)"
        )
        say(
            "paid                 \(audit.chargedFen / 100).\(audit.chargedFen % 100 < 10 ? "0" : "")\(audit.chargedFen % 100) CNY (simulated)"
        )
        say("slots at once        \(audit.mostSlotsAtOnce) of \(audit.slots)")
        if audit.violations.isEmpty {
            say("every request has exactly one outcome, and none was paid twice")
        } else {
            for violation in audit.violations { say("VIOLATION: \(violation)") }
        }
    }

    private func summaryJSON(_ audit: DemoAudit) -> JSON {
        var kinds = JSONObject()
        for (kind, count) in audit.failedByKind.sorted(by: { $0.key < $1.key }) {
            kinds[kind] = JSON(count)
        }
        return [
            "summary": [
                "requests": JSON(audit.requests), "results": JSON(audit.succeeded),
                "failures": .object(kinds),
                "submissions_accepted": JSON(audit.submissionsAccepted),
                "submissions_charged": JSON(audit.submissionsCharged),
                "submits_refused": JSON(audit.refusedSubmits),
                "charged_fen": JSON(audit.chargedFen),
                "most_slots_at_once": JSON(audit.mostSlotsAtOnce), "slots": JSON(audit.slots),
                "violations": .array(audit.violations.map { JSON($0) }),
            ]
        ]
    }
}
