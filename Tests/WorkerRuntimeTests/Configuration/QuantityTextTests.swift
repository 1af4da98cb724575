// Durations and byte counts as text.

import Testing
import WorkerRuntime

@Suite("Quantities as text")
struct QuantityTextTests {
    @Test(
        "a duration has a number and a unit",
        arguments: [
            ("250ms", Duration.milliseconds(250)), ("10s", .seconds(10)), ("5m", .seconds(300)),
            ("12h", .seconds(43_200)), ("7d", .seconds(604_800)), ("0s", .zero),
        ])
    func durations(text: String, duration: Duration) {
        #expect(DurationText.duration(text) == duration)
        #expect(DurationText.text(duration) == text)
    }

    @Test(
        "anything else is none",
        arguments: ["", "10", "s", "1.5s", "-1s", "10 s", "10S", "1w", "99999999999999999999s"])
    func noDurations(text: String) {
        #expect(DurationText.duration(text) == nil)
    }

    @Test("the text of a duration means it again")
    func roundTrip() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<1000 {
            let duration = Duration.milliseconds(
                Int64.random(in: 0...1_000_000_000, using: &generator))
            #expect(DurationText.duration(DurationText.text(duration)) == duration)
        }
    }

    @Test(
        "byte counts have binary units",
        arguments: [("64MiB", 64 << 20), ("1KiB", 1024), ("2GiB", 2 << 30), ("1000", 1000)])
    func bytes(text: String, count: Int) {
        #expect(ByteCountText.count(text) == count)
        #expect(ByteCountText.text(count) == text)
        #expect(ByteCountText.count("64MB") == nil)
    }
}
