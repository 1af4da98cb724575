// Heap, timetable, back-off, poll plan and instants by themselves.

import JobEngine
import Testing

@Suite("Small parts")
struct SmallPartTests {
    @Test("a heap gives its elements in order", arguments: 0..<20)
    func heap(seed: Int) {
        var heap = Heap<Int>()
        let numbers = (0..<100).map { ($0 &* 7919 &+ seed &* 104_729) % 37 }
        for number in numbers { heap.insert(number) }
        #expect(heap.count == 100)
        var sorted: [Int] = []
        while let least = heap.first {
            #expect(heap.removeFirst() == least)
            sorted.append(least)
        }
        #expect(sorted == numbers.sorted())
        #expect(heap.isEmpty)
        #expect(heap.removeFirst() == nil)
    }

    @Test("a timetable rings what is due, in order of time, then of setting")
    func timetable() {
        var timetable = Timetable<String>()
        timetable.set("late", at: Samples.at(9))
        timetable.set("one", at: Samples.at(5))
        timetable.set("two", at: Samples.at(5))
        timetable.set("early", at: Samples.at(1))
        #expect(timetable.earliest == Samples.at(1))
        var rung: [String] = []
        while let (key, at) = timetable.next(dueAt: Samples.at(5)) {
            rung.append(key)
            #expect(at <= Samples.at(5))
        }
        #expect(rung == ["early", "one", "two"])
        #expect(timetable.count == 1)
    }

    @Test("a back-off grows from half its base to its cap, and is the same for the same seed")
    func backoff() {
        let backoff = Backoff(base: .seconds(1), cap: .seconds(60))
        for step in 0...70 {
            var longest = Duration.zero
            for seed in 0..<200 as Range<UInt64> {
                let delay = backoff.delay(step: step, seed: seed)
                #expect(delay >= .milliseconds(500))
                #expect(delay <= min(.seconds(60), .seconds(1 << min(step, 20))))
                #expect(delay == backoff.delay(step: step, seed: seed))
                longest = max(longest, delay)
            }
            #expect(longest > .seconds(0.8 * Double(min(60, 1 << min(step, 20)))))
        }
    }

    @Test(
        "a back-off bears any setting", arguments: [Duration.zero, .seconds(-5), .seconds(1 << 50)])
    func oddBackoff(base: Duration) {
        let delay = Backoff(base: base, cap: .seconds(60)).delay(step: 30, seed: 7)
        #expect(delay <= .seconds(60))
    }

    @Test("no look before the first look; then in proportion to the age, within bounds")
    func pollPlan() {
        let plan = Samples.intervals
        func look(age: Double) -> Double {
            let next = plan.nextLook(submittedAt: Samples.start, now: Samples.at(age))
            return Double((next - Samples.at(age)).milliseconds) / 1000
        }
        #expect(look(age: 0) == 3)
        #expect(look(age: 2) == 1)
        #expect(look(age: 3) == 1)
        #expect(look(age: 50) == 5)
        #expect(look(age: 1000) == 15)
        #expect(look(age: -3600) == 3, "submitted by a clock that is ahead")
        #expect(look(age: 1e12) == 15)
    }

    @Test("instants do not overflow")
    func instants() {
        let last = Instant.distantFuture
        let first = Instant(milliseconds: .min)
        #expect(last + .seconds(1) == last)
        #expect(first - .seconds(1) == first)
        #expect((last - first).milliseconds == .max)
        #expect((first - last).milliseconds == .min)
        #expect(Samples.start - .milliseconds(Int64.min) == last)
        #expect(Samples.at(5) - Samples.start == .seconds(5))
        #expect(Duration.seconds(Int64.max).milliseconds == .max)
        #expect(Duration.milliseconds(-1500).milliseconds == -1500)
    }
}
