// Instants as RFC 3339.

import JobEngine
import Testing
import WorkerRuntime

@Suite("Timestamps")
struct TimestampTests {
    @Test("any instant of the years 0000 to 9999 is read back from its text")
    func roundTrip() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<20_000 {
            let instant = Instant(
                milliseconds: Int64.random(
                    in: -62_167_219_200_000...253_402_300_799_999, using: &generator))
            #expect(Timestamp.instant(Timestamp.text(instant)) == instant)
        }
    }

    @Test("later instants have later texts")
    func order() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<5000 {
            let early = Int64.random(in: 0...4_000_000_000_000, using: &generator)
            let late = early + Int64.random(in: 1...100_000_000_000, using: &generator)
            #expect(
                Timestamp.text(Instant(milliseconds: early))
                    < Timestamp.text(Instant(milliseconds: late)))
        }
    }

    @Test(
        "what RFC 3339 allows is read",
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("2026-11-20T09:30:00.125Z", 1_795_167_000_125),
            ("2026-11-20T10:30:00.125+01:00", 1_795_167_000_125),
            ("2026-11-20T04:00:00.125999-05:30", 1_795_167_000_125),
            ("2024-02-29T00:00:00Z", 1_709_164_800_000), ("1969-12-31T23:59:59.999Z", -1),
        ])
    func reading(text: String, milliseconds: Int64) {
        #expect(Timestamp.instant(text) == Instant(milliseconds: milliseconds))
    }

    @Test(
        "anything else is none",
        arguments: [
            "", "2026-11-20", "2026-11-20T09:30:00", "2026-11-20 09:30:00Z", "2026-11-20t09:30:00Z",
            "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z",
            "2026-11-20T24:00:00Z", "2026-11-20T09:60:00Z", "2026-11-20T09:30:00.Z",
            "2026-11-20T09:30:00.1234567890Z", "2026-11-20T09:30:00+0100", "2026-11-20T09:30:00Z ",
            "+2026-11-20T09:30:00Z", "٢٠٢٦-11-20T09:30:00Z",
        ])
    func refusing(text: String) {
        #expect(Timestamp.instant(text) == nil)
    }
}
