// Runs one target: replays its corpus, then draws inputs until the budget is spent.

import Foundation
import JimengSimulator

/// The loop. It blocks: give it a thread of its own.
struct FuzzRun {
    /// What a run saw.
    struct Report: Sendable {
        var runs = 0
        var time: Duration = .zero
        var behaviours: Set<String> = []
        /// One for each promise that was broken, with the file that shows it.
        var failures: [String] = []
    }

    let target: FuzzTarget
    let budget: FuzzBudget
    let corpus: Corpus
    private let witness: Witness
    private var report = Report()
    private var broken: Set<String> = []
    private var pool: [[UInt8]] = []

    /// CPU time of one input beyond which it counts as a way to stop a worker; sanitizers are slow.
    private static let slowest = 5.0

    private static let largestParent = 1 << 16

    init(_ target: FuzzTarget, _ budget: FuzzBudget) throws {
        (self.target, self.budget) = (target, budget)
        corpus = Corpus(of: target.name)
        try corpus.adoptWitnesses()
        witness = try Witness(of: target.name)
    }

    mutating func run() throws -> Report {
        let start = ContinuousClock.now
        for (name, input) in try corpus.inputs() {
            if let failure = attempt(input) {
                report.failures.append("\(name): \(failure.what): \(failure.detail)")
                broken.insert(failure.what)
            }
            pool.append(input)
        }
        for input in target.seeds { try take(input) }
        // Those as large as whole records are read once: their children would take all the time.
        pool += target.seeds.filter { $0.count < Self.largestParent }
        var chance = SplitMix64(seed: budget.seed &* 0x9E37 &+ Hash.of(Array(target.name.utf8)))
        var drawn = 0
        while !budget.isSpent(after: drawn * target.cost, since: start) {
            drawn += 1
            try take(draw(&chance))
        }
        witness.clear()
        report.time = ContinuousClock.now - start
        return report
    }

    private func draw(_ chance: inout SplitMix64) -> [UInt8] {
        guard let parent = pool.randomElement(using: &chance), chance.chance(0.6) else {
            return target.make(&chance)
        }
        let other = pool.randomElement(using: &chance) ?? []
        return Mutation(words: target.words).child(of: parent, and: other, &chance)
    }

    private mutating func take(_ input: [UInt8]) throws {
        let before = report.behaviours.count
        if let failure = attempt(input) {
            guard broken.insert(failure.what).inserted else { return }
            let small = shrink(input, showing: failure.what)
            let file = try corpus.keep(small, showing: failure.what)
            report.failures.append("\(file): \(failure.what): \(failure.detail)")
        } else if report.behaviours.count > before, pool.count < 4000,
            input.count < Self.largestParent
        {
            pool.append(input)
        }
    }

    private mutating func attempt(_ input: [UInt8]) -> Broken? {
        report.runs += 1
        witness.note(input)
        let start = Self.cpuSeconds()
        do throws(Broken) {
            report.behaviours.insert(try target.check(input))
        } catch {
            return error
        }
        let taken = Self.cpuSeconds() - start
        return taken > Self.slowest ? Broken("slow", "\(taken) s of CPU time") : nil
    }

    /// Cuts pieces out for as long as the same promise stays broken.
    private mutating func shrink(_ input: [UInt8], showing what: String) -> [UInt8] {
        if what == "slow" { return input }
        var small = input
        var piece = small.count / 2
        var attempts = 0
        while piece > 0, attempts < 1500 {
            var offset = 0
            while offset < small.count, attempts < 1500 {
                var candidate = small
                candidate.removeSubrange(offset..<min(offset + piece, small.count))
                attempts += 1
                if attempt(candidate)?.what == what {
                    small = candidate
                } else {
                    offset += piece
                }
            }
            piece /= 2
        }
        return small
    }

    private static func cpuSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

/// FNV-1a: the same on every machine and in every process.
enum Hash {
    static func of(_ bytes: some Sequence<UInt8>) -> UInt64 {
        bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}
