// Exponential back-off with full jitter, without randomness of its own.

package struct Backoff: Equatable, Sendable {
    package var base: Duration
    package var cap: Duration

    package init(base: Duration, cap: Duration) {
        self.base = base
        self.cap = cap
    }

    /// A delay between `base / 2` and `base · 2^step` (at most `cap`), drawn by hashing `seed`.
    ///
    /// The floor keeps a storm of retries from starting at once; everything above it is full jitter.
    package func delay(step: Int, seed: UInt64) -> Duration {
        let base = max(0, base.milliseconds)
        let (grown, overflow) = base.multipliedReportingOverflow(by: 1 << min(max(step, 0), 20))
        let ceiling = max(0, overflow ? cap.milliseconds : min(cap.milliseconds, grown))
        let floor = min(base / 2, ceiling)
        let span = UInt64(ceiling - floor) + 1
        return .milliseconds(floor + Int64(Jitter.mix(seed) % span))
    }
}

/// Deterministic noise: the same job and attempt draw the same number in every process.
enum Jitter {
    static func seed(_ id: JobID, _ number: Int) -> UInt64 {
        seed(id.text, number)
    }

    /// FNV-1a over the name, mixed with a number.
    static func seed(_ name: String, _ number: Int) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in name.utf8 {
            hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
        }
        return mix(hash ^ UInt64(bitPattern: Int64(number)))
    }

    /// The finaliser of SplitMix64.
    static func mix(_ value: UInt64) -> UInt64 {
        var z = value &+ 0x9e37_79b9_7f4a_7c15
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
