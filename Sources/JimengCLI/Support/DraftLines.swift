// Requests out of a file, or standard input, of JSON lines.

import FoundationEssentials
import JobEngine
import WorkerRuntime

/// Requests as lines of JSON.
enum DraftLines {
    static func newID() -> JobID {
        JobID(TimeOrderedID.make(at: Instant(milliseconds: SteadyClock.wallMilliseconds)))
    }

    /// All drafts of a file or of standard input; every wrong line is named, and then nothing is sent.
    static func read(_ path: String?, _ intake: RequestIntake) throws -> [RequestDraft] {
        let isInput = path == nil || path == "-"
        guard
            let data = isInput
                ? try? FileHandleInput.readAll() : try? Data(contentsOf: URL(filePath: path ?? ""))
        else { throw CommandFailure(.usage, "\(path ?? "standard input") cannot be read") }
        var drafts: [RequestDraft] = []
        var faults: [String] = []
        var lines: [JobID: Int] = [:]
        for (index, line) in data.split(
            separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false
        )
        .enumerated() {
            if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { continue }
            do throws(DraftFault) {
                let draft = try RequestDraft(Array(line), intake, makeID: newID)
                drafts.append(draft)
                if let first = lines.updateValue(index + 1, forKey: draft.id) {
                    faults.append("line \(index + 1): the id \(draft.id) is that of line \(first)")
                }
            } catch {
                faults.append("line \(index + 1): \(error)")
            }
        }
        guard faults.isEmpty else {
            let shown = faults.prefix(20).map { "  \($0)" }.joined(separator: "\n")
            let more = faults.count > 20 ? "\n  … and \(faults.count - 20) more" : ""
            throw CommandFailure(
                .usage,
                "nothing was sent: \(faults.count) of the lines are not valid:\n\(shown)\(more)")
        }
        return drafts
    }
}
