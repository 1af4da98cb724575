// Instants, the generator and generation times.

import JimengSimulator
import Testing

@Suite("Time and chance")
struct TimeTests {
    @Test(
        "instants are read and written in the form of X-Date",
        arguments: [
            ("19700101T000000Z", 0), ("20000229T235959Z", 951_868_799),
            ("20250715T081805Z", 1_752_567_485),
            ("20240229T000000Z", 1_709_164_800), ("21000301T000000Z", 4_107_542_400),
        ])
    func basic(_ text: String, _ seconds: Int64) {
        let time = WallTime(basic: text)
        #expect(time?.nanoseconds == seconds * 1_000_000_000)
        #expect(time?.basic == text)
    }

    @Test(
        "what is no instant is not read",
        arguments: [
            "", "20250715", "20250715T081805", "2025-07-15T08:18:05Z", "20250230T000000Z",
            "20251301T000000Z", "20250715T240000Z", "20250715t081805Z", "2025071５T081805Z",
        ])
    func faulty(_ text: String) {
        #expect(WallTime(basic: text) == nil)
    }

    @Test("instants with milliseconds are written and read")
    func iso() {
        let time = Conversation.start + .milliseconds(7)
        #expect(time.iso == "2025-07-15T08:18:05.007Z")
        #expect(WallTime(iso: time.iso) == time)
        #expect(WallTime(iso: "2025-07-15T08:18:05Z") == nil)
    }

    @Test("the generator gives the published sequence of its seed")
    func splitMix() {
        var generator = SplitMix64(seed: 1_234_567)
        #expect(generator.next() == 6_457_827_717_110_365_317)
        #expect(generator.next() == 3_203_168_211_198_807_973)
    }

    private func draws(_ time: GenerationTime, count: Int = 4000) -> [Duration] {
        var generator = SplitMix64(seed: 7)
        return (1...count).map { _ in time.draw(&generator) }.sorted()
    }

    @Test("fixed, uniform, log-normal and bimodal times are spread as they say")
    func distributions() {
        #expect(Set(draws(.fixed(.seconds(3)), count: 10)) == [.seconds(3)])

        let uniform = draws(.uniform(.seconds(10) ... .seconds(20)))
        #expect(uniform[0] >= .seconds(10) && uniform[3999] <= .seconds(20))
        #expect((.seconds(14.5) ... .seconds(15.5)).contains(uniform[2000]))

        let logNormal = draws(.logNormal(median: .seconds(100), sigma: 0.5))
        #expect((.seconds(95) ... .seconds(105)).contains(logNormal[2000]))
        // One deviation above the median: 100 s times e to the 0.5, at 84 %.
        #expect((.seconds(160) ... .seconds(170)).contains(logNormal[3365]))

        let bimodal = draws(.bimodal(fast: .seconds(10), slow: .seconds(100), slowShare: 0.25))
        let slow = bimodal.count { $0 > .seconds(50) }
        #expect((900...1100).contains(slow))
        #expect(bimodal[0] >= .seconds(9) && bimodal[3999] <= .seconds(110))
    }

    @Test("times are looked up by model and frames, then by model, then the usual one; all sped up")
    func lookUp() {
        let times = GenerationTimes(
            usual: .fixed(.seconds(10)),
            own: [
                .init(model: "a"): .fixed(.seconds(20)),
                .init(model: "a", frames: 241): .fixed(.seconds(40)),
            ], speedUp: 10)
        var generator = SplitMix64(seed: 1)
        #expect(times.draw(model: "a", frames: 241, &generator) == .seconds(4))
        #expect(times.draw(model: "a", frames: 121, &generator) == .seconds(2))
        #expect(times.draw(model: "b", frames: 121, &generator) == .seconds(1))
    }
}
