// What a lane has set aside on one day, in whole numbers, and the bounds that its share of a budget sets.

/// Money of one lane on one day: reserved at the intent, given back when an attempt certainly cost nothing, kept
/// otherwise. In millionths of the provider's currency unit; never a fraction.
package struct Spend: Equatable, Sendable {
    /// The day of the budget's calendar; see `Budget.day(at:)`.
    package var day: Int
    package private(set) var total: Int64
    /// By tenant; "": jobs without one.
    package private(set) var tenants: [String: Int64]

    package init(day: Int, total: Int64 = 0, tenants: [String: Int64] = [:]) {
        self.day = day
        self.total = max(0, total)
        self.tenants = tenants.mapValues { max(0, $0) }
    }

    /// A new day begins with nothing. Never goes back: a predecessor's clock may have been ahead, and its day is charged
    /// until ours comes.
    mutating func roll(to today: Int) {
        if today > day { self = Spend(day: today) }
    }

    mutating func reserve(_ amount: Int64, for tenant: String) {
        total = total.addingSaturated(amount)
        tenants[tenant] = (tenants[tenant] ?? 0).addingSaturated(amount)
    }

    /// Only on the day of the reservation: what a day that is over kept back does not come to another's good.
    mutating func release(_ amount: Int64, for tenant: String, reservedOn day: Int) {
        guard day == self.day else { return }
        total = max(0, total - amount)
        tenants[tenant] = max(0, (tenants[tenant] ?? 0) - amount)
    }
}

/// Bounds of money.
package struct Budget: Equatable, Sendable {
    /// Of the whole fleet and each day, in millionths; nil: no bound.
    package var perDay: Int64?
    package var whenExhausted = Exhausted.wait
    /// Length of a day; anything else than 24 hours is for simulations.
    package var dayLength: Duration = .seconds(86_400)
    /// How far the budget's midnight is ahead of UTC's. The provider bills by Beijing time.
    package var offset: Duration = .seconds(8 * 3600)

    package init() {}

    /// What becomes of jobs that today's budget has nothing left for.
    package enum Exhausted: String, CaseIterable, Sendable {
        /// They wait for the next day.
        case wait
        /// They fail with kind `account`.
        case fail
    }

    /// Days since 1970-01-01 by the budget's clock.
    package func day(at now: Instant) -> Int {
        let local = (now + offset).milliseconds
        let length = max(1, dayLength.milliseconds)
        return Int(local >= 0 ? local / length : (local - length + 1) / length)
    }

    /// When that day begins.
    package func begin(ofDay day: Int) -> Instant {
        let (start, overflow) = Int64(day).multipliedReportingOverflow(by: dayLength.milliseconds)
        return overflow ? .distantFuture : Instant(milliseconds: start) - offset
    }

    /// A lane's share: the shares of all lanes add up to the whole, so no sum over lanes can exceed it.
    package static func share(of whole: Int64, lane: LaneID, lanes: Int) -> Int64 {
        let lanes = Int64(max(1, lanes))
        return whole / lanes + (Int64(lane.number) < whole % lanes ? 1 : 0)
    }
}

extension Int64 {
    fileprivate func addingSaturated(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
