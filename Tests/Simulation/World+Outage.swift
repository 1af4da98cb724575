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
            chance.happens(500)
                ? chance.from(200...5000) : chance.from(5000...Int(Self.longestOutage)))
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

// MARK: One worker without brokers

extension World {
    /// Milliseconds until this worker reaches a broker; nil while it does.
    func untilUp(for worker: Int) -> Int64? {
        let own = workers[worker].cutUntil.flatMap { $0 > now ? $0 - now : nil }
        return [untilUp, own].compactMap(\.self).max()
    }

    mutating func cutOff(_ worker: Int) {
        guard workers[worker].isUp, untilUp(for: worker) == nil else { return }
        let length = Int64(fate.happens(500) ? fate.from(200...5000) : fate.from(5000...60_000))
        workers[worker].cutUntil = now + length
        let member = member(worker)
        history.note(now, "worker \(worker) reaches no broker for \(length) ms")
        guard length > Self.sessionTimeout else { return }
        schedule(.expire(member), in: Self.sessionTimeout)
        schedule(member, .hear(.lost), in: Self.sessionTimeout + fate.delay(0...400))
    }

    /// Whether its runtime dies or stands still at this await; if so, the deed is dealt with.
    mutating func strikesAtAwait(_ deed: Deed, _ member: Member) -> Bool {
        guard !isCalm, deed.isAwait else { return false }
        if fate.happens(weather.rate(.crashAtAwait)) {
            crash(member.worker, why: "at an await: \(deed.name)")
            return true
        }
        if fate.happens(weather.rate(.pauseAtAwait)) {
            pause(member.worker)
            schedule(member, deed, in: 0)
            return true
        }
        return false
    }
}

extension World.Deed {
    /// Whether a runtime waits for it, so that anything can happen before it goes on. What it orders while it handles
    /// an event can be cut off between two effects (`World.carryOn`).
    var isAwait: Bool {
        switch self {
        case .event, .reload, .flush, .step, .hear, .restore, .tail, .deliver, .join: true
        // With chances of their own, so that seeds keep what they drew.
        case .wake, .measure, .measured: false
        }
    }

    var name: String {
        switch self {
        case .event: "an answer"
        case .wake: "an alarm"
        case .reload: "new limits"
        case .flush: "a flush"
        case .step(_, let step): "transaction, \(step)"
        case .hear: "a word of the coordinator"
        case .restore(let lane, _, let target): "take-over of \(lane), target \(target ?? -1)"
        case .tail: "late notes"
        case .deliver: "requests"
        case .measure, .measured: "where requests end"
        case .join: "joining"
        }
    }

    /// Whether it is a question to a broker, or an answer of one.
    var needsBroker: Bool {
        switch self {
        case .flush, .step, .restore, .tail, .deliver, .measure, .join: true
        case .hear(let word):
            switch word {
            case .lost: false
            case .revoke, .assigned: true
            }
        case .event, .reload, .wake, .measured: false
        }
    }
}
