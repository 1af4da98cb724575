// A pool of slots by itself, and how it gives way.

import JobEngine
import Testing

@Suite("Slot pool")
struct SlotPoolTests {
    @Test("free is what nobody has taken")
    func free() {
        var pool = SlotPool(capacity: 2)
        #expect(pool.free(at: Samples.start) == 2)
        pool.take()
        pool.take()
        pool.take()
        #expect(pool.free(at: Samples.start) == 0, "overfull after a take-over")
        pool.release()
        #expect(pool.free(at: Samples.start) == 0)
        pool.release()
        #expect(pool.free(at: Samples.start) == 1)
    }

    @Test("a refusal halves the limit once per jam and pauses")
    func jam() {
        var pool = SlotPool(capacity: 8)
        pool.refused(at: Samples.start, pause: .seconds(2), shrinks: true)
        #expect(pool.limit == 4)
        #expect(pool.free(at: Samples.at(1.9)) == 0)
        #expect(pool.free(at: Samples.at(2)) == 4)
        pool.refused(at: Samples.at(4.9), pause: .seconds(1), shrinks: true)
        #expect(pool.limit == 4, "the same jam")
        pool.refused(at: Samples.at(5), pause: .seconds(1), shrinks: true)
        #expect(pool.limit == 2)
        for second in 2...9 {
            pool.refused(at: Samples.at(Double(second) * 5), pause: .seconds(1), shrinks: true)
        }
        #expect(pool.limit == 1, "never less than one")
    }

    @Test("a shorter pause does not end a longer one")
    func pauses() {
        var pool = SlotPool(capacity: 2)
        pool.refused(at: Samples.start, pause: .seconds(20), shrinks: false)
        pool.refused(at: Samples.at(1), pause: .seconds(1), shrinks: false)
        #expect(pool.pausedUntil == Samples.at(20))
        #expect(pool.limit == 2)
    }

    @Test("slots come back one by one while the provider accepts")
    func recovery() {
        var pool = SlotPool(capacity: 4)
        pool.refused(at: Samples.start, pause: .seconds(1), shrinks: true)
        pool.refused(at: Samples.at(10), pause: .seconds(1), shrinks: true)
        #expect(pool.limit == 1)
        pool.accepted(at: Samples.at(20))
        #expect(pool.limit == 1)
        #expect(pool.refusalsInARow == 0)
        pool.accepted(at: Samples.at(40))
        #expect(pool.limit == 2)
        pool.accepted(at: Samples.at(41))
        #expect(pool.limit == 2)
        for minute in 1...10 { pool.accepted(at: Samples.at(Double(minute) * 60)) }
        #expect(pool.limit == 4, "never more than the share")
    }

    @Test("a pool without slots gets none by being refused")
    func empty() {
        var pool = SlotPool(capacity: 0)
        pool.refused(at: Samples.start, pause: .seconds(1), shrinks: true)
        #expect(pool.free(at: Samples.at(10)) == 0)
    }
}
