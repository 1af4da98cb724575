// A pool of slots by itself, and how it gives way.

import JobEngine
import Testing

@Suite("Slot pool")
struct SlotPoolTests {
    private func pool(_ capacity: Int) -> SlotPool {
        SlotPool(capacity: capacity, recovery: .seconds(30))
    }

    @Test("free is what nobody has taken")
    func free() {
        var pool = pool(2)
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
        var pool = pool(8)
        pool.refused(at: Samples.start, pause: .seconds(2), shrinks: true)
        #expect(pool.limit(at: Samples.start) == 4)
        #expect(pool.free(at: Samples.at(1.9)) == 0)
        #expect(pool.free(at: Samples.at(2)) == 4)
        pool.refused(at: Samples.at(4.9), pause: .seconds(1), shrinks: true)
        #expect(pool.limit(at: Samples.at(5)) == 4, "the same jam")
        pool.refused(at: Samples.at(5), pause: .seconds(1), shrinks: true)
        #expect(pool.limit(at: Samples.at(5)) == 2)
        for second in 2...9 {
            pool.refused(at: Samples.at(Double(second) * 5), pause: .seconds(1), shrinks: true)
        }
        #expect(pool.limit(at: Samples.at(45)) == 1, "never less than one")
    }

    @Test("a shorter pause does not end a longer one; an accepted submit ends both")
    func pauses() {
        var pool = pool(2)
        pool.refused(at: Samples.start, pause: .seconds(20), shrinks: false)
        pool.refused(at: Samples.at(1), pause: .seconds(1), shrinks: false)
        #expect(pool.pausedUntil == Samples.at(20))
        #expect(pool.refusalsInARow == 2)
        #expect(pool.limit(at: Samples.at(1)) == 2)
        pool.accepted()
        #expect(pool.free(at: Samples.at(1)) == 2)
        #expect(pool.refusalsInARow == 0)
    }

    @Test("slots come back one by one, whether or not they could be tried")
    func recovery() {
        var pool = pool(4)
        pool.refused(at: Samples.start, pause: .seconds(1), shrinks: true)
        pool.refused(at: Samples.at(10), pause: .seconds(1), shrinks: true)
        #expect(pool.limit(at: Samples.at(39.9)) == 1)
        #expect(pool.limit(at: Samples.at(40)) == 2)
        #expect(pool.limit(at: Samples.at(99.9)) == 3)
        #expect(pool.limit(at: Samples.at(100)) == 4)
        #expect(pool.limit(at: Samples.at(1000)) == 4, "never more than the share")
    }

    @Test("it says when time alone will free a slot")
    func nextFree() {
        var pool = pool(2)
        pool.take()
        pool.refused(at: Samples.start, pause: .seconds(2), shrinks: true)
        #expect(pool.nextFree(after: Samples.start) == Samples.at(30), "the second slot")
        pool.release()
        #expect(pool.nextFree(after: Samples.start) == Samples.at(2), "the pause")
        pool.take()
        pool.take()
        #expect(pool.nextFree(after: Samples.start) == nil, "only a job's end")
    }

    @Test("a pool without slots gets none by being refused")
    func empty() {
        var pool = pool(0)
        pool.refused(at: Samples.start, pause: .seconds(1), shrinks: true)
        #expect(pool.free(at: Samples.at(10)) == 0)
        #expect(pool.nextFree(after: Samples.start) == nil)
    }
}
