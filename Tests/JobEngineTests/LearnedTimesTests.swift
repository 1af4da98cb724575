// What is learned of generation times, and which looks are planned by it.

import JobEngine
import Testing

@Suite("Learned times")
struct LearnedTimesTests {
    static let key = TimeClass(model: "model", frames: 121)
    static let bounds = PollPlan()

    /// After so many tasks that were seen over within a second of their end.
    private func taught(_ seconds: [Double], _ bounds: PollPlan = bounds) -> LearnedTimes {
        var times = LearnedTimes()
        for (number, time) in seconds.enumerated() {
            times.observe(
                Self.key, after: .seconds(time - 1), by: .seconds(time), bounds: bounds,
                at: Samples.at(Double(number)))
        }
        return times
    }

    private func plan(
        _ times: LearnedTimes, queries: Double? = nil, rate: Double = 1, _ bounds: PollPlan = bounds
    ) -> LookPlan {
        var (times, bounds) = (times, bounds)
        bounds.queries = queries
        return times.plan(for: Self.key, rate: rate, bounds: bounds, at: Samples.at(1e6))
    }

    /// All looks at a task that never ends, in seconds, as far as they are planned.
    private func looks(_ plan: LookPlan) -> [Double] {
        var looks: [Double] = []
        var next = plan.firstLook
        while let look = next {
            looks.append(Double(look.milliseconds) / 1000)
            next = plan.look(after: look)
        }
        return looks
    }

    @Test("before anything is known the prior speaks: no look in the first seconds")
    func prior() {
        let first = looks(plan(LearnedTimes(), queries: 12)).first ?? 0
        #expect((20...90).contains(first))
    }

    @Test("a longer video is expected to take longer")
    func frames() {
        var times = LearnedTimes()
        var bounds = PollPlan()
        bounds.queries = 12
        let firsts = [121, 241].map { frames in
            times.plan(
                for: TimeClass(model: "m", frames: frames), rate: 1, bounds: bounds,
                at: Samples.start
            ).firstLook ?? .zero
        }
        #expect(firsts[1] > firsts[0] * 1.5)
    }

    @Test("looks gather where tasks end, and none is wasted before")
    func gathers() {
        let times = taught((0..<200).map { 115 + Double($0 % 11) })
        let looks = looks(plan(times, queries: 8))
        #expect((95...116).contains(looks.first ?? 0))
        let inside = looks.filter { (110...130).contains($0) }
        #expect(inside.count >= 4)
        let gaps = zip(looks, looks.dropFirst()).map { $1 - $0 }
        #expect((gaps.min() ?? 0) < 5)
    }

    @Test("a valley between two modes is stepped over")
    func valley() {
        let times = taught((0..<300).map { $0 % 2 == 0 ? 60 : 240 })
        let looks = looks(plan(times, queries: 10))
        let valley = looks.filter { (80...200).contains($0) }
        #expect(valley.count <= 3, "\(valley)")
        #expect(looks.contains { (50...70).contains($0) })
        #expect(looks.contains { (220...250).contains($0) })
    }

    @Test("a plan keeps to its budget", arguments: [5.0, 12, 40])
    func budget(queries: Double) {
        let times = taught((0..<300).map { 60 + Double($0 * 37 % 240) })
        let plan = plan(times, queries: queries, rate: 100)
        #expect(plan.expectedLooks <= queries)
        #expect(plan.expectedLooks >= queries * 0.8)
    }

    @Test(
        "however few looks there may be, the first comes when most tasks are done",
        arguments: [1.0, 2, 4])
    func fewLooks(queries: Double) {
        var bounds = PollPlan()
        bounds.queries = queries
        bounds.usual = .seconds(60)
        var times = LearnedTimes()
        let plan = times.plan(
            for: TimeClass(model: "m", frames: nil), rate: 1, bounds: bounds, at: Samples.start)
        #expect((plan.firstLook ?? .zero) <= .seconds(400))
    }

    @Test("few queries a second make a poorer plan than many")
    func rate() {
        let times = taught((0..<300).map { 60 + Double($0 * 37 % 240) })
        let poor = plan(times, rate: 0.05)
        #expect(poor.expectedLooks <= 0.05 * 180)
        #expect(plan(times, rate: 1).expectedLooks > 40)
    }

    @Test("the bounds are kept, whatever has been learned")
    func hardBounds() {
        var bounds = PollPlan()
        bounds.firstLook = .seconds(20)
        bounds.shortest = .seconds(4)
        bounds.longest = .seconds(9)
        let looks = looks(plan(taught((0..<100).map { 10 + Double($0 % 90) }, bounds), bounds))
        #expect((looks.first ?? 0) >= 20)
        let gaps = zip(looks, looks.dropFirst()).map { $1 - $0 }
        #expect(gaps.dropLast().allSatisfy { (4...10).contains($0) }, "\(gaps)")
    }

    @Test("what was seen lately counts more than what was seen long ago")
    func drift() {
        let times = taught(Array(repeating: 100, count: 300) + Array(repeating: 200, count: 100))
        let looks = looks(plan(times, queries: 6))
        #expect(looks.filter { (185...215).contains($0) }.count >= 3)
        #expect(looks.filter { (85...115).contains($0) }.count <= 1)
    }

    @Test("a task that is late says so before it is over")
    func late() {
        var times = taught(Array(repeating: 60, count: 1000))
        let young = times.isLate(
            Self.key, age: .seconds(50), bounds: Self.bounds, at: Samples.start)
        #expect(!young)
        #expect(plan(times, queries: 6).look(after: .seconds(150)) == nil, "nobody plans for that")
        for _ in 0..<30 {
            _ = times.isLate(
                Self.key, age: .seconds(100), bounds: Self.bounds, at: Samples.at(1e5))
        }
        #expect(plan(times, queries: 6).look(after: .seconds(150)) != nil)
    }

    @Test("the classes are bounded in number; the one used least recently goes")
    func classes() {
        var times = LearnedTimes()
        for number in 0..<1000 {
            times.observe(
                TimeClass(model: "m\(number)", frames: nil), after: .seconds(1), by: .seconds(2),
                bounds: Self.bounds, at: Samples.start)
            _ = times.plan(for: Self.key, rate: 1, bounds: Self.bounds, at: Samples.start)
        }
        #expect(times.classCount == 256)
    }

    @Test("equal observations give equal plans")
    func repeatable() {
        let seconds = (0..<500).map { 60 + Double($0 * 7919 % 1000) / 5 }
        #expect(plan(taught(seconds), queries: 12) == plan(taught(seconds), queries: 12))
    }

    @Test(
        "any observation is borne",
        arguments: [
            (Duration.zero, Duration.zero), (.seconds(5), .seconds(3)), (.seconds(-9), .seconds(1)),
            (.zero, .seconds(1 << 40)), (.seconds(1 << 40), .seconds(1 << 41)),
        ])
    func odd(after: Duration, by: Duration) {
        var times = LearnedTimes()
        for _ in 0..<50 {
            times.observe(
                Self.key, after: after, by: by, bounds: Self.bounds, at: Samples.start)
            _ = times.isLate(Self.key, age: by, bounds: Self.bounds, at: Samples.start)
        }
        let looks = looks(plan(times, queries: 12))
        #expect(looks == looks.sorted())
        #expect(looks.allSatisfy { $0 >= 3 })
    }

    @Test("times of less than a second need no plan: the first look is as early as it may be")
    func atOnce() {
        let times = taught(Array(repeating: 1.01, count: 100))
        #expect(looks(plan(times)).first ?? 3 == 3)
    }
}
