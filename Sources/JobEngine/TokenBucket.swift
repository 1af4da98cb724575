// A lane's share of a rate limit.

/// Tokens that refill over time; a refusal halves the rate, quiet time brings it back (AIMD).
package struct TokenBucket: Sendable {
    /// Tokens per second of the lane's share.
    package private(set) var fullRate: Double
    package private(set) var rate: Double
    private var burst: Double
    private var tokens: Double
    private var filledAt: Instant
    private var blockedUntil: Instant?

    /// In milliseconds.
    private static let longestWait = 60_000.0

    /// `burst`: tokens that may gather; at least one.
    package init(rate: Double, burst: Double, at now: Instant) {
        fullRate = rate
        self.rate = rate
        self.burst = max(1, burst)
        tokens = 1
        filledAt = now
    }

    /// Takes a token, or says when there will be one.
    package mutating func take(at now: Instant) -> Instant? {
        if let blockedUntil, now < blockedUntil { return blockedUntil }
        refill(at: now)
        if tokens >= 1 {
            tokens -= 1
            return nil
        }
        let missing = ((1 - tokens) / rate * 1000).rounded(.up)
        // Without a rate there is never a token: ask again in a while, in case that changes.
        guard missing < Self.longestWait else {
            return now + .milliseconds(Int64(Self.longestWait))
        }
        return now + .milliseconds(max(1, Int64(missing)))
    }

    /// The share changes; what a refusal took of it stays taken in proportion.
    package mutating func change(rate: Double, burst: Double, at now: Instant) {
        refill(at: now)
        self.rate = fullRate > 0 ? self.rate * rate / fullRate : rate
        fullRate = rate
        self.burst = max(1, burst)
        tokens = min(tokens, self.burst)
    }

    /// Puts back a token that was not used.
    package mutating func giveBack() {
        tokens = min(burst, tokens + 1)
    }

    package mutating func refused(at now: Instant, retryAfter: Duration?) {
        refill(at: now)
        rate = max(fullRate / 16, rate / 2)
        tokens = 0
        if let retryAfter { blockedUntil = now + retryAfter }
    }

    private mutating func refill(at now: Instant) {
        let elapsed = Double(max(0, (now - filledAt).milliseconds)) / 1000
        tokens = min(burst, tokens + elapsed * rate)
        // Full rate is back one minute after the worst refusal.
        rate = min(fullRate, rate + fullRate * elapsed / 60)
        filledAt = max(filledAt, now)
    }
}
