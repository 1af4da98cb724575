// A time in which the provider refuses everybody, and how often it may be asked meanwhile.

import JobEngine

/// The provider is down, or an account is locked.
struct ProviderOutage {
    /// Milliseconds since the world began.
    var span: Range<Int64>
    var account: String
    /// `.transient` or `.account`.
    var way: Refusal.Way
    /// Submits that it has refused, by the run of a worker.
    private(set) var refused: [Member: Int] = [:]
    /// Good answers that a worker has heard meanwhile: each closes its breaker.
    private var closed: [Member: Int] = [:]

    init(span: Range<Int64>, account: String, way: Refusal.Way) {
        self.span = span
        self.account = account
        self.way = way
    }

    /// At most two in a storm, for some seconds each, on one account or on all.
    static func draw(_ weather: Weather, _ chance: inout Chance) -> [ProviderOutage] {
        guard weather.rate(.providerOutage) > 0 else { return [] }
        return (0..<chance.from(1...2)).flatMap { _ in
            let start = Int64(chance.below(weather.storm))
            let span = start..<start + Int64(chance.from(3...60)) * 1000
            let way = chance.happens(600) ? Refusal.Way.transient : .account
            let accounts = weather.policy.accounts.map(\.name)
            let hit = chance.happens(500) ? accounts : Array(accounts.prefix(1))
            return hit.map { ProviderOutage(span: span, account: $0, way: way) }
        }
    }

    /// A worker hears that the account can be used: an answer that was under way when the outage began.
    mutating func heardGood(_ member: Member) { closed[member, default: 0] += 1 }

    /// Counts one refused submit.
    ///
    /// - Returns: false if one run of a worker has sent more than the troubles that open its breaker, what was in the
    ///   air by then, and probes.
    mutating func refuse(
        _ member: Member, _ accounts: [AccountLimits], _ breaker: BreakerPolicy
    ) -> Bool {
        refused[member, default: 0] += 1
        let limits = accounts.first { $0.name == account }
        let slots = (limits?.concurrency ?? 0) + (limits?.modelConcurrency.values.reduce(0, +) ?? 0)
        let untilOpen = (1 + (closed[member] ?? 0)) * (breaker.threshold + slots)
        // A pause is never shorter than half of its base.
        let pause = max(1, breaker.coolDown.base.milliseconds / 2)
        let probes = 1 + Int((span.upperBound - span.lowerBound) / pause)
        return (refused[member] ?? 0) <= untilOpen + probes
    }
}
