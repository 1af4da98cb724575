// What is due when.

/// Alarms by time. Setting one again does not remove the old one: whoever takes an alarm checks that it still holds.
package struct Timetable<Key: Sendable>: Sendable {
    private var alarms = Heap<Alarm>()
    private var sequence: UInt64 = 0

    package init() {}

    /// Equal times ring in the order they were set.
    private struct Alarm: Comparable, Sendable {
        var at: Instant
        var order: UInt64
        var key: Key

        static func < (left: Alarm, right: Alarm) -> Bool {
            left.at == right.at ? left.order < right.order : left.at < right.at
        }

        static func == (left: Alarm, right: Alarm) -> Bool { left.order == right.order }
    }

    package var count: Int { alarms.count }
    package var earliest: Instant? { alarms.first?.at }

    package mutating func set(_ key: Key, at: Instant) {
        sequence &+= 1
        alarms.insert(Alarm(at: at, order: sequence, key: key))
    }

    package mutating func removeAll(where isUnwanted: (Key) -> Bool) {
        alarms.removeAll { isUnwanted($0.key) }
    }

    /// Takes out the earliest alarm that is due at `now`.
    package mutating func next(dueAt now: Instant) -> (key: Key, at: Instant)? {
        guard let first = alarms.first, first.at <= now else { return nil }
        _ = alarms.removeFirst()
        return (first.key, first.at)
    }
}
