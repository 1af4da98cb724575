// The simulator's own desk under /_sim/: health, help, invoice, tasks, and the fault dial.

import FoundationEssentials

extension SimulatedProvider {
    /// Answers a request under `/_sim/`.
    mutating func answerDesk(_ request: SimulatedRequest) -> SimulatedAnswer {
        do throws(SimulatorError) {
            switch (request.method, request.path) {
            case ("GET", "/_sim/health"):
                return .json(200, .object([("status", .string("ok"))]))
            case ("GET", "/_sim/help"):
                return .text(200, Self.markersHelp + "\n")
            case ("GET", "/_sim/invoice"):
                return .json(200, bytes: try writtenJSON(invoice(at: now)))
            case ("GET", "/_sim/tasks"):
                return .json(200, bytes: try writtenJSON(taskViews(at: now)))
            case ("PUT", "/_sim/dial"):
                dial = try FaultDial(json: request.body)
                return .json(200, bytes: try dial.json())
            case ("GET", "/_sim/dial"):
                return .json(200, bytes: try dial.json())
            default:
                return .text(
                    404,
                    "GET /_sim/health, /_sim/help, /_sim/invoice, /_sim/tasks, /_sim/dial; "
                        + "PUT /_sim/dial\n")
            }
        } catch {
            let status = if case .invalidDial = error { 400 } else { 500 }
            return .json(status, .object([("error", .string(error.description))]))
        }
    }

    /// The invoice as of that instant.
    package func invoice(at instant: WallTime) -> Invoice {
        let time = max(now, instant)
        let lines = tasks.map { line($0, at: time) }
        let summaries = accounts.indices.map { summary($0, at: time) }
        return Invoice(
            at: time, lines: lines, accounts: summaries, requests: counts.requests,
            refusedSubmits: counts.refusedSubmits, answersLost: counts.answersLost,
            chargedFen: summaries.reduce(.zero) { $0 + $1.chargedFen })
    }

    private func summary(_ index: Int, at time: WallTime) -> Invoice.Account {
        let own = tasks.lazy.filter { $0.account == index }
        return Invoice.Account(
            name: accounts[index].account.name, concurrency: accounts[index].account.concurrency,
            accepted: own.count, unfinished: accounts[index].unfinished(at: time),
            maximumUnfinished: accounts[index].maximumUnfinished,
            chargedFen: own.reduce(.zero) { $0 + $1.charge(at: time) })
    }

    private func line(_ task: SimulatedTask, at time: WallTime) -> Invoice.Line {
        let isFinished = time >= task.finishesAt
        let outcome: Invoice.Outcome = task.faults.failure == nil ? .succeeded : .failed
        return Invoice.Line(
            number: task.number, account: accounts[task.account].account.name,
            accessKeyID: task.accessKeyID, taskID: task.id, reqKey: task.model.key,
            frames: task.frames, bodySHA256: task.bodySHA256, promptStart: task.promptStart,
            acceptedAt: task.acceptedAt, finishedAt: isFinished ? task.finishesAt : nil,
            outcome: isFinished ? outcome : .unfinished,
            failureCode: isFinished ? task.faults.failure : nil, lost: task.faults.isLost,
            answerDropped: task.answerLoss != nil, answerLoss: task.answerLoss,
            delivered: task.deliveries > 0, deliveredAt: task.firstDeliveredAt,
            deliveries: task.deliveries, queries: task.queries, videoFetches: task.videoFetches,
            chargedFen: task.charge(at: time))
    }

    private func taskViews(at time: WallTime) -> [TaskView] {
        tasks.map { task in
            TaskView(
                taskID: task.id, account: accounts[task.account].account.name,
                reqKey: task.model.key, status: task.phase(at: time).rawValue,
                acceptedAt: task.acceptedAt, finishesAt: task.finishesAt,
                willFailWith: task.faults.failure, isLost: task.faults.isLost)
        }
    }
}

/// A task as `/_sim/tasks` shows it: what the provider knows and its clients do not.
private struct TaskView: Encodable {
    let taskID: String
    let account: String
    let reqKey: String
    let status: String
    let acceptedAt: WallTime
    let finishesAt: WallTime
    let willFailWith: Int?
    let isLost: Bool
}

/// JSON with sorted snake-case names.
func writtenJSON(_ value: some Encodable) throws(SimulatorError) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    do {
        return [UInt8](try encoder.encode(value))
    } catch {
        throw .unwritable("\(error)")
    }
}
