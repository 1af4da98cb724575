// What long runs say meanwhile, on standard error.

import Foundation

enum Progress {
    static func tell(_ line: String) {
        try? FileHandle.standardError.write(contentsOf: Data("\(line)\n".utf8))
    }

    /// So many a second.
    static func rate(_ count: Int, since began: ContinuousClock.Instant) -> Int {
        let passed = began.duration(to: .now)
        return Int(Double(count) / max(0.001, passed / .seconds(1)))
    }
}
