// The rate limiter by itself.

import JobEngine
import Testing

@Suite("Token bucket")
struct TokenBucketTests {
    /// Takes as often as possible until `end` and returns the times.
    private func takings(_ bucket: inout TokenBucket, from: Instant, to end: Instant) -> [Instant] {
        var now = from
        var times: [Instant] = []
        while now <= end {
            if let later = bucket.take(at: now) {
                #expect(later > now)
                now = later
            } else {
                times.append(now)
            }
        }
        return times
    }

    @Test("gives one token at once, then keeps its rate", arguments: [0.1, 0.7, 1, 3, 10])
    func rate(rate: Double) {
        var bucket = TokenBucket(rate: rate, burst: rate, at: Samples.start)
        let times = takings(&bucket, from: Samples.start, to: Samples.at(100))
        #expect(times.first == Samples.start)
        let expected = Int(rate * 100)
        #expect((expected - expected / 50 - 1...expected + 1).contains(times.count))
    }

    @Test("saves up no more than its burst")
    func burst() {
        var bucket = TokenBucket(rate: 5, burst: 5, at: Samples.start)
        let at = Samples.at(1000)
        #expect((1...10).filter { _ in bucket.take(at: at) == nil }.count == 5)
    }

    @Test("a refusal empties it and halves the rate; a quiet minute brings it back")
    func refusal() {
        var bucket = TokenBucket(rate: 8, burst: 8, at: Samples.start)
        bucket.refused(at: Samples.start, retryAfter: nil)
        #expect(bucket.rate == 4)
        #expect(bucket.take(at: Samples.start) == Samples.at(0.25))
        for _ in 1...10 { bucket.refused(at: Samples.start, retryAfter: nil) }
        #expect(bucket.rate == 0.5)
        _ = bucket.take(at: Samples.at(60))
        #expect(bucket.rate == 8)
    }

    @Test("a retry-after is kept")
    func retryAfter() {
        var bucket = TokenBucket(rate: 8, burst: 8, at: Samples.start)
        bucket.refused(at: Samples.start, retryAfter: .seconds(3))
        #expect(bucket.take(at: Samples.at(2.9)) == Samples.at(3))
        #expect(bucket.take(at: Samples.at(3)) == nil)
    }

    @Test("a token that was not used can be put back, but never beyond the burst")
    func giveBack() {
        var bucket = TokenBucket(rate: 1, burst: 1, at: Samples.start)
        #expect(bucket.take(at: Samples.start) == nil)
        bucket.giveBack()
        bucket.giveBack()
        #expect(bucket.take(at: Samples.start) == nil)
        #expect(bucket.take(at: Samples.start) == Samples.at(1))
    }

    @Test("a rate of zero never gives more than its first token, and says when to ask again")
    func zero() throws {
        var bucket = TokenBucket(rate: 0, burst: 0, at: Samples.start)
        _ = bucket.take(at: Samples.start)
        let next = bucket.take(at: Samples.at(1))
        let later = try #require(next)
        #expect(later > Samples.at(1))
    }

    @Test("time that runs backwards does no harm")
    func backwards() {
        var bucket = TokenBucket(rate: 1, burst: 1, at: Samples.at(10))
        #expect(bucket.take(at: Samples.start) == nil)
        #expect(bucket.take(at: Samples.start) != nil)
    }
}
