// Stopwatches, counters and tables.

import ArgumentParser
import CAllocations

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What a piece of work took.
struct Measure {
    /// Seconds on the wall.
    var wall: Double
    /// CPU seconds of this process, all threads.
    var cpu: Double
    var allocations: UInt64

    static func of(_ work: () throws -> Void) rethrows -> Measure {
        let start = now()
        try work()
        return now() - start
    }

    static func of(_ work: () async throws -> Void) async rethrows -> Measure {
        let start = now()
        try await work()
        return now() - start
    }

    static func now() -> Measure {
        Measure(
            wall: seconds(CLOCK_MONOTONIC), cpu: seconds(CLOCK_PROCESS_CPUTIME_ID),
            allocations: allocations_so_far())
    }

    static func - (end: Measure, start: Measure) -> Measure {
        Measure(
            wall: end.wall - start.wall, cpu: end.cpu - start.cpu,
            allocations: end.allocations - start.allocations)
    }

    private static func seconds(_ clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

/// A table as it is printed: columns as wide as they need to be, numbers to the right.
struct Table {
    let title: String
    let head: [String]
    private var rows: [[String]] = []

    init(_ title: String, _ head: [String]) {
        self.title = title
        self.head = head
    }

    mutating func add(_ cells: String...) { rows.append(cells) }

    func show() {
        let widths = head.indices.map { column in
            ([head] + rows).map { $0[column].count }.max() ?? 0
        }
        print("\n\(title)")
        for row in [head] + rows {
            let cells = zip(row, widths).enumerated().map { index, cell in
                let space = String(repeating: " ", count: cell.1 - cell.0.count)
                return index == 0 ? cell.0 + space : space + cell.0
            }
            print("  " + cells.joined(separator: "  "))
        }
    }
}

/// Counts that repeat may not grow beyond a bound.
enum Gate {
    static func check(_ name: String, _ value: Double, atMost bound: Double) throws {
        guard value > bound else { return }
        print("  TOO MUCH: \(name) is \(value.text(2)), the bound is \(bound.text(2))")
        throw ExitCode(1)
    }
}

extension Double {
    /// With so many digits behind the point.
    func text(_ digits: Int) -> String {
        guard isFinite else { return "-" }
        let scale = pow(10, Double(digits))
        let scaled = Int64((self * scale).rounded())
        guard digits > 0 else { return "\(scaled)" }
        let (whole, rest) = abs(scaled).quotientAndRemainder(dividingBy: Int64(scale))
        let fraction = String(rest)
        let zeros = String(repeating: "0", count: digits - fraction.count)
        return "\(scaled < 0 ? "-" : "")\(whole).\(zeros)\(fraction)"
    }
}
