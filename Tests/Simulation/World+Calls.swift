// Calls to the provider: on their way there and back anything may get lost.

import JobEngine

extension World {
    mutating func submit(_ order: SubmitOrder, by worker: Int) {
        let member = member(worker)
        // The check against send-by and the sending are one step: what is sent in time is what counts.
        if clock(worker) >= order.sendBy || strikes(.notSent) {
            return answer(order, .notSent(reason: "too late"), to: member, in: 1)
        }
        auditor.sent(order, at: now, clock: clock(worker))
        let deadline = now + weather.policy.submitTimeout.milliseconds
        if strikes(.lostSubmit) {
            let wait = chance.happens(500) ? deadline - now : chance.delay(5...3000)
            return answer(order, lost, to: member, in: wait)
        }
        let way = strikes(.slowAnswer) ? chance.from(1000...4900) : chance.from(5...400)
        schedule(.submitArrives(member, order, deadline: deadline), in: Int64(way))
    }

    private var lost: SubmitAnswer { .unknown(LostAnswer(.timedOut, detail: "no answer")) }

    /// Whether or not the sender still lives.
    mutating func submitArrives(_ order: SubmitOrder, from member: Member, deadline: Int64) {
        let answer = provider.submit(order, at: now, weather, calm: isCalm, &chance)
        history.note(now, "provider: \(History.say(order)) → \(answer)")
        if case .accepted = answer { auditAcceptance(order) }
        auditOutage(order, from: member)
        let way = strikes(.slowAnswer) ? Int64(chance.from(1000...6000)) : chance.delay(5...400)
        if strikes(.lostAnswer) || now + way > deadline {
            let wait = chance.happens(500) ? deadline - now : min(way, deadline - now)
            return self.answer(order, lost, to: member, in: wait)
        }
        self.answer(order, answer, to: member, in: way)
    }

    private mutating func answer(
        _ order: SubmitOrder, _ answer: SubmitAnswer, to member: Member, in delay: Int64
    ) {
        schedule(member, .event(.submitted(Submitted(order: order, answer: answer))), in: delay)
    }

    private mutating func auditAcceptance(_ order: SubmitOrder) {
        let incarnation = Incarnation(id: order.reference.job, source: order.request.source)
        auditor.accepted(order, tasks: provider.tasks(of: incarnation), at: now)
        auditTenant(order.request.tenant ?? "")
        auditSlots(of: order)
    }

    private mutating func auditOutage(_ order: SubmitOrder, from member: Member) {
        guard !isCalm, let outage = provider.outage(of: order.account, at: now),
            !provider.outages[outage].refuse(member, limits.largest, weather.policy.breaker)
        else { return }
        let count = provider.outages[outage].refused[member] ?? 0
        auditor.violate(
            now, .outageStorm,
            "worker \(member.worker) has sent \(count) submits to \(order.account), which is down")
    }

    mutating func hearOfAccount(_ submitted: Submitted, by member: Member) {
        guard let outage = provider.outage(of: submitted.account, at: now) else { return }
        switch submitted.answer {
        case .accepted: provider.outages[outage].heardGood(member)
        case .refused(let refusal):
            switch refusal.way {
            case .concurrencyLimit, .rateLimit, .final: provider.outages[outage].heardGood(member)
            case .transient, .account: break
            }
        case .notSent, .unknown: break
        }
    }

    private mutating func auditTenant(_ tenant: String) {
        guard let limit = weather.policy.tenant(tenant).concurrency else { return }
        let unfinished = provider.unfinished(at: now, tenant: tenant)
        if unfinished > limit {
            auditor.violate(
                now, .tenantOverrun,
                "\(unfinished) unfinished tasks of \(tenant), who may have \(limit)")
        }
    }

    mutating func queryArrives(_ order: QueryOrder, from member: Member) {
        let answer = provider.query(order.taskID, at: now, weather, calm: isCalm, &chance)
        let event = Event.queried(Queried(reference: order.reference, answer: answer))
        schedule(member, .event(event), in: chance.delay(5...400))
    }
}
