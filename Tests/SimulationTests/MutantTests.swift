// The simulation has teeth: every deliberate fault is caught, and the table says by which seed.

import Simulation
import Testing

@Suite("Mutants")
struct MutantTests {
    @Test("every mutant is caught within 200 seeds", arguments: Mutant.allCases)
    func caught(mutant: Mutant) {
        guard let (seed, violation) = Simulation.firstCatch(of: mutant, in: 0..<200) else {
            Issue.record("no seed of 200 catches a worker that \(mutant.rawValue)")
            return
        }
        print("mutant: \(mutant) | \(mutant.rawValue) | seed \(seed) | \(violation.rule.rawValue)")
    }
}
