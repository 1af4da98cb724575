// Nobody reaches a broker: everything that needs one waits, and members find themselves out.

import JobEngine

extension World {
    /// Milliseconds until brokers answer again; nil while they do.
    var untilUp: Int64? {
        outageUntil.flatMap { $0 > now ? $0 - now : nil }
    }

    mutating func beginOutage() {
        guard untilUp == nil else { return }
        let length = Int64(
            chance.happens(500) ? chance.from(200...5000) : chance.from(5000...180_000))
        outageUntil = now + length
        history.note(now, "no broker answers for \(length) ms")
        schedule(.outageEnds, in: length)
        guard length > Self.sessionTimeout else { return }
        // A member that hears nothing for a session gives its lanes up by itself, whatever the coordinator thinks.
        for worker in workers.indices where workers[worker].isUp {
            let wait = Self.sessionTimeout + chance.delay(0...400)
            schedule(member(worker), .hear(.lost), in: wait)
        }
    }

    mutating func endOutage() {
        history.note(now, "brokers answer again")
    }

    /// Puts off what a broker would do; the world goes on.
    mutating func postpone(_ happening: Happening, by delay: Int64) -> Bool {
        schedule(happening, in: delay + chance.delay(1...500))
        return true
    }
}

extension World.Deed {
    /// Whether it is a question to a broker, or an answer of one.
    var needsBroker: Bool {
        switch self {
        case .flush, .step, .restore, .tail, .deliver, .join: true
        case .hear(let word):
            switch word {
            case .lost: false
            case .revoke, .assigned: true
            }
        case .event, .wake: false
        }
    }
}
