// Options that several commands give to the simulator.

import ArgumentParser
import JSON
import JimengSimulator
import WorkerRuntime

enum GenerationOption {
    /// `20s`, or `10s-60s`; without it the usual times.
    static func times(_ text: String?, speedUp: Double = 1) throws -> GenerationTimes {
        guard let text else { return GenerationTimes(speedUp: speedUp) }
        return GenerationTimes(usual: try time(text), speedUp: speedUp)
    }

    static func time(_ text: String) throws -> GenerationTime {
        let bounds = text.split(separator: "-").compactMap { DurationText.duration(String($0)) }
        switch bounds.count {
        case 1 where !text.contains("-"): return .fixed(bounds[0])
        case 2 where bounds[0] <= bounds[1]: return .uniform(bounds[0]...bounds[1])
        default:
            throw ValidationError(
                "--generation takes a time such as 20s or 500ms, or two such as 10s-60s; got '\(text)'"
            )
        }
    }
}

enum FaultOptions {
    /// A preset with single faults changed. Values are JSON: a probability, a list, a map of codes.
    static func dial(preset: String, settings: [String]) throws -> FaultDial {
        var object: JSONObject = ["preset": JSON(preset)]
        for setting in settings {
            guard let equals = setting.firstIndex(of: "="),
                let value = try? JSON(parsing: Array(setting[setting.index(after: equals)...].utf8))
            else {
                throw ValidationError(
                    "--set takes fault=value with a value in JSON, such as slow_answers=0.1; got '\(setting)'"
                )
            }
            object[String(setting[..<equals])] = value
        }
        do {
            return try FaultDial(json: JSON(object).serialized())
        } catch {
            throw ValidationError("\(error)")
        }
    }
}

enum InvoiceSummary {
    /// What was accepted and what it costs, account by account.
    static func show(_ invoice: Invoice) {
        let succeeded = invoice.lines.filter { $0.outcome == .succeeded }.count
        let failed = invoice.lines.filter { $0.outcome == .failed }.count
        Output.line("")
        Output.line(
            "accepted \(invoice.lines.count): \(succeeded) succeeded, \(failed) failed, "
                + "\(invoice.lines.count - succeeded - failed) unfinished; refused \(invoice.refusedSubmits)"
        )
        for account in invoice.accounts {
            Output.line(
                "account \(account.name): \(account.accepted) accepted, at most "
                    + "\(account.maximumUnfinished) of \(account.concurrency) slots at once, "
                    + "\(yuan(account.chargedFen)) CNY")
        }
        let lost = invoice.answersLost.sorted { $0.key < $1.key }
        if !lost.isEmpty {
            Output.line(
                "answers lost: " + lost.map { "\($0.value) \($0.key)" }.joined(separator: ", "))
        }
    }

    private static func yuan(_ fen: Fen) -> String {
        let cents = fen.count % 100
        return "\(fen.count / 100).\(cents < 10 ? "0" : "")\(cents)"
    }
}
