// Random lives: no trap, only allowed transitions, all of them taken, and the same answers every time.

import JobEngine
import Testing

@Suite("Random lives")
struct WandererTests {
    @Test("the transitions that random lives take are exactly those that are allowed")
    func transitions() {
        var seen: Set<Wanderer.Transition> = []
        for seed in 0..<200 as Range<UInt64> {
            var wanderer = Wanderer(seed: seed)
            wanderer.wander(steps: 600)
            seen.formUnion(wanderer.transitions)
        }
        var allowed: Set<Wanderer.Transition> = []
        for state in JobState.allCases {
            for next in state.mayBecome {
                allowed.insert(Wanderer.Transition(from: state, to: next))
            }
        }
        for state in JobState.beginnings {
            allowed.insert(Wanderer.Transition(from: nil, to: state))
        }
        #expect(seen.subtracting(allowed).sorted() == [], "taken, but not allowed")
        #expect(allowed.subtracting(seen).sorted() == [], "allowed, but never taken")
    }

    @Test("equal events at equal times give equal effects", arguments: 0..<10 as Range<UInt64>)
    func determinism(seed: UInt64) {
        var one = Wanderer(seed: seed)
        var two = Wanderer(seed: seed)
        one.wander(steps: 300)
        two.wander(steps: 300)
        #expect(one.effects == two.effects)
    }

    @Test("what was restored in another order behaves the same")
    func insertionOrder() {
        let entries = (0..<60).map { number in
            Samples.entry(
                "j\(number)",
                number % 3 == 0 ? Samples.task("t\(number)") : .accepted(retryAt: nil))
        }
        let cursors = (0..<8).map { (Samples.partition(Int32($0)), Int64($0)) }
        func life(_ entries: [Entry], _ cursors: [(SourcePartition, Int64)]) -> [[Effect]] {
            var scheduler = Scheduler(
                policy: Samples.policy {
                    $0.accounts = [Samples.account(slots: 8, models: ["a": 1, "b": 2])]
                })
            var positions: [SourcePartition: Int64] = [:]
            for (partition, offset) in cursors { positions[partition] = offset }
            let restore = LaneRestore(
                lane: LaneID(0), epoch: 1, entries: entries, cursors: positions)
            var effects = [scheduler.handle(.laneAcquired(restore), at: Samples.start)]
            for second in 1...30 {
                effects.append(scheduler.handle(.timerFired, at: Samples.at(Double(second))))
            }
            effects.append(scheduler.handle(.laneRevoked(LaneID(0)), at: Samples.at(31)))
            effects.append(scheduler.handle(.laneLost(LaneID(0)), at: Samples.at(32)))
            return effects
        }
        let reference = life(entries, cursors)
        for seed in 0..<10 as Range<UInt64> {
            var random = SplitMix64(state: seed)
            #expect(
                life(entries.shuffled(using: &random), cursors.shuffled(using: &random))
                    == reference)
        }
    }
}
