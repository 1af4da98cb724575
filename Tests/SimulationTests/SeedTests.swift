// The promises, from many seeds: faults first, then calm, and every job must end.

import JobEngine
import Simulation
import Synchronization
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("Seeds")
struct SeedTests {
    /// `SIMULATION_SEEDS` (default 500) from `SIMULATION_FIRST` (default 0) on.
    static func number(_ name: String, default value: UInt64) -> UInt64 {
        ProcessInfo.processInfo.environment[name].flatMap { UInt64($0) } ?? value
    }

    @Test("no seed breaks a promise, and together they take every transition")
    func seeds() async {
        let first = Self.number("SIMULATION_FIRST", default: 0)
        let count = Self.number("SIMULATION_SEEDS", default: 500)
        let began = ContinuousClock.now
        let report = await run(first..<first + count)
        let seconds = Double((ContinuousClock.now - began).milliseconds) / 1000
        print(
            "simulation: \(report.seeds) seeds, \(Int(Double(report.seeds) / seconds)) per second")
        for failure in report.failures { Issue.record("\(failure)") }
        #expect(report.seeds == Int(count) || !report.failures.isEmpty)
        guard count >= 500 else { return }
        expectAllTransitions(report.transitions)
    }

    /// On as many tasks as the machine has cores, in slices.
    private func run(_ seeds: Range<UInt64>) async -> SimulationReport {
        await withTaskGroup(of: SimulationReport.self) { group in
            let slice: UInt64 = 50
            for start in stride(from: seeds.lowerBound, to: seeds.upperBound, by: 50) {
                group.addTask {
                    await Task.yield()
                    return Simulation.run(start..<min(start + slice, seeds.upperBound))
                }
            }
            var total = SimulationReport()
            for await part in group {
                total.seeds += part.seeds
                total.transitions.formUnion(part.transitions)
                total.failures += part.failures
                if total.failures.count >= 5 { break }
            }
            group.cancelAll()
            return total
        }
    }

    private func expectAllTransitions(_ seen: Set<Transition>) {
        var allowed: Set<Transition> = []
        for state in JobState.allCases {
            for next in state.mayBecome { allowed.insert(Transition(from: state, to: next)) }
        }
        for state in JobState.beginnings { allowed.insert(Transition(from: nil, to: state)) }
        #expect(seen.subtracting(allowed).sorted() == [], "taken, but not allowed")
        #expect(allowed.subtracting(seen).sorted() == [], "allowed, but never taken")
    }

    @Test("a seed replays: the same world twice", arguments: 0..<5 as Range<UInt64>)
    func replay(seed: UInt64) {
        var one = World(weather: Weather(seed: seed), seed: seed, recordsHistory: true)
        var two = World(weather: Weather(seed: seed), seed: seed, recordsHistory: true)
        #expect(one.run()?.description == two.run()?.description)
        #expect(one.history.lines == two.history.lines)
    }
}
