// Many seeds at once: on as many tasks as the machine has cores, in slices.

extension Simulation {
    private static let slice: UInt64 = 50

    /// Runs the seeds in slices beside each other; `progress` hears the number of seeds that have run, after each
    /// slice. Stops after `failureLimit` failures.
    package static func run(
        _ seeds: Range<UInt64>, atOnce: Int, failureLimit: Int = 5,
        progress: (Int) -> Void = { _ in }
    ) async -> SimulationReport {
        await withTaskGroup(of: SimulationReport.self) { group in
            var starts = stride(from: seeds.lowerBound, to: seeds.upperBound, by: Int(slice))
                .makeIterator()
            func addSlice() {
                guard let start = starts.next() else { return }
                group.addTask { run(start..<min(start + slice, seeds.upperBound)) }
            }
            for _ in 0..<max(1, atOnce) { addSlice() }
            var total = SimulationReport()
            for await part in group {
                total.add(part)
                progress(total.seeds)
                if total.failures.count >= failureLimit { break }
                addSlice()
            }
            group.cancelAll()
            return total
        }
    }
}

extension SimulationReport {
    mutating func add(_ part: SimulationReport) {
        seeds += part.seeds
        transitions.formUnion(part.transitions)
        failures += part.failures
    }
}
