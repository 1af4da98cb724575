// Chance as an argument: a small generator with a seed, so that everything replays.

package struct Chance: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64) {
        state = seed
    }

    /// SplitMix64.
    package mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    /// A number from 0 up to, and without, `bound`.
    mutating func below(_ bound: Int) -> Int {
        bound < 1 ? 0 : Int(truncatingIfNeeded: next() % UInt64(bound))
    }

    mutating func from(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + below(range.count)
    }

    /// True that many times in a thousand.
    mutating func happens(_ perMille: Int) -> Bool {
        perMille > 0 && below(1000) < perMille
    }

    /// Milliseconds: mostly near the lower bound, now and then up to the upper one.
    mutating func delay(_ range: ClosedRange<Int>) -> Int64 {
        let width = range.count
        return Int64(range.lowerBound + (happens(100) ? below(width) : below(max(1, width / 8))))
    }
}
